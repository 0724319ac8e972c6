// The status page: reads the JSON API and shows it. Whatever comes from outside is set as text,
// never as markup.
'use strict';

// The rest is in the JSON.
const MOST_INPUTS = 50;
const REFRESH_MS = 5000;
const ROWS = 100;

async function get(path) {
  const response = await fetch(path, { headers: { Accept: 'application/json' } });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail || `${path} answered ${response.status}`);
  }
  return response.json();
}

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  for (const child of children) node.append(child);
  return node;
}

const text = (value) => document.createTextNode(value === null || value === undefined || value === '' ? '–' : String(value));
const tag = (word, kind) => element('span', { class: `tag ${kind}` }, text(word));
const percent = (ratio) => (ratio === null ? '–' : `${(ratio * 100).toFixed(1)} %`);
const amount = (value, unit) => (value === null ? '–' : `${value} ${unit ?? ''}`.trim());
const labels = (map) => Object.entries(map).map(([key, value]) => `${key}=${value}`).join(', ');
const time = (value) => (value === null ? '–' : value.replace('T', ' ').replace(/\.\d+Z$/, 'Z'));

function span(seconds) {
  if (seconds === null) return '–';
  const units = [['d', 86400], ['h', 3600], ['m', 60]];
  for (const [unit, size] of units) if (seconds >= size) return `${(seconds / size).toFixed(1)} ${unit}`;
  return `${Math.max(0, Math.round(seconds))} s`;
}

// Ages are told by the daemon's clock, which a test may turn.
const age = (value, now) => (value === null ? '–' : span((Date.parse(now) - Date.parse(value)) / 1000));

const dataState = (state) => tag(state, state === 'fresh' ? 'good' : 'warning');
function alertTag(alert) {
  if (alert === null) return tag('none', 'soft');
  const kind = alert.state === 'resolved' ? 'soft' : alert.severity;
  return tag(`${alert.state} · ${alert.severity}`, kind);
}

function used(ratio) {
  const cell = element('span', { class: 'number' }, text(percent(ratio)), ' ');
  if (ratio !== null) {
    const bar = element('meter', { min: 0, max: 1, low: 0.8, high: 0.95, optimum: 0, 'aria-label': `used ${percent(ratio)}` });
    bar.value = Math.min(1, Math.max(0, ratio));
    cell.append(bar);
  }
  return cell;
}

function table(title, columns, rows, empty) {
  const section = element('section');
  if (rows.length === 0) {
    section.append(element('h2', {}, text(title)), element('p', { class: 'empty' }, text(empty)));
    return section;
  }
  const head = element('tr', {}, ...columns.map((column) => element('th', { scope: 'col' }, text(column))));
  const body = rows.map((cells) => element('tr', {}, ...cells.map((cell, i) => {
    const node = cell instanceof Node ? cell : text(cell);
    return i === 0 ? element('th', { scope: 'row' }, node) : element('td', {}, node);
  })));
  section.append(element('table', {}, element('caption', {}, text(title)), element('thead', {}, head), element('tbody', {}, ...body)));
  return section;
}

function budgetLink(id, name) {
  return element('a', { href: `/budgets/${encodeURIComponent(id)}` }, text(name));
}

async function overview(status) {
  // Live alerts come with their budgets, from the snapshot: no search through the history.
  const [budgets, alerting, sources, notifications] = await Promise.all([
    get(`/api/v1/budgets?sort=risk&limit=${ROWS}`),
    get(`/api/v1/budgets?sort=risk&state=firing&state=pending&limit=${ROWS}`),
    get('/api/v1/sources?limit=1000'),
    get('/api/v1/notifications?limit=30'),
  ]);
  const more = budgets.next === null ? '' : ` (the ${ROWS} riskiest of ${status.budgets.total})`;
  return [
    table('Alerts', ['Alert', 'State', 'Rules', 'Since', 'Acknowledged'],
      alerting.items.map((budget) => budget.alert).map((a) => [
        budgetLink(a.budget_id, `${a.policy} ${labels(a.labels)}`), alertTag(a), a.rules.join(', '), time(a.started_at), a.acked_by]),
      'Nothing is pending or firing.'),
    table(`Budgets by risk${more}`, ['Budget', 'Used', 'Spent', 'Limit', 'Burn', 'Runway', 'Alert', 'Data', 'Age'],
      budgets.items.map((b) => [
        budgetLink(b.id, `${b.policy} ${labels(b.labels)}`), used(b.used), amount(b.spent, b.unit), amount(b.limit, b.unit),
        Object.entries(b.burn).map(([w, v]) => `${w}: ${v === null ? '–' : v.toFixed(2)}`).join(', '),
        span(b.runway_seconds), alertTag(b.alert), dataState(b.data_state), age(b.data_as_of, status.now)]),
      'No budget has been evaluated yet.'),
    table('Sources', ['Source', 'Type', 'State', 'Last success', 'Next poll', 'Detail'],
      sources.items.map((s) => [
        s.name, s.type, s.up ? tag('up', 'good') : tag(s.failure ?? 'not polled yet', s.failure ? 'critical' : 'soft'),
        time(s.last_success_at), time(s.next_poll_at), s.detail]),
      'No source is configured.'),
    table('Latest notifications', ['Notification', 'Receiver', 'State', 'Attempts', 'Created', 'Delivered', 'Last error'],
      notifications.items.map((n) => [
        n.type, n.receiver, tag(n.state, n.state === 'delivered' ? 'good' : n.state === 'dead' ? 'critical' : 'warning'),
        n.attempts, time(n.created_at), time(n.delivered_at), n.last_error]),
      'Nothing has been sent yet.'),
  ];
}

function fact(name, value) {
  return element('div', {}, element('dt', {}, text(name)), element('dd', {}, value instanceof Node ? value : text(value)));
}

function parts(list) {
  const box = element('div');
  for (const part of list) {
    box.append(element('div', {}, element('code', {}, text(`${part.text} = ${part.value}`))));
  }
  return box;
}

async function budgetPage(id, status) {
  const answer = await get(`/api/v1/budgets/${encodeURIComponent(id)}/explain`);
  const b = answer.budget;
  const facts = element('dl', {},
    fact('Used', used(b.used)), fact('Spent', amount(b.spent, b.unit)), fact('Limit', amount(b.limit, b.unit)),
    fact('Period', `${time(b.period.start)} to ${time(b.period.end)} (${b.period.zone})`), fact('Elapsed', percent(answer.elapsed)),
    fact('Burn', Object.entries(b.burn).map(([w, v]) => `${w}: ${v === null ? '–' : v.toFixed(2)}`).join(', ')),
    fact('Forecast (10 · 50 · 90 %)', b.forecast === null ? '–' : `${b.forecast.p10} · ${b.forecast.p50} · ${b.forecast.p90}`),
    fact('Probability of ending over', b.forecast === null ? '–' : percent(b.forecast.prob_over)),
    fact('Runway', span(b.runway_seconds)), fact('Data', dataState(b.data_state)), fact('Data age', age(b.data_as_of, status.now)),
    fact('Alert', alertTag(b.alert)));
  const page = [
    element('h1', {}, text(`${b.policy} ${labels(b.labels)}`)),
    element('section', {}, facts),
    table('Rules', ['Rule', 'Condition', 'Holds', 'State', 'Since', 'Its parts now'],
      answer.rules.map((r) => [
        r.name, element('code', {}, text(r.when)), r.holds,
        tag(r.state, r.state === 'inactive' ? 'soft' : r.severity), time(r.since), parts(r.parts)]),
      'The policy has no rules.'),
    table('Made of', ['Source', 'For', 'Of', 'Amount', 'Revision', 'Known since'],
      answer.inputs.slice(0, MOST_INPUTS).map((i) => [
        i.source, i.period === null ? 'counter' : time(i.period.start), labels(i.labels), amount(i.amount, i.unit),
        String(i.revision), time(i.known_at)]), 'No figures yet.'),
    table('Largest parts', ['Part', 'Spent'], answer.top.map((t) => [labels(t.labels), amount(t.spent, b.unit)]), 'Nothing was spent.'),
  ];
  if (answer.unknown !== null) {
    page.splice(1, 0, element('p', { class: 'warning' }, text(`This budget cannot be judged: ${answer.unknown}`)));
  }
  return page;
}

async function refresh() {
  const summary = document.getElementById('summary');
  try {
    const status = await get('/api/v1/status');
    const route = location.pathname.match(/^\/budgets\/([^/]+)\/?$/);
    const content = route ? await budgetPage(decodeURIComponent(route[1]), status) : await overview(status);
    // Replacing the page would take the focus from whoever is reading it with the keyboard.
    const held = document.activeElement?.getAttribute('href');
    document.getElementById('main').replaceChildren(...content);
    if (held) document.querySelector(`main a[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
    const words = `${status.alerts.firing} firing, ${status.alerts.pending} pending · ${status.budgets.total} budgets`
      + `, ${status.budgets.held} held · ${status.sources.failing} of ${status.sources.total} sources failing`;
    const line = status.ready ? words : `${words} · not ready: ${status.not_ready.join('; ')}`;
    if (summary.textContent !== line) summary.textContent = line;
    document.getElementById('refreshed').textContent = `As of ${time(status.now)}.`;
    document.getElementById('version').textContent = `Spendwarden ${status.version}`;
  } catch (error) {
    summary.textContent = `Cannot show the newest state: ${error.message}`;
  } finally {
    setTimeout(refresh, REFRESH_MS);
  }
}

refresh();
