// Lists that are only read: report tasks and the audit trail. Columns that the daemon adds show up by themselves.

import { listIfThere } from '/api.js';
import { h, time, words } from '/dom.js';
import { badge, card, cursor, notAvailable, pager, table } from '/parts.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const KIND = { failed: 'critical', cancelled: 'critical', pending: 'warning', degraded: 'warning', completed: 'good' };

/** What an audit row tells beside who and what: names and values, which break at spaces. */
const pairs = (map) => Object.entries(map).map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`).join(', ');

function cell(key, value) {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return words(value.join(', '));
  if (value !== null && typeof value === 'object') return h('code', {}, pairs(value));
  if (typeof value === 'string' && TIME.test(value)) return time(value);
  if (key === 'state' || key === 'status') return badge(words(value), KIND[String(value).toLowerCase()] ?? 'soft');
  if (key === 'hash') return h('code', { title: value }, words(value).slice(0, 12));
  return words(value);
}

const heading = (key) => key.charAt(0).toUpperCase() + key.slice(1).replaceAll('_', ' ');

function page(path, title, order, empty) {
  return {
    title,
    async load() {
      const answer = await listIfThere(`/api/v1/${path}?limit=50${cursor()}`);
      if (answer === null) return [h('h1', {}, title), notAvailable(title, title)];
      const keys = [...new Set(answer.items.flatMap(Object.keys))];
      const columns = keys.map((key) => ({ head: heading(key), cell: (row) => cell(key, row[key]) }));
      return [h('h1', {}, title), card(order, table(title, columns, answer.items, { empty }), pager(answer.next))];
    },
  };
}

export const reports = page('reports', 'Reports', 'Tasks of the providers', 'No report task is known.');
export const audit = page('audit', 'Audit', 'Oldest first, each row sealed by the hash of the one before', 'Nothing has been recorded yet.');
