// The page as a person sees it, in a real browser, while a burst comes in. Every number on it is held
// against what the mock itself says.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { chromium } from "playwright-core";

const { MOCK_URL, CHROMIUM, SCREENSHOTS } = process.env;
const PATIENCE_MS = 15_000;
const DESK = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };

let browser, page, complaints;

before(async () => {
  // A container's root has no namespaces for the sandbox; only the mock's own page is opened.
  const args = ["--no-sandbox", "--disable-dev-shm-usage"];
  browser = await chromium.launch({ executablePath: CHROMIUM, args });
});
after(() => browser.close());
beforeEach(() => control("reset", {}));
afterEach(async () => {
  await page.context().close();
  assert.deepEqual(complaints, [], "the console stays silent");
});

/** Opens the page, and waits until it is told. */
async function open(options) {
  const context = await browser.newContext({ viewport: DESK, ...options });
  page = await context.newPage();
  complaints = [];
  page.on("console", (line) => ["error", "warning"].includes(line.type()) && complaints.push(line.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(MOCK_URL);
  await shows("#link", "live");
  await page.locator("[data-lane=unassigned]").waitFor();
}

async function control(path, body) {
  const method = body ? "POST" : "GET";
  const headers = body && { "content-type": "application/json" };
  const response = await fetch(`${MOCK_URL}/_mock/${path}`, { method, headers, body: body && JSON.stringify(body) });
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer;
}

async function dms(count, prefix = "user") {
  const ids = [];
  for (let n = 0; n < count; n++) {
    ids.push((await control("dms", { user: `${prefix}${n}`, text: "is the blue one back?" })).conversation_id);
  }
  return ids;
}

const assign = (conversation, to) => control("actions", { action: "assign", admin: 101, conversation, to });
const close = (conversation) => control("actions", { action: "close", admin: 101, conversation });

/** Waits until an element says exactly this. */
async function shows(selector, text) {
  const found = page.locator(selector);
  const end = Date.now() + PATIENCE_MS;
  let last;
  do {
    last = (await found.textContent()).trim();
    if (last === String(text)) return;
    await page.waitForTimeout(20);
  } while (Date.now() < end);
  assert.fail(`${selector} says “${last}” and never “${text}”`);
}

/** What the page looks like once everything is in its place. */
const picture = (name, options) =>
  page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, animations: "disabled", ...options });

const lane = (key) => `[data-lane="${key}"]`;
const cardsIn = (key) => page.locator(`${lane(key)} li b`).allTextContents();
const isWide = () => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

/** The texts that are hard to read: less contrast than WCAG 2.2 asks for (1.4.3: 4.5, or 3 if large). */
function faint() {
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const parse = (color) => color.match(/[\d.]+/g).map(Number);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, alpha = 1] = parse(getComputedStyle(at).backgroundColor);
      if (alpha === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const bad = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest(".unseen")) continue;
    const style = getComputedStyle(element);
    const [light, dark] = [parse(style.color).slice(0, 3), ground(element)].map(luminance).sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) bad.push(`${element.textContent}: ${ratio.toFixed(2)}`);
  }
  return bad;
}

describe("the live page", () => {
  test("an empty inbox says how to send the first DM, and that works", async () => {
    await open();
    const line = await page.locator("#curl").textContent();
    assert.ok(await page.locator("#empty").isVisible());
    const [, url, body] = line.match(/^curl (\S+) -H 'content-type: application\/json' -d '(.+)'$/);
    const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    assert.equal(response.status, 200);
    await shows("#waiting", 1);
    assert.ok(await page.locator("#empty").isHidden());
    assert.deepEqual(await cardsIn("unassigned"), ["ana"]);
  });

  test("teams are columns, teammates their lanes, and who is away is marked", async () => {
    await open();
    assert.deepEqual(await page.locator("#board h3").allTextContents(), ["Unassigned", "Sales", "Support", "Out of the inbox"]);
    const away = await page.locator(".lane:has(.away)").evaluateAll((lanes) => lanes.map((lane) => lane.dataset.lane));
    assert.deepEqual(away, ["team-202-104"]);
    await control("actions", { action: "set_away", admin: 102, away: true, reassign: false });
    await page.locator(`${lane("team-201-102")} .away`).waitFor({ timeout: PATIENCE_MS });
    await control("actions", { action: "set_away", admin: 102, away: false, reassign: false });
    await page.locator(`${lane("team-201-102")} .away`).waitFor({ state: "detached", timeout: PATIENCE_MS });
  });

  test("conversations arrive, are assigned and closed", async () => {
    await open();
    const ids = await dms(5);
    await shows(`${lane("unassigned")} .count`, 5);
    assert.deepEqual((await cardsIn("unassigned")).sort(), ["user0", "user1", "user2", "user3", "user4"]);
    await assign(ids[0], { team: 201 });
    await assign(ids[1], { admin: 102 });
    await assign(ids[2], { admin: 103 });
    await close(ids[2]);
    await shows(`${lane("unassigned")} .count`, 2);
    await shows(`${lane("team-201")} .count`, 1);
    await shows(`${lane("team-201-102")} .count`, 1);
    await shows(`${lane("closed")} .count`, 1);
    assert.deepEqual(await cardsIn("team-201-102"), ["user1"]);
    assert.deepEqual(await cardsIn("closed"), ["user2"]);
    await shows("#with_teammates", 1);
    await shows("#closed_rate", 1);
    assert.equal(await page.locator("[data-conversation]").count(), 5, "a conversation has one place");
  });

  test("in a burst every number is the mock's, and no lane grows without end", async () => {
    await open();
    const ids = await dms(300);
    for (const [n, id] of ids.entries()) {
      if (n % 3 === 0) await assign(id, { admin: 101 + (n / 3) % 3 });
      if (n % 9 === 0) await close(id);
    }
    await shows("#waiting", 200);
    await shows("#with_teammates", 66);
    await shows("#arrivals", 300);
    await shows("#closed_rate", 34);
    await shows(`${lane("closed")} .count`, 34);
    await shows(`${lane("unassigned")} .more`, "+188 more");
    const opened = (await control("conversations?limit=1000")).conversations.filter(({ state }) => state === "open");
    assert.deepEqual([opened.length, opened.filter(({ admin }) => admin === null).length], [266, 200]);
    await picture("burst");
  });

  test("what is paused stands still, and catches up", async () => {
    await open();
    await dms(2, "early");
    await shows("#waiting", 2);
    await page.locator("#pause").click();
    assert.equal(await page.locator("#pause").getAttribute("aria-pressed"), "true");
    await dms(3, "late");
    // The stream goes on: a second page shows when the news is out.
    const other = await page.context().newPage();
    await other.goto(MOCK_URL);
    await other.waitForFunction(() => document.getElementById("waiting").textContent === "5");
    await shows("#waiting", 2);
    assert.deepEqual((await cardsIn("unassigned")).sort(), ["early0", "early1"]);
    await page.locator("#pause").click();
    await shows("#waiting", 5);
    await shows(`${lane("unassigned")} .count`, 5);
  });

  test("a restored snapshot is shown whole", async () => {
    await open();
    await dms(2, "kept");
    await control("snapshots", { name: "two" });
    await dms(4, "gone");
    await shows("#waiting", 6);
    await control("snapshots/two/restore", {});
    await shows("#waiting", 2);
    assert.deepEqual((await cardsIn("unassigned")).sort(), ["kept0", "kept1"]);
  });

  test("names and letters of any kind stay text", async () => {
    await open();
    const user = '<img src=x onerror="alert(1)">';
    await control("dms", { user, text: "<script>alert(1)</script>" });
    await shows("#waiting", 1);
    assert.deepEqual(await cardsIn("unassigned"), [user]);
    assert.equal(await page.locator("#board img").count(), 0);
  });

  for (const colorScheme of ["light", "dark"]) {
    for (const [device, viewport] of Object.entries({ desk: DESK, phone: PHONE })) {
      test(`is readable ${colorScheme} on a ${device}`, async () => {
        await open({ colorScheme, viewport, isMobile: viewport === PHONE, deviceScaleFactor: 2 });
        assert.deepEqual(await page.evaluate(faint), [], "empty");
        const ids = await dms(20, "a-user-with-quite-a-long-name-");
        await assign(ids[0], { admin: 102 });
        await close(ids[1]);
        await shows("#waiting", 18);
        assert.deepEqual(await page.evaluate(faint), []);
        assert.equal(await isWide(), false, "nothing is wider than the screen");
        await picture(`${device}-${colorScheme}`, { fullPage: true });
      });
    }
  }

  test("speaks to who cannot see, and works by keyboard", async () => {
    await open();
    await dms(1);
    await shows("#waiting", 1);
    assert.equal(await page.locator("#spoken").getAttribute("aria-live"), "polite");
    await page.locator("#pause").focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#pause").getAttribute("aria-pressed"), "true");
    const unnamed = await page.locator("button, [role=img], section").evaluateAll((all) =>
      all.filter((one) => !(one.textContent.trim() || one.getAttribute("aria-label"))).map((one) => one.outerHTML));
    assert.deepEqual(unnamed, []);
  });
});
