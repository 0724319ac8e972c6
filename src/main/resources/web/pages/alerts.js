// Alerts that are live, from the newest look; the silences; and the history.

import { get, listIfThere } from '/api.js';
import { h, labels, since, time, words } from '/dom.js';
import { allWaivers, granted } from '/pages/waivers.js';
import { alertBadge, budgetLink, button, card, cursor, notAvailable, pager, table } from '/parts.js';

export const title = 'Alerts';

/** What can be done about a live alert. */
export function alertButtons(alert, now) {
  const match = JSON.stringify({ policy: alert.policy, ...alert.labels });
  return h('span', { class: 'buttons' },
    alert.acked_by ? null : button('ack', 'Acknowledge', { id: alert.id }),
    alert.silenced ? null : button('silence', 'Silence', { match, now }, 'quiet'));
}

export const alertColumns = (now) => [
  { head: 'Alert', cell: (a) => budgetLink(a.budget_id, a) },
  { head: 'State', cell: (a) => h('span', {}, alertBadge(a), a.state === 'resolved' ? h('small', {}, ` was ${a.severity}`) : null) },
  { head: 'Rules', cell: (a) => words(a.rules.join(', ')) },
  { head: 'Since', cell: (a) => h('span', {}, time(a.started_at), h('small', {}, ` for ${since(a.started_at, a.ended_at ?? now)}`)) },
];

export const historyColumns = (now) => [
  ...alertColumns(now),
  { head: 'Ended', cell: (a) => (a.ended_at ? h('span', {}, time(a.ended_at), h('small', {}, ` ${words(a.reason).replaceAll('_', ' ')}`)) : 'still live') },
];

export async function load(status) {
  const [live, silences, history, waivers] = await Promise.all([
    // Live alerts come with their budgets, from the snapshot: no search through the history.
    get('/api/v1/budgets?sort=risk&state=firing&state=pending&limit=100'),
    listIfThere('/api/v1/silences?limit=100'),
    get(`/api/v1/alerts?limit=50${cursor()}`),
    granted(),
  ]);
  const now = status.now;
  return [
    h('h1', {}, 'Alerts'),
    card('Live', table('Live alerts', [...alertColumns(now), { head: 'Do', cell: (a) => alertButtons(a, now) }], live.items.map((budget) => budget.alert), { empty: 'Nothing is pending or firing.' })),
    silences === null ? notAvailable('Silences', 'Silences') : card('Silences',
      table('Silences', [
        { head: 'Matches', cell: (s) => labels(Object.fromEntries(Object.entries(s.match).map(([k, v]) => [k, [v].flat().join(' or ')]))) },
        { head: 'Until', cell: (s) => time(s.ends_at) },
        { head: 'By', cell: (s) => s.created_by },
        { head: 'Why', cell: (s) => words(s.comment) },
        { head: 'Do', cell: (s) => button('unsilence', 'End', { id: s.id }, 'quiet') },
      ], silences.items, { empty: 'Nothing is silenced.' }),
      h('p', {}, button('silence', 'New silence', { now }, 'quiet'))),
    allWaivers(waivers, now),
    card('History', table('History of alerts', historyColumns(now), history.items, { empty: 'There has been no alert yet.' }), pager(history.next)),
  ];
}
