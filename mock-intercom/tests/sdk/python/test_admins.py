"""Teammates and teams: who there is, who is away, what was done."""

import time

import pytest
from conftest import URL, refused
from intercom import Intercom


@pytest.mark.operation("identifyAdmin")
def test_tells_whose_token_it_is(client):
    me = client.admins.identify()
    assert (me.type, me.id, me.app.id_code, me.app.timezone) == ("admin", "101", "sdk_app", "Europe/Dublin")


@pytest.mark.operation("listAdmins")
def test_lists_every_teammate(client):
    found = client.admins.list()
    assert [admin.id for admin in found.admins] == ["101", "102", "103", "104"]


@pytest.mark.operation("retrieveAdmin")
def test_finds_a_teammate(client):
    admin = client.admins.find(102)
    assert (admin.name, admin.email, admin.has_inbox_seat) == ("Ben Baker", "ben@example.com", True)


@pytest.mark.operation("setAwayAdmin")
def test_away_is_read_back(client):
    client.admins.away(103, away_mode_enabled=True, away_mode_reassign=True)
    found = client.admins.find(103)
    assert (found.away_mode_enabled, found.away_mode_reassign) == (True, True)
    client.admins.away(103, away_mode_enabled=False, away_mode_reassign=False)
    assert client.admins.find(103).away_mode_enabled is False


@pytest.mark.operation("listAwayStatusReasons")
def test_reasons_can_be_named(client):
    reasons = client.away_status_reasons.list_away_status_reasons()
    # The SDK's type is a list, the API's answer an object with the list in it.
    assert "Lunch" in [reason["label"] for reason in reasons["data"]]


@pytest.mark.operation("listActivityLogs")
def test_the_log_shows_who_went_away(client):
    since = int(time.time()) - 60
    client.admins.away(103, away_mode_enabled=True, away_mode_reassign=False)
    client.admins.away(103, away_mode_enabled=False, away_mode_reassign=False)
    log = client.admins.list_all_activity_logs(created_at_after=str(since))
    assert "admin_away_mode_change" in [entry.activity_type for entry in log.activity_logs]


@pytest.mark.operation("listTeams")
def test_lists_every_team(client):
    assert [(team.id, team.admin_ids) for team in client.teams.list().teams] == [
        ("201", [101, 102]),
        ("202", [103, 104]),
    ]


@pytest.mark.operation("retrieveTeam")
def test_finds_a_team(client):
    assert client.teams.find("201").name == "Sales"


def test_who_is_unknown_is_404(client):
    with refused(404, "admin_not_found", "Admin not found"):
        client.admins.find(999)
    with refused(404, "admin_not_found", "Admin for admin_id not found"):
        client.admins.away(999, away_mode_enabled=True, away_mode_reassign=True)
    with refused(404, "team_not_found", "Team not found"):
        client.teams.find("999")


def test_a_wrong_token_is_401():
    with refused(401, "unauthorized", "Access Token Invalid"):
        Intercom(token="wrong", base_url=URL).admins.list()
