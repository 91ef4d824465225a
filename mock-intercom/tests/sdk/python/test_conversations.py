"""One conversation: made, read, answered, assigned, changed, redacted, ended."""

import time

import pytest
from conftest import NOBODY, dm, refused, unique
from intercom import (
    AdminReplyConversationRequest,
    AttachContactToConversationRequestCustomerIntercomUserId as Customer,
    ContactReplyIntercomUserIdRequest,
    ConversationsManageRequestBody_Assignment as Assignment,
    ConversationsManageRequestBody_Close as Close,
    ConversationsManageRequestBody_Open as Open,
    ConversationsManageRequestBody_Snoozed as Snoozed,
    CreateContactRequestWithExternalId,
    CreateConversationRequestFrom,
    RedactConversationRequest_ConversationPart as RedactPart,
    RedactConversationRequest_Source as RedactSource,
)

UNKNOWN = "999999999999999"


def version(number):
    """The Python SDK sends no version by itself."""
    return {"additional_headers": {"Intercom-Version": number}}


def new_contact(client):
    return client.contacts.create(request=CreateContactRequestWithExternalId(external_id=unique("customer")))


def new_conversation(client, body="hello there"):
    contact = new_contact(client)
    sender = CreateConversationRequestFrom(type="user", id=contact.id)
    return client.conversations.create(from_=sender, body=body).conversation_id, contact


def parts(conversation):
    return conversation.conversation_parts.conversation_parts


def by_admin(message_type, body):
    return AdminReplyConversationRequest(message_type=message_type, admin_id="101", body=body)


@pytest.mark.operation("createConversation")
def test_what_is_made_is_there(client):
    id, contact = new_conversation(client, "do you ship to Spain?")
    found = client.conversations.find(id)
    assert "do you ship to Spain?" in found.source.body
    assert [one.id for one in found.contacts.contacts] == [contact.id]


@pytest.mark.operation("retrieveConversation")
def test_finds_what_the_bridge_brought(client):
    brought = dm(text="is it <blue>?")
    found = client.conversations.find(brought["conversation_id"], display_as="plaintext")
    assert (found.source.body, found.source.author.id) == ("is it <blue>?", brought["contact_id"])


@pytest.mark.operation("updateConversation")
def test_changes_are_read_back(client):
    id = dm()["conversation_id"]
    client.conversations.update(id, read=True, title="Blue one", custom_attributes={"campaign": "summer"})
    found = client.conversations.find(id)
    assert (found.read, found.title, found.custom_attributes["campaign"]) == (True, "Blue one", "summer")


@pytest.mark.operation("replyConversation")
def test_replies_of_both_sides_and_notes(client):
    id, contact = new_conversation(client)
    client.conversations.reply(id, request=by_admin("comment", "it is 5 euros"))
    client.conversations.reply(id, request=by_admin("note", "a regular"))
    reply = ContactReplyIntercomUserIdRequest(
        message_type="comment", type="user", intercom_user_id=contact.id, body="great"
    )
    client.conversations.reply(id, request=reply)
    found = parts(client.conversations.find(id))
    assert [part.part_type for part in found] == ["comment", "note", "comment"]
    assert found[-1].author.id == contact.id


@pytest.mark.operation("manageConversation")
def test_assigns_closes_opens_and_snoozes(client):
    id = dm()["conversation_id"]
    assign = lambda type, to: client.conversations.manage(
        id, request=Assignment(type=type, admin_id="101", assignee_id=to)
    )
    assert parts(assign("team", "202"))[0].assigned_to.id == "202"
    assign("admin", "102")
    found = client.conversations.find(id)
    assert (found.team_assignee_id, found.admin_assignee_id) == (202, 102)
    assign("admin", "0")
    assert client.conversations.find(id).admin_assignee_id is None
    assert client.conversations.manage(id, request=Close(type="admin", admin_id="101")).state == "closed"
    assert client.conversations.manage(id, request=Open(admin_id="101")).state == "open"
    until = int(time.time()) + 3600
    client.conversations.manage(id, request=Snoozed(admin_id="101", snoozed_until=until))
    assert client.conversations.find(id).snoozed_until == until


@pytest.mark.operation("autoAssignConversation")
def test_rules_run_up_to_2_11(client):
    id = dm()["conversation_id"]
    answer = client.conversations.run_assignment_rules(id, request_options=version("2.11"))
    assert parts(answer)[0].part_type == "default_assignment"
    with refused(400, "intercom_version_invalid"):
        client.conversations.run_assignment_rules(id)


@pytest.mark.operation("attachContactToConversation")
def test_a_second_contact_joins(client):
    id, contact = new_conversation(client)
    friend = new_contact(client)
    customer = Customer(intercom_user_id=friend.id)
    client.conversations.attach_contact_as_admin(id, admin_id="101", customer=customer)
    found = client.conversations.find(id)
    assert {one.id for one in found.contacts.contacts} == {contact.id, friend.id}


@pytest.mark.operation("detachContactFromConversation")
def test_all_but_the_last_can_leave(client):
    id, contact = new_conversation(client)
    friend = new_contact(client)
    customer = Customer(intercom_user_id=friend.id)
    client.conversations.attach_contact_as_admin(id, admin_id="101", customer=customer)
    client.conversations.detach_contact_as_admin(id, contact.id, admin_id="101")
    assert [one.id for one in client.conversations.find(id).contacts.contacts] == [friend.id]
    with refused(422, "parameter_invalid", "Removing the last customer is not allowed"):
        client.conversations.detach_contact_as_admin(id, friend.id, admin_id="101")


@pytest.mark.operation("redactConversation")
def test_a_text_goes_for_good(client):
    id, _ = new_conversation(client, "my card is 4111")
    part = parts(client.conversations.reply(id, request=by_admin("comment", "got 4111")))[0]
    redact = client.conversations.redact_conversation_part
    redact(request=RedactPart(conversation_id=id, conversation_part_id=part.id))
    source = client.conversations.find(id).source
    redact(request=RedactSource(conversation_id=id, source_id=source.id))
    assert "4111" not in client.conversations.find(id).json()
    with refused(404, "conversation_part_or_message_not_found"):
        redact(request=RedactPart(conversation_id=id, conversation_part_id="1"))


@pytest.mark.operation("listHandlingEvents")
def test_handling_events_are_there_from_2_15(client):
    id = dm()["conversation_id"]
    found = client.unstable.conversations.list_handling_events(id, request_options=version("2.16"))
    assert isinstance(found.handling_events, list)


@pytest.mark.operation("deleteConversation")
def test_what_is_deleted_is_404(client):
    id = dm()["conversation_id"]
    assert client.conversations.delete_conversation(int(id)).deleted is True
    with refused(404, "not_found"):
        client.conversations.find(id)


def test_an_unknown_conversation_is_404(client):
    for call in (
        lambda: client.conversations.find(UNKNOWN),
        lambda: client.conversations.update(UNKNOWN, read=True),
        lambda: client.conversations.manage(UNKNOWN, request=Open(admin_id="101")),
        lambda: client.conversations.reply(UNKNOWN, request=by_admin("note", "x")),
    ):
        with refused(404, "not_found", "Resource Not Found"):
            call()


def test_nobody_can_write_who_is_not_there(client):
    with refused(404, "not_found", "User Not Found"):
        client.conversations.create(from_=CreateConversationRequestFrom(type="user", id=NOBODY), body="x")
