// What is around every call: versions, content types, rate limits and the SDK's own retries.

import assert from "node:assert/strict";
import test from "node:test";
import { client, clientWith, limitedClient, refused } from "./suite.mjs";

test("a version that does not exist is 400", async () => {
  await refused(client.admins.list({ version: "9.9" }), 400, "intercom_version_invalid");
});

test("an answer in anything but JSON is 406", async () => {
  const call = client.admins.list({ headers: { Accept: "text/html" } });
  await assert.rejects(call, (error) => error.statusCode === 406);
});

test("what the mock does not cover is said to be so, and not repeated by us", async () => {
  const once = clientWith({ maxRetries: 0 });
  await refused(once.articles.list(), 501, "unsupported", /does not cover GET \/articles/);
});

test("the rate limit is told by headers, then by 429", async () => {
  const hasty = limitedClient({ maxRetries: 0 });
  const remaining = [];
  const limited = async () => {
    const { rawResponse } = await hasty.admins.list().withRawResponse();
    assert.equal(rawResponse.headers.get("x-ratelimit-limit"), "3");
    remaining.push(Number(rawResponse.headers.get("x-ratelimit-remaining")));
    return limited();
  };
  // The window is a second long and may end in between: sooner or later one is full.
  await assert.rejects(limited, (error) => {
    assert.equal(error.statusCode, 429);
    assert.equal(error.body.errors[0].code, "rate_limit_exceeded");
    assert.match(error.body.errors[0].message, /^Exceeded rate limit of 3 in /);
    assert.equal(error.rawResponse.headers.get("x-ratelimit-remaining"), "0");
    return true;
  });
  assert.equal(remaining.at(-1), 0);
});

test("the SDK waits for the next window after 429, as X-RateLimit-Reset says, and succeeds", async () => {
  const patient = limitedClient();
  for (let call = 0; call < 7; call += 1) {
    assert.equal((await patient.admins.list()).admins.length, 4);
  }
});
