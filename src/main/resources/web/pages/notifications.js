// What was told to whom; dead letters can be sent again.

import { get, id } from '/api.js';
import { h, time, words } from '/dom.js';
import { badge, budgetLink, button, cursor, pager, table, withQuery } from '/parts.js';

export const title = 'Notifications';

const KIND = { delivered: 'good', pending: 'warning', dead: 'critical' };

export async function load() {
  const state = new URLSearchParams(location.search).get('state');
  const answer = await get(`/api/v1/notifications?limit=50${state ? `&state=${id(state)}` : ''}${cursor()}`);
  const tab = (word, value) => h('li', {}, h('a', { href: withQuery({ state: value, cursor: null }), 'aria-current': (state ?? null) === value ? 'true' : null }, word));
  return [
    h('h1', {}, 'Notifications'),
    h('section', { class: 'card' },
      h('ul', { class: 'tabs', 'aria-label': 'Which' }, tab('All', null), tab('Pending', 'pending'), tab('Delivered', 'delivered'), tab('Dead letters', 'dead')),
      table('Notifications', [
        { head: 'Type', cell: (n) => h('span', { class: 'name' }, n.type, h('small', {}, n.alert_count > 1 ? `${n.alert_count} alerts · ${n.id}` : n.id)) },
        { head: 'About', cell: (n) => (n.policy ? budgetLink(n.budget_id, n) : null) },
        { head: 'Receiver', cell: (n) => n.receiver },
        { head: 'State', cell: (n) => badge(n.state, KIND[n.state] ?? 'soft') },
        { head: 'Attempts', number: true, cell: (n) => String(n.attempts) },
        { head: 'Created', cell: (n) => time(n.created_at) },
        { head: 'Delivered', cell: (n) => (n.delivered_at ? time(n.delivered_at) : n.next_attempt_at ? h('span', {}, h('small', {}, 'next try '), time(n.next_attempt_at)) : null) },
        { head: 'Last error', cell: (n) => words(n.last_error) },
        { head: 'Do', cell: (n) => (n.state === 'dead' ? button('retry', 'Send again', { id: n.id }) : null) },
      ], answer.items, { empty: state ? 'There is none.' : 'Nothing has been sent yet.' }),
      pager(answer.next)),
  ];
}
