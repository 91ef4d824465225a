// The backlog over time: what waits, and on top of it what teammates have.

const WIDTH = 600, HEIGHT = 120;

function area(values, top) {
  const x = (index) => (index * WIDTH / Math.max(1, values.length - 1)).toFixed(1);
  const y = (value) => (HEIGHT - value * (HEIGHT - 4) / top).toFixed(1);
  const line = values.map((value, index) => `L${x(index)} ${y(value)}`).join('');
  return `M0 ${HEIGHT}${line}L${WIDTH} ${HEIGHT}Z`;
}

function path(name) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  made.setAttribute('class', name);
  return made;
}

const all = path('all'), waiting = path('waiting');

// Takes the peaks of each step and the totals of now; gives the greatest backlog shown.
export function draw(svg, chart, totals) {
  if (!all.isConnected) svg.append(all, waiting);
  const waits = [...chart.waiting, totals.waiting];
  const both = chart.waiting.map((count, index) => count + chart.owned[index]);
  both.push(totals.waiting + totals.with_teammates);
  const top = Math.max(1, ...both);
  all.setAttribute('d', area(both, top));
  waiting.setAttribute('d', area(waits, top));
  return Math.max(...waits);
}
