"""Lists and searches: filters, pages, cursors."""

import itertools

import pytest
from conftest import dm, refused, unique
from intercom import (
    CreateContactRequestWithExternalId,
    MultipleFilterSearchRequest as All,
    SingleFilterSearchRequest as Where,
    StartingAfterPaging,
)


def new_contact(client, **fields):
    request = CreateContactRequestWithExternalId(external_id=unique("customer"), **fields)
    return client.contacts.create(request=request)


def by_hand(search, query, per_page):
    """Every page, each asked for with the cursor of the one before: the SDK's own pager does not."""
    cursor, found = None, []
    for _ in range(20):
        page = search(query=query, pagination=StartingAfterPaging(per_page=per_page, starting_after=cursor))
        found.extend(page.items)
        cursor = page.response.pages.next and page.response.pages.next.starting_after
        if cursor is None:
            return found
    raise AssertionError("the pages do not end")


@pytest.mark.operation("listConversations")
def test_the_pager_goes_through_all_conversations(client):
    brought = {dm()["conversation_id"] for _ in range(3)}
    ids = [one.id for one in itertools.islice(client.conversations.list(per_page=2), 10_000)]
    assert len(set(ids)) == len(ids) and brought <= set(ids)


@pytest.mark.operation("searchConversations")
def test_searches_conversations_page_by_page(client):
    brought = [dm() for _ in range(5)]
    ids = [one["conversation_id"] for one in brought]
    contacts = [one["contact_id"] for one in brought]
    query = All(
        operator="AND",
        value=[
            Where(field="contact_ids", operator="IN", value=contacts),
            Where(field="state", operator="=", value="open"),
        ],
    )
    assert sorted(one.id for one in by_hand(client.conversations.search, query, 2)) == sorted(ids)


def test_the_pager_of_searches_asks_for_the_first_page_again_and_again(client):
    """A fault of the SDK, bounded here: with a page for everything there is nothing to repeat."""
    contact_id = dm()["contact_id"]
    query = Where(field="contact_ids", operator="=", value=contact_id)
    whole = client.conversations.search(query=query, pagination=StartingAfterPaging(per_page=150))
    assert len(list(whole)) == 1
    dm(), dm()
    everything = Where(field="state", operator="=", value="open")
    pager = client.conversations.search(query=everything, pagination=StartingAfterPaging(per_page=1))
    first = [one.id for one in itertools.islice(pager, 3)]
    assert len(set(first)) == 1, "the SDK has learnt to page: use its pager above"


@pytest.mark.operation("ListContacts")
def test_the_pager_goes_through_all_contacts(client):
    made = {new_contact(client).id for _ in range(3)}
    ids = [one.id for one in itertools.islice(client.contacts.list(per_page=2), 10_000)]
    assert len(set(ids)) == len(ids) and made <= set(ids)


@pytest.mark.operation("SearchContacts")
def test_searches_contacts_page_by_page(client):
    plan = unique("plan")
    made = {new_contact(client, custom_attributes={"plan": plan}).id for _ in range(3)}
    query = Where(field="custom_attributes.plan", operator="=", value=plan)
    assert {one.id for one in by_hand(client.contacts.search, query, 2)} == made


def test_a_cursor_that_is_none_is_refused(client):
    query = Where(field="state", operator="=", value="open")
    pagination = StartingAfterPaging(per_page=2, starting_after="nonsense")
    with refused(400, "client_error"):
        client.conversations.search(query=query, pagination=pagination)
