// Lists and searches: filters, pages, cursors.

import assert from "node:assert/strict";
import test from "node:test";
import { client, dm, operation, refused, unique } from "./suite.mjs";

async function collected(page) {
  const items = [];
  for await (const item of page) items.push(item);
  return items;
}

function where(field, operator, value) {
  return { field, operator, value };
}

operation("listConversations", "goes through all pages with the SDK's pager", async () => {
  const brought = [await dm(unique("a")), await dm(unique("b")), await dm(unique("c"))];
  const listed = await collected(await client.conversations.list({ per_page: 2 }));
  const ids = listed.map((conversation) => conversation.id);
  assert.equal(new Set(ids).size, ids.length, "no conversation is listed twice");
  for (const { conversation_id } of brought) assert.ok(ids.includes(conversation_id));
});

operation("searchConversations", "finds by contact, in pages", async () => {
  const brought = [];
  for (const user of ["a", "b", "c", "d", "e"]) brought.push(await dm(unique(user)));
  const contacts = brought.map((one) => one.contact_id);
  const query = {
    operator: "AND",
    value: [where("contact_ids", "IN", contacts), where("state", "=", "open")],
  };
  const found = await collected(await client.conversations.search({ query, pagination: { per_page: 2 } }));
  const ids = brought.map((one) => one.conversation_id);
  assert.deepEqual(found.map((conversation) => conversation.id).sort(), ids.sort());
});

operation("searchConversations", "finds what nobody owns, by its contact, within two levels", async () => {
  const { conversation_id, contact_id } = await dm(unique("ana"));
  const query = {
    operator: "AND",
    value: [
      where("contact_ids", "=", contact_id),
      { operator: "OR", value: [where("admin_assignee_id", "=", 0), where("read", "=", true)] },
    ],
  };
  const page = await client.conversations.search({ query });
  assert.deepEqual(page.data.map((conversation) => conversation.id), [conversation_id]);
});

operation("ListContacts", "goes through all pages with the SDK's pager", async () => {
  const names = [unique("one"), unique("two"), unique("three")];
  for (const external_id of names) await client.contacts.create({ external_id });
  const listed = await collected(await client.contacts.list({ per_page: 2 }));
  const found = listed.map((contact) => contact.external_id);
  for (const name of names) assert.ok(found.includes(name));
});

operation("SearchContacts", "finds by address and by attribute, in pages", async () => {
  const plan = unique("plan");
  for (const user of ["a", "b", "c"]) {
    await client.contacts.create({ email: `${unique(user)}@example.com`, custom_attributes: { plan } });
  }
  const query = {
    operator: "AND",
    value: [where("custom_attributes.plan", "=", plan), where("email", "~", "example.com")],
  };
  const found = await collected(await client.contacts.search({ query, pagination: { per_page: 2 } }));
  assert.deepEqual(found.map((contact) => contact.custom_attributes.plan), [plan, plan, plan]);
});

test("a cursor that is none, and a query that is too deep, are refused", async () => {
  const query = where("state", "=", "open");
  const pagination = { per_page: 2, starting_after: "nonsense" };
  const cursor = client.conversations.search({ query, pagination });
  await refused(cursor, 400, "client_error", /Invalid starting_after param/);
  const deep = { operator: "AND", value: [{ operator: "OR", value: [{ operator: "AND", value: [query] }] }] };
  await refused(client.conversations.search({ query: deep }), 400, "parameter_invalid");
  const many = { operator: "AND", value: Array(16).fill(query) };
  await refused(client.conversations.search({ query: many }), 400, "parameter_invalid");
});
