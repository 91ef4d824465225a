// Contacts: made, changed, merged, archived, blocked, deleted; their tags, notes and segments.

import assert from "node:assert/strict";
import test from "node:test";
import { NOBODY, client, operation, refused, unique } from "./suite.mjs";

function newUser() {
  return client.contacts.create({ external_id: unique("user"), name: "Ana" });
}

async function newTag() {
  return client.tags.create({ name: unique("tag") });
}

operation("CreateContact", "makes a user by address and a lead by role", async () => {
  const email = `${unique("ana")}@example.com`;
  const custom_attributes = { plan: "gold" };
  const user = await client.contacts.create({ email, name: "Ana", owner_id: 101, custom_attributes });
  assert.deepEqual([user.type, user.role, user.email], ["contact", "user", email]);
  assert.match(user.id, /^[0-9a-f]{24}$/);
  const lead = await client.contacts.create({ role: "lead", name: "Someone" });
  assert.equal(lead.role, "lead");
  const found = await client.contacts.find({ contact_id: user.id });
  assert.deepEqual([found.name, found.owner_id, found.custom_attributes.plan], ["Ana", 101, "gold"]);
});

operation("ShowContact", "shows the owner as a number before 2.16 and as text from it on", async () => {
  const contact = await client.contacts.create({ external_id: unique("user"), owner_id: 102 });
  const at = (version) => client.contacts.find({ contact_id: contact.id }, { version });
  assert.equal((await at("2.14")).owner_id, 102);
  assert.equal((await at("2.16")).owner_id, "102");
});

operation("UpdateContact", "is read back", async () => {
  const { id: contact_id } = await newUser();
  const change = { name: "Anna", phone: "+35312345678", custom_attributes: { plan: "silver" } };
  await client.contacts.update({ contact_id, ...change });
  const found = await client.contacts.find({ contact_id });
  assert.deepEqual([found.name, found.phone, found.custom_attributes.plan], ["Anna", "+35312345678", "silver"]);
});

operation("ShowContactByExternalId", "finds by the app's own id", async () => {
  const external_id = unique("user");
  const contact = await client.contacts.create({ external_id });
  const found = await client.contacts.showContactByExternalId({ external_id });
  assert.equal(found.id, contact.id);
});

operation("MergeContact", "keeps the user; the lead is 410 and points to it", async () => {
  const lead = await client.contacts.create({ role: "lead", name: "Someone" });
  const user = await newUser();
  const merged = await client.contacts.mergeLeadInUser({ from: lead.id, into: user.id });
  assert.equal(merged.id, user.id);
  await assert.rejects(client.contacts.find({ contact_id: lead.id }, { version: "2.16" }), (error) => {
    assert.equal(error.statusCode, 410);
    assert.equal(error.body.errors[0].code, "contact_merged");
    const link = error.rawResponse.headers.get("link");
    assert.equal(link, `</contacts/${user.id}>; rel="canonical"`);
    return true;
  });
});

test("from 2.16 on only duplicates are merged, unless told otherwise", async () => {
  const lead = await client.contacts.create({ role: "lead", name: "Someone" });
  const user = await newUser();
  const merge = client.contacts.mergeLeadInUser({ from: lead.id, into: user.id }, { version: "2.16" });
  await refused(merge, 400, "invalid_merge");
});

operation("ArchiveContact", "hides", async () => {
  const { id: contact_id } = await newUser();
  const answer = await client.contacts.archive({ contact_id });
  assert.deepEqual([answer.id, answer.archived], [contact_id, true]);
});

operation("UnarchiveContact", "shows again", async () => {
  const { id: contact_id } = await newUser();
  await client.contacts.archive({ contact_id });
  const answer = await client.contacts.unarchive({ contact_id });
  assert.deepEqual([answer.id, answer.archived], [contact_id, false]);
  assert.equal((await client.contacts.find({ contact_id })).id, contact_id);
});

operation("BlockContact", "blocks", async () => {
  const { id: contact_id } = await newUser();
  const answer = await client.contacts.blockContact({ contact_id });
  assert.deepEqual([answer.id, answer.blocked], [contact_id, true]);
});

operation("DeleteContact", "is 404 afterwards", async () => {
  const { id: contact_id } = await newUser();
  const answer = await client.contacts.delete({ contact_id });
  assert.deepEqual([answer.id, answer.deleted], [contact_id, true]);
  await refused(client.contacts.find({ contact_id }), 404, "not_found");
});

operation("attachTagToContact", "puts one on", async () => {
  const [{ id: contact_id }, tag] = [await newUser(), await newTag()];
  const applied = await client.tags.tagContact({ contact_id, id: tag.id });
  assert.deepEqual([applied.id, applied.name], [tag.id, tag.name]);
  const { tags } = await client.contacts.find({ contact_id });
  assert.deepEqual(tags.data.map((one) => one.id), [tag.id]);
});

operation("listTagsForAContact", "lists them", async () => {
  const [{ id: contact_id }, tag] = [await newUser(), await newTag()];
  await client.tags.tagContact({ contact_id, id: tag.id });
  const list = await client.contacts.listAttachedTags({ contact_id });
  assert.equal(list.type, "list");
  assert.deepEqual(list.data.map((one) => one.name), [tag.name]);
});

operation("detachTagFromContact", "takes it off", async () => {
  const [{ id: contact_id }, tag] = [await newUser(), await newTag()];
  await client.tags.tagContact({ contact_id, id: tag.id });
  await client.tags.untagContact({ contact_id, tag_id: tag.id });
  assert.deepEqual((await client.contacts.listAttachedTags({ contact_id })).data, []);
});

operation("createNote", "is by a teammate about a contact", async () => {
  const { id: contact_id } = await newUser();
  const note = await client.notes.create({ contact_id, body: "likes blue", admin_id: "102" });
  assert.deepEqual([note.type, note.body], ["note", "<p>likes blue</p>"]);
  assert.deepEqual([note.author.id, note.contact.id], ["102", contact_id]);
});

operation("listNotes", "shows the newest first", async () => {
  const { id: contact_id } = await newUser();
  for (const body of ["first", "second"]) await client.notes.create({ contact_id, body, admin_id: "101" });
  const page = await client.notes.list({ contact_id });
  assert.deepEqual(page.data.map((note) => note.body), ["<p>second</p>", "<p>first</p>"]);
});

operation("retrieveNote", "finds one", async () => {
  const { id: contact_id } = await newUser();
  const note = await client.notes.create({ contact_id, body: "likes blue", admin_id: "101" });
  const found = await client.notes.find({ note_id: Number(note.id) });
  assert.deepEqual([found.id, found.body], [note.id, "<p>likes blue</p>"]);
});

operation("listSegmentsForAContact", "shows in which segments a contact is", async () => {
  const { id: contact_id } = await newUser();
  const list = await client.contacts.listAttachedSegments({ contact_id });
  assert.equal(list.type, "list");
  assert.ok(Array.isArray(list.data));
});

test("an unknown contact is 404", async () => {
  const contact_id = NOBODY;
  for (const call of [
    client.contacts.listAttachedTags({ contact_id }),
    client.contacts.listAttachedSegments({ contact_id }),
    client.notes.list({ contact_id }),
    client.notes.create({ contact_id, body: "x", admin_id: "101" }),
    client.tags.tagContact({ contact_id, id: "1" }),
  ]) {
    await refused(call, 404, "not_found", /^User Not Found$/);
  }
  await refused(client.contacts.find({ contact_id }), 404, "not_found");
  await refused(client.contacts.update({ contact_id, name: "x" }), 404, "not_found");
  await refused(client.notes.find({ note_id: 999_999_999 }), 404, "not_found", /^Resource Not Found$/);
});

test("an unknown tag or teammate is 404", async () => {
  const { id: contact_id } = await newUser();
  await refused(client.tags.tagContact({ contact_id, id: "999999" }), 404, "not_found", /^Resource Not Found$/);
  const note = client.notes.create({ contact_id, body: "x", admin_id: "999" });
  await refused(note, 404, "not_found", /^Resource Not Found$/);
});

test("the same external id or address twice is a conflict", async () => {
  const external_id = unique("user");
  await client.contacts.create({ external_id });
  await refused(client.contacts.create({ external_id }), 409, "conflict");
});
