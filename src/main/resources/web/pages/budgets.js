// The front page: what needs a look now, then every budget, riskiest first, sorted and paged by the daemon.

import { get, listIfThere } from '/api.js';
import { DASH, amount, h, span } from '/dom.js';
import { granted, waiverBadge } from '/pages/waivers.js';
import { alertBadge, budgetLink, burns, cursor, dataBadge, elapsed, forecast, pager, sparkLine, table, usedBar, withQuery } from '/parts.js';

export const title = 'Budgets';

const ROWS = 50;
const FILTERS = ['q', 'state', 'data_state', 'policy'];

function tile(href, number, word, kind) {
  return h('li', {}, h('a', { class: `tile ${number && kind}`, href }, h('strong', {}, String(number)), h('span', {}, word)));
}

async function tiles(status) {
  const [dead, actions] = await Promise.all([
    get('/api/v1/notifications?state=dead&limit=100'),
    listIfThere('/api/v1/actions?state=waiting&limit=100'),
  ]);
  const many = (items) => (items.length === 100 ? '100+' : items.length);
  return h('ul', { class: 'tiles', 'aria-label': 'What needs a look' },
    tile('/?state=firing', status.alerts.firing, 'firing', 'critical'),
    tile('/?state=pending', status.alerts.pending, 'pending', 'warning'),
    tile('/sources', status.budgets.held, `of ${status.budgets.total} budgets held`, 'warning'),
    tile('/sources', status.sources.failing, `of ${status.sources.total} sources failing`, 'critical'),
    tile('/notifications?state=dead', many(dead.items), 'dead letters', 'critical'),
    actions === null ? null : tile('/actions', many(actions.items), 'actions waiting', 'warning'));
}

function select(query, name, label, words) {
  return h('label', {}, label, ' ', h('select', { name }, h('option', { value: '' }, 'any'),
    words.map((word) => h('option', { value: word, selected: query.get(name) === word }, word))));
}

function search(query) {
  return h('form', { 'data-search': true, class: 'search', role: 'search' },
    h('label', {}, 'Find ', h('input', { type: 'search', name: 'q', value: query.get('q') ?? '', placeholder: 'policy, user, model…' })),
    select(query, 'state', 'Alert', ['firing', 'pending', 'resolved', 'none']),
    select(query, 'data_state', 'Data', ['fresh', 'stale', 'partial', 'error', 'missing']),
    query.get('sort') ? h('input', { type: 'hidden', name: 'sort', value: query.get('sort') }) : null,
    query.get('order') ? h('input', { type: 'hidden', name: 'order', value: query.get('order') }) : null,
    h('button', { type: 'submit', class: 'quiet' }, 'Find'));
}

export async function load(status) {
  const query = new URLSearchParams(location.search);
  const sorting = { key: query.get('sort') ?? 'risk', order: query.get('order') ?? 'desc' };
  const filters = FILTERS.filter((name) => query.get(name)).map((name) => `&${name}=${encodeURIComponent(query.get(name))}`).join('');
  // Budgets that only say that Spendwarden itself is well are left out; who looks for something finds them too.
  const health = filters || query.get('health') === 'all' ? '' : '&health=live';
  const [budgets, strip, waivers] = await Promise.all([
    get(`/api/v1/budgets?spark=true&limit=${ROWS}&sort=${encodeURIComponent(sorting.key)}&order=${encodeURIComponent(sorting.order)}${filters}${health}${cursor()}`),
    tiles(status),
    granted(),
  ]);
  const columns = [
    { head: 'Budget', sort: 'policy', first: 'asc', cell: (b) => budgetLink(b.id, b) },
    { head: 'Risk', sort: 'risk', cell: (b) => h('span', {}, alertBadge(b.alert), waiverBadge(waivers, b)) },
    { head: 'Last 30 days', cell: (b) => sparkLine(b.spark) },
    { head: 'Used', sort: 'used', cell: (b) => usedBar(b.used, elapsed(b.period, status.now)) },
    { head: 'Spent', sort: 'spent', number: true, cell: (b) => (b.spent === null ? DASH : h('span', {}, amount(b.spent, b.unit), b.limit === null ? null : h('small', { class: 'stack' }, 'of ', amount(b.limit)))) },
    { head: 'Burn', sort: 'burn', number: true, cell: (b) => burns(b.burn) },
    { head: 'Runway', sort: 'runway', first: 'asc', number: true, cell: (b) => span(b.runway_seconds) },
    { head: 'Forecast', sort: 'forecast', number: true, cell: forecast },
    { head: 'Data age', sort: 'age', number: true, cell: (b) => dataBadge(b, status.now) },
  ];
  const empty = filters ? 'No budget matches.' : 'No budget has been evaluated yet.';
  return [
    h('h1', {}, 'Budgets'),
    strip,
    h('section', { class: 'card' }, search(query), table('Budgets', columns, budgets.items, { empty, sorting }), pager(budgets.next),
      health ? h('p', { class: 'empty' }, 'Spendwarden\'s own health is listed when something is wrong. ', h('a', { href: withQuery({ health: 'all', cursor: null }) }, 'Show all of it')) : null),
  ];
}

