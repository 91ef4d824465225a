// Which of the mock's operations the SDK has: told by its code, so that an SDK which learns one more
// makes this fail until a test covers it.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import test from "node:test";
import { client, operations } from "./suite.mjs";

const CALL = /core\.url\.join\([^;]*?,\s*[`"]([^`"]*)[`"]\),\s*method: "(\w+)"/g;

/** Every method and path in the SDK's code, such as `GET tags/{}`. */
function calls() {
  const entry = createRequire(import.meta.url).resolve("intercom-client");
  const resources = path.join(path.dirname(entry), "api/resources");
  const found = new Set();
  for (const file of readdirSync(resources, { recursive: true })) {
    if (!file.endsWith("Client.js")) continue;
    const code = readFileSync(path.join(resources, file), "utf8");
    for (const [, url, method] of code.matchAll(CALL)) {
      found.add(`${method} ${url.replace(/\$\{[^}]*\}/g, "{}")}`);
    }
  }
  return found;
}

test("the list of operations says which ones the SDK has", () => {
  const known = calls();
  assert.ok(known.size > 150, `only ${known.size} calls were found in the SDK's code`);
  for (const { id, method, path: template, node } of operations) {
    const shape = `${method} ${template.slice(1).replace(/\{\w+\}/g, "{}")}`;
    assert.equal(known.has(shape), node !== null, `${id} (${shape}) is listed as ${node}`);
  }
});

test("every method that the list names exists", () => {
  for (const { id, node } of operations.filter((one) => one.node !== null)) {
    const found = node.split(".").reduce((from, name) => from?.[name], client);
    assert.equal(typeof found, "function", `${id}: ${node}`);
  }
});
