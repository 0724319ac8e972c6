// What policies did or want to do; what waits for a person comes first.

import { listIfThere } from '/api.js';
import { h, time, words } from '/dom.js';
import { badge, budgetLink, button, card, cursor, notAvailable, pager, table } from '/parts.js';

export const title = 'Actions';

const KIND = { waiting: 'warning', failed: 'critical', done: 'good', running: 'info' };

function buttons(action) {
  const data = { id: action.id, what: `${action.action} on ${words(action.targets?.join(', '))}` };
  if (action.state === 'waiting') return h('span', { class: 'buttons' }, button('approve', 'Approve', data), button('reject', 'Reject', data, 'quiet'));
  return action.state === 'done' ? button('undo', 'Undo', data, 'quiet') : null;
}

const COLUMNS = [
  { head: 'Action', cell: (a) => h('span', { class: 'name' }, a.action, h('small', {}, `${a.type} · ${a.mode}`)) },
  { head: 'State', cell: (a) => badge(a.state, KIND[a.state] ?? 'soft') },
  { head: 'Budget', cell: (a) => (a.budget_id ? budgetLink(a.budget_id, a) : words(a.policy)) },
  { head: 'Targets', cell: (a) => words(a.targets?.join(', ')) },
  { head: 'Reason', cell: (a) => words(a.reason) },
  { head: 'Created', cell: (a) => time(a.created_at) },
  { head: 'Outcome', cell: (a) => h('span', {}, words(a.outcome), a.decided_by ? h('small', {}, ` by ${a.decided_by}`) : null) },
  { head: 'Do', cell: buttons },
];

export async function load() {
  // What waits is asked for by itself: it may be older than the newest hundred.
  const [waiting, answer] = await Promise.all([
    listIfThere('/api/v1/actions?state=waiting&limit=100'), listIfThere(`/api/v1/actions?limit=50${cursor()}`),
  ]);
  if (answer === null || waiting === null) return [h('h1', {}, 'Actions'), notAvailable('Actions', 'Actions')];
  const others = answer.items.filter((action) => action.state !== 'waiting');
  return [
    h('h1', {}, 'Actions'),
    card('Waiting for approval', table('Waiting for approval', COLUMNS, waiting.items, { empty: 'Nothing waits for you.' })),
    card('The others', table('Other actions', COLUMNS, others, { empty: 'Nothing was done yet.' }), pager(answer.next)),
  ];
}
