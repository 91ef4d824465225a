// Teammates and teams: who there is, who is away, what was done.

import assert from "node:assert/strict";
import test from "node:test";
import { client, clientWith, operation, refused } from "./suite.mjs";

operation("identifyAdmin", "tells whose token it is, and the workspace", async () => {
  const me = await client.admins.identify();
  assert.equal(me.type, "admin");
  assert.equal(me.id, "101");
  assert.equal(me.app.type, "app");
  assert.equal(me.app.id_code, "sdk_app");
  assert.equal(me.app.timezone, "Europe/Dublin");
});

operation("listAdmins", "lists every teammate", async () => {
  const { type, admins } = await client.admins.list();
  assert.equal(type, "admin.list");
  assert.deepEqual(admins.map((admin) => admin.id), ["101", "102", "103", "104"]);
  assert.deepEqual(admins[0].team_ids, [201]);
});

operation("retrieveAdmin", "finds one", async () => {
  const admin = await client.admins.find({ admin_id: 102 });
  assert.equal(admin.name, "Ben Baker");
  assert.equal(admin.email, "ben@example.com");
  assert.equal(admin.has_inbox_seat, true);
});

operation("setAwayAdmin", "is read back", async () => {
  const away = { admin_id: 103, away_mode_enabled: true, away_mode_reassign: true };
  const answer = await client.admins.away(away);
  assert.equal(answer.away_mode_enabled, true);
  const found = await client.admins.find({ admin_id: 103 });
  assert.equal(found.away_mode_enabled, true);
  assert.equal(found.away_mode_reassign, true);
  await client.admins.away({ ...away, away_mode_enabled: false, away_mode_reassign: false });
  assert.equal((await client.admins.find({ admin_id: 103 })).away_mode_enabled, false);
});

operation("listAwayStatusReasons", "gives the reasons that a teammate can name", async () => {
  const reasons = await client.awayStatusReasons.listAwayStatusReasons();
  const list = Array.isArray(reasons) ? reasons : reasons.data;
  const lunch = list.find((reason) => reason.label === "Lunch");
  assert.equal(lunch.deleted, false);
  const named = { admin_id: 102, away_mode_enabled: true, away_mode_reassign: false };
  const answer = await client.admins.away({ ...named, away_status_reason_id: Number(lunch.id) });
  assert.equal(`${answer.away_status_reason_id}`, `${lunch.id}`);
  await client.admins.away({ ...named, away_mode_enabled: false });
});

operation("listActivityLogs", "shows that a teammate went away", async () => {
  const since = Math.floor(Date.now() / 1000) - 60;
  await client.admins.away({ admin_id: 103, away_mode_enabled: true, away_mode_reassign: false });
  await client.admins.away({ admin_id: 103, away_mode_enabled: false, away_mode_reassign: false });
  const log = await client.admins.listAllActivityLogs({ created_at_after: `${since}` });
  assert.equal(log.type, "activity_log.list");
  const changes = log.activity_logs.filter((entry) => entry.activity_type === "admin_away_mode_change");
  assert.ok(changes.length >= 2, JSON.stringify(log));
});

operation("listTeams", "lists every team with its members", async () => {
  const { type, teams } = await client.teams.list();
  assert.equal(type, "team.list");
  assert.deepEqual(teams.map((team) => team.id), ["201", "202"]);
  assert.deepEqual(teams[0].admin_ids, [101, 102]);
});

operation("retrieveTeam", "finds one, and says how it distributes from 2.14 on", async () => {
  const team = await client.teams.find({ team_id: "201" });
  assert.equal(team.name, "Sales");
  assert.equal(team.distribution_method, "load_balanced");
  const older = await client.teams.find({ team_id: "201" }, { version: "2.13" });
  assert.equal(older.distribution_method, undefined);
});

test("unknown teammates and teams are 404 with codes of their own", async () => {
  await refused(client.admins.find({ admin_id: 999 }), 404, "admin_not_found", /^Admin not found$/);
  const away = { admin_id: 999, away_mode_enabled: true, away_mode_reassign: true };
  await refused(client.admins.away(away), 404, "admin_not_found", /^Admin for admin_id not found$/);
  await refused(client.teams.find({ team_id: "999" }), 404, "team_not_found", /^Team not found$/);
});

test("a deleted reason cannot be named", async () => {
  const away = { admin_id: 102, away_mode_enabled: true, away_mode_reassign: false };
  const call = client.admins.away({ ...away, away_status_reason_id: 3 });
  await refused(call, 400, "parameter_invalid", /deleted/);
});

test("a wrong token is 401, whatever is asked", async () => {
  const stranger = clientWith({ token: "wrong" });
  for (const call of [stranger.admins.list(), stranger.tags.list(), stranger.contacts.list()]) {
    await refused(call, 401, "unauthorized", /^Access Token Invalid$/);
  }
});
