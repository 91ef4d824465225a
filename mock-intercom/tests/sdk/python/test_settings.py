"""What a workspace is set up with: tags, segments, attributes, events, subscription and ticket types."""

import time

import pytest
from conftest import dm, refused, unique
from intercom import (
    CreateContactRequestWithExternalId,
    CreateDataAttributeRequestOne,
    CreateDataEventRequestWithUserId,
    CreateOrUpdateTagRequest,
    CreateTicketRequestContactsItemId,
)


def new_tag(client):
    return client.tags.create(request=CreateOrUpdateTagRequest(name=unique("tag")))


def new_user(client, **fields):
    request = CreateContactRequestWithExternalId(external_id=unique("user"), **fields)
    return client.contacts.create(request=request)


def new_attribute(client):
    name = unique("size").replace("-", "_")
    # The SDK's class lacks the two fields that matter most, and takes them.
    request = CreateDataAttributeRequestOne(data_type="string", name=name, model="contact")
    return client.data_attributes.create(request=request)


def refund(client):
    return next(one.id for one in client.ticket_types.list().data if one.name == "Refund")


@pytest.mark.operation("createTag")
def test_a_tag_is_found_by_its_name_the_second_time(client):
    tag = new_tag(client)
    assert client.tags.create(request=CreateOrUpdateTagRequest(name=tag.name)).id == tag.id


@pytest.mark.operation("findTag")
def test_finds_a_tag(client):
    tag = new_tag(client)
    assert client.tags.find(tag.id).name == tag.name


@pytest.mark.operation("listTags")
def test_lists_all_tags(client):
    tag = new_tag(client)
    assert (tag.id, tag.name) in [(one.id, one.name) for one in client.tags.list().data]


@pytest.mark.operation("deleteTag")
def test_a_deleted_tag_is_404(client):
    tag = new_tag(client)
    client.tags.delete(tag.id)
    with refused(404, "not_found", "Resource Not Found"):
        client.tags.find(tag.id)


@pytest.mark.operation("attachTagToConversation")
def test_tags_a_conversation(client):
    id, tag = dm()["conversation_id"], new_tag(client)
    assert client.tags.tag_conversation(id, tag_id=tag.id, admin_id="102").name == tag.name
    assert tag.id in [one.id for one in client.conversations.find(id).tags.tags]


@pytest.mark.operation("detachTagFromConversation")
def test_untags_a_conversation(client):
    id, tag = dm()["conversation_id"], new_tag(client)
    client.tags.tag_conversation(id, tag_id=tag.id, admin_id="101")
    client.tags.untag_conversation(id, tag.id, admin_id="101")
    assert tag.id not in [one.id for one in client.conversations.find(id).tags.tags]


@pytest.mark.operation("listSegments")
def test_lists_the_segments(client):
    segments = client.segments.list(include_count=True).segments
    assert "From TikTok" in [one.name for one in segments] and segments[0].count is not None


@pytest.mark.operation("retrieveSegment")
def test_finds_a_segment(client):
    segment = client.segments.list().segments[0]
    assert client.segments.find(segment.id).name == segment.name


@pytest.mark.operation("createDataAttribute")
def test_a_new_attribute_can_be_used_at_once(client):
    attribute = new_attribute(client)
    assert attribute.custom is True
    user = new_user(client, custom_attributes={attribute.name: "L"})
    assert client.contacts.find(user.id).custom_attributes[attribute.name] == "L"


@pytest.mark.operation("lisDataAttributes")
def test_lists_intercoms_attributes_and_ones_own(client):
    name = new_attribute(client).name
    found = client.data_attributes.list(model="contact").data
    assert {(name, True), ("email", False)} <= {(one.name, one.custom) for one in found}


@pytest.mark.operation("createDataEvent")
def test_an_event_is_taken_in(client):
    event = CreateDataEventRequestWithUserId(
        user_id=new_user(client).external_id, event_name="ordered", created_at=int(time.time())
    )
    assert client.events.create(request=event) is None


@pytest.mark.operation("listSubscriptionTypes")
def test_lists_the_subscription_types(client):
    assert "Newsletters" in [one.default_translation.name for one in client.subscription_types.list().data]


@pytest.mark.operation("listTicketTypes")
def test_lists_the_ticket_types(client):
    assert "Refund" in [one.name for one in client.ticket_types.list().data]


@pytest.mark.operation("createTicket")
def test_a_ticket_is_about_a_contact(client):
    user = new_user(client)
    contacts = [CreateTicketRequestContactsItemId(id=user.id)]
    ticket = client.tickets.create(ticket_type_id=refund(client), contacts=contacts)
    assert [one.id for one in ticket.contacts.contacts] == [user.id]


@pytest.mark.operation("getTicket")
def test_finds_a_ticket(client):
    contacts = [CreateTicketRequestContactsItemId(id=new_user(client).id)]
    ticket = client.tickets.create(ticket_type_id=refund(client), contacts=contacts)
    assert client.tickets.get(ticket.id).id == ticket.id


@pytest.mark.operation("convertConversationToTicket")
def test_makes_a_ticket_of_a_conversation(client):
    id = int(dm()["conversation_id"])
    ticket = client.conversations.convert_to_ticket(id, ticket_type_id=refund(client))
    assert ticket.ticket_type.name == "Refund"


def test_what_is_unknown_is_404(client):
    with refused(404, "not_found", "Resource Not Found"):
        client.segments.find("0")
    with refused(404, "not_found", "Conversation not found"):
        client.tags.tag_conversation("999999999999999", tag_id=new_tag(client).id, admin_id="101")
