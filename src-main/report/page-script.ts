/**
 * What the page does by itself: filters the videos, and pools their clip logits anew as the gamma lens moves
 * (algorithms.md eq. 3). Everything is readable without it.
 */
export const PAGE_SCRIPT = `'use strict';
document.documentElement.classList.add('scripted');
const data = JSON.parse(document.getElementById('clips').textContent);
const cards = [...document.querySelectorAll('details.video')];

const filter = { show: 'all', cell: null };
function fits({ dataset }) {
  if (filter.show === 'wrong' && dataset.wrong !== '1') return false;
  if (filter.show === 'contradicting' && dataset.contradicting !== '1') return false;
  return !filter.cell || (dataset.truth === filter.cell.truth && dataset.predicted === filter.cell.predicted);
}
function applyFilter() {
  for (const card of cards) card.hidden = !fits(card);
  const left = cards.filter((card) => !card.hidden).length;
  for (const group of document.querySelectorAll('.group')) {
    const shown = group.querySelectorAll('details:not([hidden])').length;
    group.hidden = shown === 0;
    group.querySelector('h3 .quiet').textContent = shown + (shown === 1 ? ' video' : ' videos');
  }
  document.querySelector('.nothing').hidden = left > 0;
  for (const button of document.querySelectorAll('[data-show]'))
    button.setAttribute('aria-pressed', String(button.dataset.show === filter.show));
  for (const button of document.querySelectorAll('.confusion button'))
    button.setAttribute('aria-pressed', String(button === filter.cell?.button));
  const status = document.querySelector('.cell-filter');
  status.replaceChildren();
  if (!filter.cell) return;
  const { truth, predicted } = filter.cell;
  const what = predicted ? 'labelled ' + truth + ', predicted ' + predicted : 'labelled ' + truth + ', not scored';
  const clear = Object.assign(document.createElement('button'), { type: 'button', textContent: 'show all' });
  clear.addEventListener('click', () => { filter.cell = null; applyFilter(); });
  status.append(left + (left === 1 ? ' video ' : ' videos ') + what + ' ', clear);
}
for (const button of document.querySelectorAll('[data-show]'))
  button.addEventListener('click', () => { filter.show = button.dataset.show; applyFilter(); });
for (const button of document.querySelectorAll('.confusion button'))
  button.addEventListener('click', () => {
    const { truth, predicted } = button.dataset;
    filter.cell = filter.cell?.button === button ? null : { truth, predicted, button };
    filter.show = 'all';
    applyFilter();
    if (filter.cell) document.getElementById('videos').scrollIntoView();
  });

/* 0 is the average, 100 the maximum, 1 to 99 are gamma from 0.05 to 50 in equal ratios. */
const gammaAt = (place) => place === 0 ? 0 : place === 100 ? Infinity : 0.05 * 1000 ** ((place - 1) / 98);
const placeOf = (gamma) => gamma <= 0 ? 0 : gamma === Infinity ? 100
  : Math.min(99, Math.max(1, Math.round(1 + 98 * Math.log(gamma / 0.05) / Math.log(1000))));
const nameOf = (gamma) => gamma === 0 ? '0, average' : gamma === Infinity ? 'maximum' : String(Number(gamma.toPrecision(2)));
const largestOf = (values) => values.reduce((most, value) => Math.max(most, value), -Infinity);
function softmax(scores, gamma) {
  const highest = largestOf(scores);
  const powers = scores.map((score) => score === highest ? 1 : Math.exp(gamma * (score - highest)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
function pool(logits, gamma) {
  const columns = data.expressions.map((_, k) => logits.map((clip) => clip[k]));
  const weights = columns.map((scores) => softmax(scores, gamma));
  const pooled = columns.map((scores, k) => scores.reduce((sum, score, p) => sum + score * weights[k][p], 0));
  const decision = pooled.indexOf(Math.max(...pooled));
  return { probabilities: softmax(pooled, 1), decision, weights: weights[decision] };
}
function svg(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
function areaPath(x, weights) {
  const { chartTop, chartBottom } = data.chart;
  const highest = largestOf(weights);
  const points = weights.map((weight, p) => x[p] + ' ' + (chartBottom - weight / highest * (chartBottom - chartTop)).toFixed(2));
  return 'M' + x[0] + ' ' + chartBottom + 'L' + points.join('L') + 'L' + x.at(-1) + ' ' + chartBottom + 'Z';
}
function setUpLens(card) {
  const lens = card.querySelector('.lens');
  const { x, logits } = data.videos[card.dataset.video];
  if (!lens || lens.dataset.ready || logits.length < 2) { if (lens && logits.length < 2) lens.hidden = true; return; }
  lens.dataset.ready = '1';
  const slider = lens.querySelector('input');
  const output = lens.querySelector('output');
  const curve = card.querySelector('.timeline .weights');
  const uniform = card.querySelector('.timeline .uniform');
  const rows = [...card.querySelectorAll('.probabilities tr')];
  const own = { curve: curve.getAttribute('d'), uniform: uniform.getAttribute('d'),
    rows: rows.map((row) => [row.className, row.querySelector('.fill').getAttribute('width'), row.cells[2].textContent]) };
  const ribbon = lens.querySelector('.decisions');
  for (let place = 0, from = 0; place <= 100; place++) {
    const decision = pool(logits, gammaAt(place)).decision;
    const next = place < 100 ? pool(logits, gammaAt(place + 1)).decision : -1;
    if (decision === next) continue;
    const group = svg('g', { class: data.expressions[decision].className });
    group.append(svg('rect', { class: 'fill', x: from, width: place + 1 - from, height: 6 }));
    ribbon.append(group);
    from = place + 1;
  }
  const startPlace = placeOf(document.body.dataset.gamma === 'max' ? Infinity : Number(document.body.dataset.gamma));
  slider.value = startPlace;
  function setRow(row, [className, width, text]) {
    row.className = className;
    row.querySelector('.fill').setAttribute('width', width);
    row.cells[2].textContent = text;
  }
  function look() {
    const gamma = gammaAt(Number(slider.value));
    const { probabilities, decision, weights } = pool(logits, gamma);
    curve.setAttribute('d', areaPath(x, weights));
    const { chartTop, chartBottom, width } = data.chart;
    const level = chartBottom - (chartBottom - chartTop) / weights.length / largestOf(weights);
    uniform.setAttribute('d', 'M0 ' + level.toFixed(2) + 'H' + width);
    rows.forEach((row, k) => setRow(row, [k === decision ? 'chosen' : '', (100 * probabilities[k]).toFixed(2), (100 * probabilities[k]).toFixed(1)]));
    const text = 'γ ' + nameOf(gamma) + ': ' + data.expressions[decision].name;
    output.textContent = text;
    slider.setAttribute('aria-valuetext', text);
    card.classList.add('looking');
  }
  function reset() {
    slider.value = startPlace;
    curve.setAttribute('d', own.curve);
    uniform.setAttribute('d', own.uniform);
    rows.forEach((row, k) => setRow(row, own.rows[k]));
    output.textContent = 'this run';
    slider.setAttribute('aria-valuetext', 'this run');
    card.classList.remove('looking');
  }
  slider.addEventListener('input', look);
  lens.querySelector('button').addEventListener('click', reset);
}
for (const card of cards) {
  if (card.open) setUpLens(card);
  card.addEventListener('toggle', () => { if (card.open) setUpLens(card); });
}
`;
