// One conversation: made, read, answered, assigned, changed, redacted, ended.

import assert from "node:assert/strict";
import test from "node:test";
import { NOBODY, client, dm, operation, refused, unique } from "./suite.mjs";

const UNKNOWN = "999999999999999";

async function newContact() {
  return client.contacts.create({ external_id: unique("customer"), name: "Ana" });
}

async function newConversation(body = "hello there") {
  const contact = await newContact();
  const message = await client.conversations.create({ from: { type: "user", id: contact.id }, body });
  return { id: message.conversation_id, contact, message };
}

function parts(conversation) {
  return conversation.conversation_parts.conversation_parts;
}

operation("createConversation", "answers with the message, and the conversation is there", async () => {
  const { id, contact, message } = await newConversation("do you ship to Spain?");
  assert.equal(message.type, "user_message");
  const found = await client.conversations.find({ conversation_id: id });
  assert.match(found.source.body, /do you ship to Spain\?/);
  assert.equal(found.source.delivered_as, "customer_initiated");
  assert.deepEqual(found.contacts.contacts.map((one) => one.id), [contact.id]);
  assert.equal(found.open, true);
});

operation("retrieveConversation", "finds what the bridge brought, as text if asked", async () => {
  const { conversation_id, contact_id } = await dm(unique("ana"), "is it <blue>?");
  const found = await client.conversations.find({ conversation_id });
  assert.equal(found.type, "conversation");
  assert.equal(found.source.author.id, contact_id);
  assert.equal(found.admin_assignee_id, null);
  const plain = await client.conversations.find({ conversation_id, display_as: "plaintext" });
  assert.equal(plain.source.body, "is it <blue>?");
});

operation("updateConversation", "sets title, read and an attribute", async () => {
  const { conversation_id } = await dm(unique("ana"));
  const change = { read: true, title: "Blue one", custom_attributes: { campaign: "summer" } };
  await client.conversations.update({ conversation_id, ...change });
  const found = await client.conversations.find({ conversation_id });
  assert.equal(found.title, "Blue one");
  assert.equal(found.read, true);
  assert.equal(found.custom_attributes.campaign, "summer");
});

operation("replyConversation", "writes a comment, a note and a contact's message", async () => {
  const { id: conversation_id, contact } = await newConversation();
  const reply = (body) => client.conversations.reply({ conversation_id, body });
  const comment = { message_type: "comment", type: "admin", admin_id: "101", body: "it is 5 euros" };
  assert.equal(parts(await reply(comment))[0].part_type, "comment");
  const note = { message_type: "note", type: "admin", admin_id: "101", body: "a regular" };
  assert.equal(parts(await reply(note))[0].part_type, "note");
  const answer = { message_type: "comment", type: "user", intercom_user_id: contact.id, body: "great" };
  assert.equal(parts(await reply(answer))[0].author.id, contact.id);
  const found = await client.conversations.find({ conversation_id });
  assert.deepEqual(parts(found).map((part) => part.part_type), ["comment", "note", "comment"]);
});

operation("manageConversation", "assigns a team, then a teammate, and nobody", async () => {
  const { conversation_id } = await dm(unique("ana"));
  const assign = async (type, assignee_id) => {
    const body = { message_type: "assignment", type, admin_id: "101", assignee_id };
    return client.conversations.manage({ conversation_id, body });
  };
  const assignment = parts(await assign("team", "202"));
  assert.equal(assignment.length, 1);
  assert.deepEqual(assignment[0].assigned_to, { type: "team", id: "202" });
  await assign("admin", "102");
  let found = await client.conversations.find({ conversation_id });
  assert.deepEqual([found.team_assignee_id, found.admin_assignee_id], [202, 102]);
  await assign("admin", "0");
  found = await client.conversations.find({ conversation_id });
  assert.equal(found.admin_assignee_id, null);
  const newer = await client.conversations.find({ conversation_id }, { version: "2.16" });
  assert.equal(newer.admin_assignee_id, 0);
});

operation("manageConversation", "closes, opens and snoozes", async () => {
  const { conversation_id } = await dm(unique("ana"));
  const manage = (body) =>
    client.conversations.manage({ conversation_id, body: { admin_id: "101", ...body } });
  assert.equal((await manage({ message_type: "close", type: "admin" })).state, "closed");
  assert.equal((await manage({ message_type: "open" })).state, "open");
  const until = Math.floor(Date.now() / 1000) + 3600;
  assert.equal((await manage({ message_type: "snoozed", snoozed_until: until })).snoozed_until, until);
  const found = await client.conversations.find({ conversation_id });
  assert.deepEqual([found.state, found.open], ["snoozed", true]);
});

operation("autoAssignConversation", "runs the rules up to 2.11, which move nothing here", async () => {
  const { conversation_id } = await dm(unique("ana"));
  const old = { version: "2.11" };
  const answer = await client.conversations.runAssignmentRules({ conversation_id }, old);
  assert.equal(parts(answer)[0].part_type, "default_assignment");
  const newer = client.conversations.runAssignmentRules({ conversation_id });
  await refused(newer, 400, "intercom_version_invalid");
});

operation("attachContactToConversation", "makes it a group conversation", async () => {
  const { id: conversation_id, contact } = await newConversation();
  const friend = await newContact();
  const customer = { intercom_user_id: friend.id };
  await client.conversations.attachContactAsAdmin({ conversation_id, admin_id: "101", customer });
  const found = await client.conversations.find({ conversation_id });
  const there = found.contacts.contacts.map((one) => one.id).sort();
  assert.deepEqual(there, [contact.id, friend.id].sort());
});

operation("detachContactFromConversation", "takes one out, never the last", async () => {
  const { id: conversation_id, contact } = await newConversation();
  const friend = await newContact();
  const customer = { intercom_user_id: friend.id };
  await client.conversations.attachContactAsAdmin({ conversation_id, admin_id: "101", customer });
  const detach = (contact_id) =>
    client.conversations.detachContactAsAdmin({ conversation_id, contact_id, admin_id: "101" });
  await refused(detach(NOBODY), 404, "not_found", /^User Not Found$/);
  await detach(contact.id);
  const found = await client.conversations.find({ conversation_id });
  assert.deepEqual(found.contacts.contacts.map((one) => one.id), [friend.id]);
  await refused(detach(friend.id), 422, "parameter_invalid", /^Removing the last customer is not allowed$/);
});

operation("redactConversation", "takes a text away for good", async () => {
  const { id: conversation_id } = await newConversation("my card is 4111");
  const body = { message_type: "comment", type: "admin", admin_id: "101", body: "got 4111" };
  const [part] = parts(await client.conversations.reply({ conversation_id, body }));
  const redact = (what) => client.conversations.redactConversationPart({ conversation_id, ...what });
  await redact({ type: "conversation_part", conversation_part_id: part.id });
  const { source } = await client.conversations.find({ conversation_id });
  await redact({ type: "source", source_id: source.id });
  const found = await client.conversations.find({ conversation_id });
  assert.equal(found.source.redacted, true);
  assert.equal(parts(found)[0].redacted, true);
  assert.ok(!JSON.stringify(found).includes("4111"));
  const missing = redact({ type: "conversation_part", conversation_part_id: "1" });
  await refused(missing, 404, "conversation_part_or_message_not_found");
});

operation("listHandlingEvents", "tells who was at work on it, from 2.15 on", async () => {
  const { conversation_id: id } = await dm(unique("ana"));
  const { listHandlingEvents } = client.unstable.conversations;
  const events = (version) =>
    listHandlingEvents.call(client.unstable.conversations, { id }, { version });
  assert.ok(Array.isArray((await events("2.16")).handling_events));
  await refused(events("2.14"), 400, "intercom_version_invalid");
});

operation("deleteConversation", "is 404 afterwards", async () => {
  const { conversation_id } = await dm(unique("ana"));
  const deleted = await client.conversations.deleteConversation({ conversation_id });
  assert.deepEqual([deleted.id, deleted.deleted], [conversation_id, true]);
  await refused(client.conversations.find({ conversation_id }), 404, "not_found");
});

test("an unknown conversation is 404, whatever is done to it", async () => {
  const conversation_id = UNKNOWN;
  const close = { message_type: "close", type: "admin", admin_id: "101" };
  const note = { message_type: "note", type: "admin", admin_id: "101", body: "x" };
  for (const call of [
    client.conversations.find({ conversation_id }),
    client.conversations.update({ conversation_id, read: true }),
    client.conversations.manage({ conversation_id, body: close }),
    client.conversations.reply({ conversation_id, body: note }),
  ]) {
    await refused(call, 404, "not_found", /^Resource Not Found$/);
  }
});

test("nobody can act but a teammate, and nothing is half done", async () => {
  const { conversation_id } = await dm(unique("ana"));
  const assign = (admin_id, assignee_id) => {
    const body = { message_type: "assignment", type: "admin", admin_id, assignee_id };
    return client.conversations.manage({ conversation_id, body });
  };
  await refused(assign("201", "102"), 404, "not_found");
  await refused(assign("101", "999"), 404, "not_found");
  const found = await client.conversations.find({ conversation_id });
  assert.equal(found.admin_assignee_id, null);
  assert.equal(found.conversation_parts.total_count, 0);
});

test("nobody can write who is not there", async () => {
  const call = client.conversations.create({ from: { type: "user", id: NOBODY }, body: "hello" });
  await refused(call, 404, "not_found", /^User Not Found$/);
});
