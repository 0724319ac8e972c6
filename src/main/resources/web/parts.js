// The pieces that several pages are made of.

import { DASH, h, labels, percent, rounded, since, svg, words } from '/dom.js';

export const badge = (word, kind) => h('span', { class: `badge ${kind}` }, word);

export function alertBadge(alert) {
  if (!alert) return badge('quiet', 'soft');
  if (alert.state === 'resolved') return badge('resolved', 'soft');
  return h('span', {}, badge(alert.state === 'firing' ? alert.severity : `pending ${alert.severity}`, alert.state === 'firing' ? alert.severity : 'soft'),
    alert.silenced ? [' ', badge('silenced', 'soft')] : [], alert.acked_by ? [' ', badge(`seen by ${alert.acked_by}`, 'soft')] : []);
}

export const dataBadge = (budget, now) => h('span', {}, since(budget.data_as_of, now), budget.data_state === 'fresh' ? [] : [' ', badge(budget.data_state, 'warning')]);

export const budgetName = (budget) => h('span', { class: 'name' }, budget.policy,
  Object.keys(budget.labels ?? {}).length ? h('small', {}, labels(budget.labels)) : null);

export const budgetLink = (id, budget) => h('a', { class: 'plain', href: `/budgets/${encodeURIComponent(id)}` }, budgetName(budget));

export function elapsed(period, now) {
  const start = Date.parse(period.start);
  const end = Date.parse(period.end);
  // A budget without periods "ends" in the year 9999.
  return end - start > 40 * 366 * 86_400_000 ? null : Math.min(1, Math.max(0, (Date.parse(now) - start) / (end - start)));
}

/** How much is used, and as a tick how much of the period is gone: a bar short of its tick is on the safe side. */
export function usedBar(ratio, gone) {
  if (ratio === null || ratio === undefined) return DASH;
  const kind = ratio >= 1 ? 'critical' : ratio >= 0.8 ? 'warning' : 'good';
  const tick = gone === null ? null : svg('line', { class: 'tick', x1: 100 * gone, x2: 100 * gone, y1: 0, y2: 10 });
  const title = gone === null ? `${percent(ratio)} used` : `${percent(ratio)} used, ${percent(gone)} of the period gone`;
  return h('span', { class: 'used' },
    svg('svg', { class: 'bar', viewBox: '0 0 100 10', preserveAspectRatio: 'none', role: 'img', 'aria-label': title },
      svg('title', {}, title), svg('rect', { class: 'track', width: 100, height: 10, rx: 2 }),
      svg('rect', { class: kind, width: 100 * Math.min(1, Math.max(0, ratio)), height: 10, rx: 2 }), tick),
    h('span', { class: 'number' }, percent(ratio)));
}

/** The last days as a line; the newest, which is still growing, is the dot. */
export function sparkLine(values) {
  const numbers = (values ?? []).map(Number);
  if (numbers.length < 2 || numbers.every((n) => n === 0)) return h('span', { class: 'soft' }, DASH);
  const top = Math.max(...numbers, 0);
  const bottom = Math.min(...numbers, 0);
  const points = numbers.map((n, i) => [(100 * i) / (numbers.length - 1), 25 - (22 * (n - bottom)) / (top - bottom)]);
  const [x, y] = points.at(-1);
  const line = points.map((point) => point.map((n) => n.toFixed(1)).join(',')).join(' ');
  return svg('svg', { class: 'spark', viewBox: '-2 0 106 28', role: 'img', 'aria-label': `Spent on each of the last ${numbers.length} days, at most ${rounded(top)}` },
    svg('polygon', { points: `0,25 ${line} 100,25` }), svg('polyline', { points: line }), svg('circle', { cx: x, cy: y, r: 2.4 }));
}

export function burns(map) {
  const entries = Object.entries(map ?? {}).filter(([, value]) => value !== null);
  if (!entries.length) return DASH;
  return h('span', { class: 'burns' }, entries.map(([window, value]) => h('span', { class: value > 1 ? 'hot' : '' }, `${value.toFixed(1)}×`, h('small', {}, ` ${window}`))));
}

export function forecast(budget) {
  if (!budget.forecast) return DASH;
  const { p10, p50, p90, prob_over: over } = budget.forecast;
  return h('span', { title: `80 % of the chance between ${p10} and ${p90}` }, rounded(p50),
    over === null ? null : h('small', { class: over > 0.5 ? 'stack hot' : 'stack' }, `${percent(over)} over`));
}

/**
 * A table that becomes a list of cards on a narrow screen. The roles are written out because `display: block`, which the
 * cards need, takes them away. Each column: {head, cell(row), number?, sort?, wide?}.
 */
export function table(name, columns, rows, { empty = 'Nothing here.', sorting = null } = {}) {
  if (!rows.length) return h('p', { class: 'empty' }, empty);
  const head = columns.map((column) => h('th', { role: 'columnheader', scope: 'col', class: column.number ? 'number' : null, 'aria-sort': ariaSort(column, sorting) },
    sorting && column.sort ? sortLink(column, sorting) : column.head));
  const body = rows.map((row) => h('tr', { role: 'row' }, columns.map((column, i) => cellOf(column, row, i === 0))));
  return h('table', { role: 'table', 'aria-label': name },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, head)), h('tbody', { role: 'rowgroup' }, body));
}

// Up to here a word or two is kept in one line where there is room; the length of `2027-01-28 to 2027-02-01`.
const SHORT = 24;

function cellOf(column, row, first) {
  const value = column.cell(row) ?? DASH;
  // A card leaves out what is not known.
  const short = typeof value === 'string' && value.length <= SHORT;
  const kind = `${column.number ? 'number' : ''} ${value === DASH ? 'unknown' : short ? 'short' : ''}`.trim();
  return h(first ? 'th' : 'td', { role: first ? 'rowheader' : 'cell', scope: first ? 'row' : null, class: kind || null, 'data-label': column.head }, h('div', { class: 'value' }, value));
}

function ariaSort(column, sorting) {
  if (!sorting || !column.sort || sorting.key !== column.sort) return null;
  return sorting.order === 'desc' ? 'descending' : 'ascending';
}

function sortLink(column, sorting) {
  const active = sorting.key === column.sort;
  const order = active ? (sorting.order === 'desc' ? 'asc' : 'desc') : column.first ?? 'desc';
  const arrow = active ? (sorting.order === 'desc' ? ' ↓' : ' ↑') : '';
  return h('a', { href: withQuery({ sort: column.sort, order, cursor: null }) }, column.head, h('span', { 'aria-hidden': 'true' }, arrow));
}

/** This page's address with other parameters; null takes one away. */
export function withQuery(changes) {
  const query = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(key);
    else query.set(key, value);
  }
  return query.size ? `${location.pathname}?${query}` : location.pathname;
}

export function pager(next) {
  const first = new URLSearchParams(location.search).has('cursor');
  if (!next && !first) return null;
  return h('p', { class: 'pager' }, first ? h('a', { href: withQuery({ cursor: null }) }, 'First page') : null,
    next ? h('a', { href: withQuery({ cursor: next }) }, 'Next page') : null);
}

/** The cursor that is in the address, for a list's request. */
export function cursor() {
  const at = new URLSearchParams(location.search).get('cursor');
  return at ? `&cursor=${encodeURIComponent(at)}` : '';
}

export const card = (title, ...content) => h('section', { class: 'card' }, h('h2', {}, title), ...content);

export const notAvailable = (title, what) => card(title, h('p', { class: 'empty' }, `${what}: not available in this build.`));

export function button(what, label, data = {}, kind = '') {
  const attributes = { type: 'button', class: kind, 'data-do': what };
  for (const [key, value] of Object.entries(data)) attributes[`data-${key}`] = value;
  return h('button', attributes, label);
}

export const facts = (entries) => h('dl', { class: 'facts' }, entries.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value instanceof Node ? value : words(value)))));
