"""Contacts: made, changed, merged, archived, blocked, deleted; their tags, notes and segments."""

import pytest
from conftest import NOBODY, refused, unique
from intercom import (
    CreateContactRequestWithEmail,
    CreateContactRequestWithExternalId,
    CreateContactRequestWithRole,
    CreateOrUpdateTagRequest,
)

V2_16 = {"additional_headers": {"Intercom-Version": "2.16"}}


def new_user(client):
    return client.contacts.create(request=CreateContactRequestWithExternalId(external_id=unique("user")))


def new_tag(client):
    return client.tags.create(request=CreateOrUpdateTagRequest(name=unique("tag")))


@pytest.mark.operation("CreateContact")
def test_makes_a_user_by_address_and_a_lead_by_role(client):
    email = f"{unique('ana')}@example.com"
    user = client.contacts.create(request=CreateContactRequestWithEmail(email=email, name="Ana", owner_id=101))
    assert (user.type, user.role, user.email, user.owner_id) == ("contact", "user", email, 101)
    assert client.contacts.create(request=CreateContactRequestWithRole(role="lead")).role == "lead"


@pytest.mark.operation("ShowContact")
def test_finds_a_contact(client):
    user = new_user(client)
    assert client.contacts.find(user.id).external_id == user.external_id


@pytest.mark.operation("UpdateContact")
def test_changes_are_read_back(client):
    id = new_user(client).id
    client.contacts.update(id, name="Anna", phone="+35312345678", custom_attributes={"plan": "gold"})
    found = client.contacts.find(id)
    assert (found.name, found.phone, found.custom_attributes["plan"]) == ("Anna", "+35312345678", "gold")


@pytest.mark.operation("ShowContactByExternalId")
def test_finds_by_the_apps_own_id(client):
    user = new_user(client)
    assert client.contacts.show_contact_by_external_id(user.external_id).id == user.id


@pytest.mark.operation("MergeContact")
def test_a_merged_lead_is_410_and_points_to_the_user(client):
    lead = client.contacts.create(request=CreateContactRequestWithRole(role="lead"))
    user = new_user(client)
    assert client.contacts.merge_lead_in_user(lead_id=lead.id, contact_id=user.id).id == user.id
    with refused(410, "contact_merged") as raised:
        client.contacts.find(lead.id, request_options=V2_16)
    assert raised.value.headers["link"] == f'</contacts/{user.id}>; rel="canonical"'


@pytest.mark.operation("ArchiveContact")
def test_archives(client):
    assert client.contacts.archive(new_user(client).id).archived is True


@pytest.mark.operation("UnarchiveContact")
def test_unarchives(client):
    id = new_user(client).id
    client.contacts.archive(id)
    assert client.contacts.unarchive(id).archived is False
    assert client.contacts.find(id).id == id


@pytest.mark.operation("BlockContact")
def test_blocks(client):
    assert client.contacts.block_contact(new_user(client).id).blocked is True


@pytest.mark.operation("DeleteContact")
def test_who_is_deleted_is_404(client):
    id = new_user(client).id
    assert client.contacts.delete(id).deleted is True
    with refused(404, "not_found"):
        client.contacts.find(id)


@pytest.mark.operation("attachTagToContact")
def test_puts_a_tag_on(client):
    user, tag = new_user(client), new_tag(client)
    assert client.tags.tag_contact(user.id, tag_id=tag.id).name == tag.name
    assert [one.id for one in client.contacts.find(user.id).tags.data] == [tag.id]


@pytest.mark.operation("listTagsForAContact")
def test_lists_the_tags_of_a_contact(client):
    user, tag = new_user(client), new_tag(client)
    client.tags.tag_contact(user.id, tag_id=tag.id)
    assert [one.name for one in client.contacts.list_attached_tags(user.id).data] == [tag.name]


@pytest.mark.operation("detachTagFromContact")
def test_takes_a_tag_off(client):
    user, tag = new_user(client), new_tag(client)
    client.tags.tag_contact(user.id, tag_id=tag.id)
    client.tags.untag_contact(user.id, tag.id)
    assert client.contacts.list_attached_tags(user.id).data == []


@pytest.mark.operation("createNote")
def test_a_note_is_by_a_teammate_about_a_contact(client):
    user = new_user(client)
    note = client.notes.create(user.id, body="likes blue", admin_id="102")
    assert (note.body, note.author.id, note.contact.id) == ("<p>likes blue</p>", "102", user.id)


@pytest.mark.operation("listNotes")
def test_notes_come_newest_first(client):
    user = new_user(client)
    for body in ("first", "second"):
        client.notes.create(user.id, body=body, admin_id="101")
    assert [note.body for note in client.notes.list(user.id)] == ["<p>second</p>", "<p>first</p>"]


@pytest.mark.operation("retrieveNote")
def test_finds_a_note(client):
    note = client.notes.create(new_user(client).id, body="likes blue", admin_id="101")
    assert client.notes.find(int(note.id)).body == "<p>likes blue</p>"


@pytest.mark.operation("listSegmentsForAContact")
def test_tells_in_which_segments_a_contact_is(client):
    assert isinstance(client.contacts.list_attached_segments(new_user(client).id).data, list)


def test_who_is_unknown_is_404(client):
    for call in (
        lambda: client.contacts.list_attached_tags(NOBODY),
        lambda: client.contacts.list_attached_segments(NOBODY),
        lambda: client.notes.list(NOBODY),
        lambda: client.notes.create(NOBODY, body="x", admin_id="101"),
        lambda: client.tags.tag_contact(NOBODY, tag_id="1"),
    ):
        with refused(404, "not_found", "User Not Found"):
            call()
    with refused(404, "not_found", "Resource Not Found"):
        client.notes.find(999_999_999)


def test_the_same_external_id_twice_is_a_conflict(client):
    user = new_user(client)
    with refused(409, "conflict"):
        client.contacts.create(request=CreateContactRequestWithExternalId(external_id=user.external_id))
