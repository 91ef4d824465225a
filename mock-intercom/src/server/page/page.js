// Shows what the server tells: every number is the server's, nothing is counted here.
import { draw } from '/_mock/page/chart.js';

const RETRY_MS = 2000, SPEAK_MS = 10000, MOST_MOVES = 80;
const by = (id) => document.getElementById(id);
const lanes = new Map();      // key -> the elements of a lane
const cards = new Map();      // conversation -> its element
const known = new Map();      // key -> the lane as last told
let pending = { lanes: new Map() };
let paused = false, scheduled = false, now = 0;
let spoken = { at: 0, text: '' };

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function length(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
}

function addLane(column, key, name, limit, away) {
  const root = element('section', 'lane');
  const head = element('h4');
  const count = element('span', 'count', '0');
  head.append(element('span', 'name', name));
  if (away) head.append(element('span', 'away', 'away'));
  head.append(count);
  root.append(head);
  const meter = element('div', 'meter'), bar = element('i');
  if (limit) { meter.append(bar); root.append(meter); }
  const list = element('ul'), more = element('p', 'more');
  root.dataset.lane = key;
  root.append(list, more);
  column.append(root);
  lanes.set(key, { list, more, count, meter, bar, limit });
}

function addColumn(name) {
  const column = element('section', 'column');
  column.append(element('h3', '', name));
  by('board').append(column);
  return column;
}

function layOut(people) {
  by('version').textContent = people.version;
  by('workspace').textContent = people.workspace;
  by('board').replaceChildren();
  lanes.clear();
  cards.clear();
  addLane(addColumn('Unassigned'), 'unassigned', 'nobody’s', null, false);
  for (const team of people.teams) {
    const column = addColumn(team.name);
    addLane(column, team.key, 'team only', null, false);
    for (const member of team.members) addLane(column, member.key, member.name, team.limit, member.away);
  }
  if (people.loose.length) {
    const column = addColumn('In no team');
    for (const member of people.loose) addLane(column, member.key, member.name, null, member.away);
  }
  const done = addColumn('Out of the inbox');
  addLane(done, 'snoozed', 'snoozed', null, false);
  addLane(done, 'closed', 'closed, newest first', null, false);
}

function card(told) {
  let made = cards.get(told.id);
  if (!made) {
    made = element('li');
    made.append(element('b', '', told.user ?? told.id), element('span'));
    made.dataset.conversation = told.id;
    made.style.setProperty('--hue', String(Number(told.id) * 47 % 360));
    cards.set(told.id, made);
  }
  made.dataset.since = told.waiting_since ?? '';
  return made;
}

function showLane(lane) {
  const shown = lanes.get(lane.key);
  if (!shown) return;
  const load = lane.load ?? lane.count;
  shown.count.textContent = shown.limit ? `${load} of ${shown.limit}` : String(lane.load ?? lane.count);
  shown.bar.style.width = `${Math.min(100, 100 * load / (shown.limit || 1))}%`;
  shown.meter.classList.toggle('full', Boolean(shown.limit) && load >= shown.limit);
  const wanted = lane.cards.map(card);
  for (const old of [...shown.list.children]) if (!wanted.includes(old)) old.remove();
  wanted.forEach((item, index) => {
    if (shown.list.children[index] !== item) shown.list.insertBefore(item, shown.list.children[index] ?? null);
  });
  const rest = lane.count - lane.cards.length;
  shown.more.textContent = rest > 0 ? `+${rest} more` : '';
}

function showLanes(told) {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden;
  const before = new Map();
  if (!calm && cards.size) for (const [id, item] of cards) before.set(id, item.getBoundingClientRect());
  for (const lane of told) showLane(lane);
  for (const [id, item] of cards) if (!item.isConnected) cards.delete(id);
  if (calm) return;
  let moves = 0;
  for (const [id, item] of cards) {
    const from = before.get(id), to = item.getBoundingClientRect();
    const x = from ? from.left - to.left : 0, y = from ? from.top - to.top : 0;
    if (from && !x && !y) continue;
    if (++moves > MOST_MOVES) return;
    const start = from ? { transform: `translate(${x}px, ${y}px)` } : { opacity: 0, transform: 'scale(.9)' };
    item.animate([start, { opacity: 1, transform: 'none' }], { duration: 260, easing: 'ease-out' });
  }
}

function showNumbers(told) {
  const { totals, rates } = told;
  now = told.now;
  const set = (id, value) => { by(id).textContent = value; };
  set('clock', new Date(now * 1000).toISOString().replace('T', ' ').slice(0, 19));
  set('waiting', totals.waiting);
  set('with_teammates', totals.with_teammates);
  set('oldest', totals.oldest_wait_seconds === null ? '–' : length(totals.oldest_wait_seconds));
  set('arrivals', rates.arrivals);
  set('assigned', rates.assigned);
  set('closed_rate', rates.closed);
  set('calls', rates.calls_per_second.toFixed(1));
  set('window', `${told.window.used} of ${told.window.limit} in this ${told.window.seconds} s window`);
  set('webhooks', rates.webhooks_per_second.toFixed(1));
  set('errors', rates.errors);
  by('errors').classList.toggle('some', rates.errors > 0);
  by('empty').hidden = totals.all > 0;
  const peak = draw(by('chart'), told.chart, totals);
  set('span', `last ${length(Math.max(0, now - told.chart.start))}`);
  set('peak', `most waiting: ${peak}`);
  for (const item of cards.values()) {
    const { since } = item.dataset;
    item.lastChild.textContent = since ? length(Math.max(0, now - Number(since))) : '';
  }
  speak(`${totals.waiting} waiting, ${totals.with_teammates} with teammates, ${totals.closed} closed`);
}

function speak(text) {
  if (text === spoken.text || Date.now() - spoken.at < SPEAK_MS) return;
  spoken = { at: Date.now(), text };
  by('spoken').textContent = text;
}

function render() {
  scheduled = false;
  if (paused) return;
  const { people, numbers, lanes: told } = pending;
  pending = { lanes: new Map() };
  if (people) layOut(people);
  showLanes(people ? known.values() : told.values());
  if (numbers) showNumbers(numbers);
}

function schedule() {
  if (scheduled || paused) return;
  scheduled = true;
  requestAnimationFrame(render);
}

function connect() {
  const stream = new EventSource('/_mock/events');
  const link = (state, text) => { by('link').dataset.state = state; by('link').textContent = text; };
  stream.addEventListener('open', () => {
    known.clear();            // a stream begins with everything
    pending = { lanes: new Map() };
    link('live', 'live');
  });
  stream.addEventListener('people', ({ data }) => { pending.people = JSON.parse(data); schedule(); });
  stream.addEventListener('lanes', ({ data }) => {
    for (const lane of JSON.parse(data)) { known.set(lane.key, lane); pending.lanes.set(lane.key, lane); }
    schedule();
  });
  stream.addEventListener('numbers', ({ data }) => { pending.numbers = JSON.parse(data); schedule(); });
  stream.addEventListener('error', () => {
    link('lost', 'connection lost, trying again');
    stream.close();
    setTimeout(connect, RETRY_MS);
  });
}

by('pause').addEventListener('click', () => {
  paused = !paused;
  by('pause').setAttribute('aria-pressed', String(paused));
  schedule();
});
const line = `curl ${location.origin}/_mock/dms -H 'content-type: application/json' -d '{"user": "ana", "text": "how much is it?"}'`;
by('curl').textContent = line;
by('copy').addEventListener('click', async () => {
  await navigator.clipboard.writeText(line);
  by('copy').textContent = 'Copied';
});
connect();
