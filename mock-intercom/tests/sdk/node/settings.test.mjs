// What a workspace is set up with: tags, segments, attributes, events, subscription and ticket types.

import assert from "node:assert/strict";
import test from "node:test";
import { client, dm, operation, refused, unique } from "./suite.mjs";

operation("createTag", "is found by its name the second time", async () => {
  const name = unique("tag");
  const tag = await client.tags.create({ name });
  assert.deepEqual([tag.type, tag.name], ["tag", name]);
  assert.equal((await client.tags.create({ name })).id, tag.id);
});

operation("findTag", "finds one", async () => {
  const tag = await client.tags.create({ name: unique("tag") });
  assert.equal((await client.tags.find({ tag_id: tag.id })).name, tag.name);
});

operation("listTags", "lists all", async () => {
  const tag = await client.tags.create({ name: unique("tag") });
  const list = await client.tags.list();
  assert.equal(list.type, "list");
  assert.ok(list.data.some((one) => one.id === tag.id && one.name === tag.name));
});

operation("deleteTag", "is 404 afterwards", async () => {
  const { id: tag_id } = await client.tags.create({ name: unique("tag") });
  await client.tags.delete({ tag_id });
  await refused(client.tags.find({ tag_id }), 404, "not_found", /^Resource Not Found$/);
});

operation("attachTagToConversation", "says when and by whom", async () => {
  const { conversation_id } = await dm(unique("ana"));
  const tag = await client.tags.create({ name: unique("tag") });
  const applied = await client.tags.tagConversation({ conversation_id, id: tag.id, admin_id: "102" });
  assert.deepEqual([applied.id, applied.applied_by.id], [tag.id, "102"]);
  const found = await client.conversations.find({ conversation_id });
  assert.ok(found.tags.tags.some((one) => one.id === tag.id));
});

operation("detachTagFromConversation", "takes it off", async () => {
  const { conversation_id } = await dm(unique("ana"));
  const { id } = await client.tags.create({ name: unique("tag") });
  await client.tags.tagConversation({ conversation_id, id, admin_id: "101" });
  await client.tags.untagConversation({ conversation_id, tag_id: id, admin_id: "101" });
  const found = await client.conversations.find({ conversation_id });
  assert.ok(!found.tags.tags.some((one) => one.id === id));
});

operation("listSegments", "lists those of the workspace", async () => {
  const list = await client.segments.list({ include_count: true });
  assert.equal(list.type, "segment.list");
  assert.ok(list.segments.some((segment) => segment.name === "From TikTok"));
  assert.equal(typeof list.segments[0].count, "number");
});

operation("retrieveSegment", "finds one", async () => {
  const [{ id: segment_id, name }] = (await client.segments.list()).segments;
  assert.equal((await client.segments.find({ segment_id })).name, name);
});

operation("createDataAttribute", "can be used at once", async () => {
  const name = unique("size").replaceAll("-", "_");
  const attribute = await client.dataAttributes.create({ name, model: "contact", data_type: "string" });
  assert.deepEqual([attribute.type, attribute.name, attribute.custom], ["data_attribute", name, true]);
  const contact = await client.contacts.create({ external_id: unique("user"), custom_attributes: { [name]: "L" } });
  assert.equal(contact.custom_attributes[name], "L");
});

operation("lisDataAttributes", "lists Intercom's and one's own", async () => {
  const name = unique("colour").replaceAll("-", "_");
  await client.dataAttributes.create({ name, model: "contact", data_type: "string" });
  const list = await client.dataAttributes.list({ model: "contact" });
  assert.equal(list.type, "list");
  assert.ok(list.data.some((one) => one.name === name && one.custom));
  assert.ok(list.data.some((one) => one.name === "email" && !one.custom));
  assert.ok(list.data.every((one) => one.model === "contact"));
});

operation("createDataEvent", "is taken with 202 and no body", async () => {
  const external_id = unique("user");
  await client.contacts.create({ external_id });
  const created_at = Math.floor(Date.now() / 1000);
  await client.events.create({ event_name: "ordered", created_at, user_id: external_id });
});

operation("listSubscriptionTypes", "lists those of the workspace", async () => {
  const list = await client.subscriptionTypes.list();
  assert.equal(list.type, "list");
  assert.ok(list.data.some((one) => one.default_translation.name === "Newsletters"));
});

operation("listTicketTypes", "lists those of the workspace", async () => {
  const list = await client.ticketTypes.list();
  assert.equal(list.type, "list");
  assert.ok(list.data.some((one) => one.name === "Refund"));
});

async function refund() {
  const { data } = await client.ticketTypes.list();
  return data.find((one) => one.name === "Refund").id;
}

operation("createTicket", "is about a contact", async () => {
  const contact = await client.contacts.create({ external_id: unique("user") });
  const ticket_attributes = { _default_title_: "Broken", _default_description_: "in two" };
  const contacts = [{ id: contact.id }];
  const ticket = await client.tickets.create({ ticket_type_id: await refund(), contacts, ticket_attributes });
  assert.equal(ticket.type, "ticket");
  assert.equal(ticket.ticket_attributes._default_title_, "Broken");
  assert.deepEqual(ticket.contacts.contacts.map((one) => one.id), [contact.id]);
});

operation("getTicket", "finds one", async () => {
  const contact = await client.contacts.create({ external_id: unique("user") });
  const contacts = [{ id: contact.id }];
  const { id } = await client.tickets.create({ ticket_type_id: await refund(), contacts });
  assert.equal((await client.tickets.get({ ticket_id: id })).id, id);
});

operation("convertConversationToTicket", "makes a ticket of a conversation", async () => {
  const { conversation_id } = await dm(unique("ana"));
  const call = { conversation_id, ticket_type_id: await refund() };
  const ticket = await client.conversations.convertToTicket(call);
  assert.equal(ticket.type, "ticket");
  assert.equal(ticket.ticket_type.name, "Refund");
  const unknown = client.conversations.convertToTicket({ conversation_id, ticket_type_id: "999999" });
  await refused(unknown, 400, "parameter_invalid");
});

test("unknown tags, segments and conversations are 404", async () => {
  await refused(client.segments.find({ segment_id: "0" }), 404, "not_found", /^Resource Not Found$/);
  await refused(client.tags.find({ tag_id: "999999" }), 404, "not_found", /^Resource Not Found$/);
  const { id } = await client.tags.create({ name: unique("tag") });
  const tag = { conversation_id: "999999999999999", id, admin_id: "101" };
  await refused(client.tags.tagConversation(tag), 404, "not_found", /^Conversation not found$/);
});

test("attributes that cannot be are refused", async () => {
  const make = (name, data_type) => client.dataAttributes.create({ name, model: "contact", data_type });
  await refused(make("!nv@l!d n@me", "string"), 400, "parameter_invalid", /alphanumeric/);
  await refused(make("fine", "mithril"), 400, "parameter_invalid", /Data Type isn't an option/);
  const name = unique("twice").replaceAll("-", "_");
  await make(name, "string");
  await refused(make(name, "string"), 400, "parameter_invalid", /^You already have/);
});

test("a tag without a name is refused", async () => {
  await refused(client.tags.create({}), 400, "parameter_invalid", /^invalid tag parameters$/);
});
