"""What is around every call: versions, content types, rate limits; and which operations the SDK has."""

import re
from pathlib import Path

import intercom
import pytest
from conftest import OPERATIONS, refused
from intercom.core.api_error import ApiError

CALL = re.compile(r'\.request\(\s*f?"([^"]*)",\s*(?:base_url=[^,]*,\s*)?method="(\w+)"')


def test_a_version_that_does_not_exist_is_400(client):
    with refused(400, "intercom_version_invalid"):
        client.teams.list(request_options={"additional_headers": {"Intercom-Version": "9.9"}})


def test_an_answer_in_anything_but_json_is_406(client):
    with pytest.raises(ApiError) as raised:
        client.teams.list(request_options={"additional_headers": {"Accept": "text/html"}})
    assert raised.value.status_code == 406


def test_too_many_calls_are_429_and_the_sdk_does_not_repeat_them(limited):
    # The window is a second long and may end in between: sooner or later one is full.
    with refused(429, "rate_limit_exceeded") as raised:
        for _ in range(1000):
            limited.teams.list()
    assert raised.value.headers["x-ratelimit-remaining"] == "0"


def test_the_list_of_operations_says_which_ones_the_sdk_has():
    found = set()
    for code in Path(intercom.__file__).parent.rglob("raw_client.py"):
        for path, method in CALL.findall(code.read_text()):
            found.add((method, re.sub(r"\{[^}]*\}", "{}", path)))
    assert len(found) > 150
    for one in OPERATIONS:
        shape = (one["method"], re.sub(r"\{\w+\}", "{}", one["path"].lstrip("/")))
        assert (shape in found) == (one["python"] is not None), one


def test_every_method_that_the_list_names_exists(client):
    for one in OPERATIONS:
        found = client
        for name in (one["python"] or "").split(".") if one["python"] else []:
            found = getattr(found, name)
