"""What every file of the suite shares: the SDK's client, and tests that say which operation they prove."""

import json
import os
import itertools
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from intercom import Intercom
from intercom.core.api_error import ApiError

URL = os.environ["MOCK_URL"]
TOKEN = os.environ["MOCK_TOKEN"]
OPERATIONS = json.loads(Path(os.environ["MOCK_OPERATIONS"]).read_text())
NOBODY = "0123456789abcdef01234567"
"""A contact id of the right shape that nobody has."""

_numbers = itertools.count()


def pytest_configure(config):
    config.addinivalue_line("markers", "operation(id): the test calls this operation with success")


def unique(word):
    """A name that no other test uses."""
    return f"{word}-py-{next(_numbers)}"


def control(method, path, body=None):
    """A call of the mock's own control endpoints."""
    answer = httpx.request(method, f"{URL}/_mock/{path}", json=body, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.json()


def dm(user="ana", text="how much is the blue one?"):
    """A DM by somebody new that the TikTok bridge brings in: conversation_id, contact_id, part_id."""
    return control("POST", "dms", {"user": unique(user), "text": text})


@contextmanager
def refused(status_code, code, message=None):
    """The call is refused as Intercom does."""
    with pytest.raises(ApiError) as raised:
        yield raised
    body = raised.value.body
    body = body if isinstance(body, dict) else body.dict()
    assert (raised.value.status_code, body["type"]) == (status_code, "error.list")
    assert body["errors"][0]["code"] == code
    if message is not None:
        assert body["errors"][0]["message"] == message


@pytest.fixture(scope="session")
def client():
    """The SDK as anybody uses it: only the address differs. It sends no Intercom-Version."""
    return Intercom(token=TOKEN, base_url=URL)


@pytest.fixture(scope="session")
def limited():
    """A client of the mock whose rate limit is three calls a second."""
    return Intercom(token=TOKEN, base_url=os.environ["MOCK_LIMITED_URL"])


@pytest.fixture(autouse=True)
def proves(request):
    """The mock's journal must show a successful call of the operation that a test is marked with."""
    marker = request.node.get_closest_marker("operation")
    if marker is None:
        yield
        return
    (operation,) = marker.args
    before = control("GET", "state")["journal_next"]
    failed = request.session.testsfailed
    yield
    entries = control("GET", f"journal?after={before}&limit=10000")["entries"]
    called = [one for one in entries if one.get("operation") == operation and one["status"] < 300]
    assert called, f"{operation} was not called with success"
    if request.session.testsfailed == failed:
        with open(os.environ["MOCK_COVERED"], "a") as covered:
            covered.write(f"{operation}\n")
