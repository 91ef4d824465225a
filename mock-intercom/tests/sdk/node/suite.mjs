// What every file of the suite shares: the SDK's client, and tests that say which operation they prove.

import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import test from "node:test";
import { IntercomClient, IntercomError } from "intercom-client";

const { MOCK_URL, MOCK_LIMITED_URL, MOCK_TOKEN, MOCK_COVERED, MOCK_OPERATIONS } = process.env;

/** The operations of the API that the mock answers: id, method, path, the SDK's method or null. */
export const operations = JSON.parse(readFileSync(MOCK_OPERATIONS, "utf8"));

/** The SDK as anybody uses it: only the address differs. It sends `Intercom-Version: 2.14`. */
export const client = new IntercomClient({ token: MOCK_TOKEN, baseUrl: MOCK_URL });

/** A client with other options, against the same mock. */
export function clientWith(options) {
  return new IntercomClient({ token: MOCK_TOKEN, baseUrl: MOCK_URL, ...options });
}

/** A client of the mock whose rate limit is three calls a second. */
export function limitedClient(options) {
  return clientWith({ baseUrl: MOCK_LIMITED_URL, ...options });
}

/**
 * A test of one operation: `check` calls it through the SDK and looks at what came of it. The mock's
 * journal must show a successful call of it, or the test fails.
 */
export function operation(id, what, check) {
  test(`${id}: ${what}`, async () => {
    const before = (await control("GET", "state")).journal_next;
    await check();
    const after = (await control("GET", `journal?after=${before}&limit=10000`)).entries;
    const called = after.some((entry) => entry.operation === id && entry.status < 300);
    assert.ok(called, `${id} was not called with success`);
    appendFileSync(MOCK_COVERED, `${id}\n`);
  });
}

/** A call of the mock's own control endpoints. */
export async function control(method, path, body) {
  const response = await fetch(`${MOCK_URL}/_mock/${path}`, {
    method,
    headers: body && { "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer;
}

/** A DM that the TikTok bridge brings in: `{conversation_id, contact_id, part_id}`. */
export function dm(user, text = "how much is the blue one?") {
  return control("POST", "dms", { user, text });
}

/** The call is refused as Intercom does: this status, this code, and a message where one is given. */
export async function refused(call, statusCode, code, message) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof IntercomError, `${error}`);
    assert.equal(error.statusCode, statusCode, JSON.stringify(error.body));
    assert.equal(error.body.type, "error.list");
    assert.match(error.body.request_id, /^[0-9a-f-]{36}$/);
    assert.equal(error.body.errors[0].code, code, JSON.stringify(error.body));
    if (message !== undefined) assert.match(error.body.errors[0].message, message);
    return true;
  });
}

/** A contact id of the right shape that nobody has. */
export const NOBODY = "0123456789abcdef01234567";

let made = 0;

/** A name that no other test uses. */
export function unique(word) {
  made += 1;
  return `${word}-${process.pid}-${made}`;
}
