// The sources: how fresh, what went wrong last, when they are asked next.

import { get } from '/api.js';
import { h, since, time, words } from '/dom.js';
import { badge, table } from '/parts.js';

export const title = 'Sources';

function next(source, now) {
  if (!source.next_poll_at) return 'polling';
  const ahead = (Date.parse(source.next_poll_at) - Date.parse(now)) / 1000;
  return ahead <= 0 ? 'due' : `in ${since(now, source.next_poll_at)}`;
}

const took = (seconds) => (seconds < 1 ? `${Math.round(1000 * seconds)} ms` : `${seconds.toFixed(1)} s`);

export async function load(status) {
  const sources = await get('/api/v1/sources?limit=1000');
  const now = status.now;
  return [
    h('h1', {}, 'Sources'),
    h('section', { class: 'card' }, table('Sources', [
      { head: 'Source', cell: (s) => h('span', { class: 'name' }, s.name, h('small', {}, s.type)) },
      { head: 'State', cell: (s) => (s.up ? badge('up', 'good') : badge(s.failure ?? 'not asked yet', s.failure ? 'critical' : 'soft')) },
      { head: 'Data age', number: true, cell: (s) => since(s.data_as_of, now) },
      { head: 'Last good poll', cell: (s) => time(s.last_success_at) },
      { head: 'Took', number: true, cell: (s) => (s.last_poll_at ? took(s.last_poll_seconds) : null) },
      { head: 'Next poll', number: true, cell: (s) => next(s, now) },
      { head: 'Last error', cell: (s) => words(s.detail) },
    ], sources.items, { empty: 'No source is configured.' })),
  ];
}
