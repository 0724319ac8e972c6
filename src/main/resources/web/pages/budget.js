// One budget: its chart, what it is made of, why its rules say what they say, and what has happened to it.

import { get, id } from '/api.js';
import { amount, h, percent, rounded, since, span, time, words } from '/dom.js';
import { draw } from '/charts.js';
import { alertButtons, historyColumns } from '/pages/alerts.js';
import { granted, waiversOf } from '/pages/waivers.js';
import { policyText, rules } from '/pages/policies.js';
import { alertBadge, badge, budgetName, burns, card, dataBadge, elapsed, facts, table, usedBar } from '/parts.js';

export const title = 'Budget';

let newest = null;

function banner(explained, now) {
  const { alert } = explained.budget;
  if (explained.unknown) return h('div', { class: 'card problem', id: 'banner' }, h('p', {}, `This budget cannot be judged: ${explained.unknown}.`));
  if (!alert || alert.state === 'resolved') return null;
  return h('div', { class: `card alert ${alert.state === 'firing' ? alert.severity : ''}`, id: 'banner' },
    h('p', {}, alertBadge(alert), ` ${alert.rules.join(', ')} for ${since(alert.started_at, now)}`), alertButtons(alert, now));
}

/** Rules that can say nothing now: neither firing nor clear. */
function unknownRules(budget) {
  return budget.unknown_rules?.length
    ? h('p', { class: 'card', id: 'unknown' }, badge('unknown', 'warning'), ` ${budget.unknown_rules.join(', ')}: something that is needed is not known; see below which part.`)
    : h('div', { id: 'unknown' });
}

function legend(series) {
  const entry = (kind, word) => h('li', {}, h('span', { class: `key ${kind}`, 'aria-hidden': 'true' }), word);
  return h('ul', { class: 'legend' }, entry('spent', 'spent, settled'), entry('provisional', 'provisional'),
    series.limit === null ? null : entry('limit', 'limit'), entry('even', 'even pace'),
    series.forecast ? entry('band', 'forecast, 80 % of the chance') : null,
    series.items.some((day) => day.restated) ? entry('restated', 'restated') : null);
}

function charts(series, budget) {
  const last = series.items.at(-1);
  const told = `${rounded(last?.total)} ${words(budget.unit)} spent of ${rounded(series.limit)}`
    + (series.forecast ? `; ${rounded(series.forecast.p50)} expected at the period's end` : '');
  return card('Burn-down', legend(series),
    h('div', { class: 'chart tall' }, h('canvas', { id: 'total', role: 'img', 'data-keep': true, 'aria-label': `Spend against the limit: ${told}` })),
    h('h3', {}, 'Each day'),
    h('div', { class: 'chart' }, h('canvas', { id: 'daily', role: 'img', 'data-keep': true, 'aria-label': 'Spent on each day; the numbers are in the table below' })),
    h('details', {}, h('summary', {}, 'The numbers'),
      table('Spent by day', [
        { head: 'Day (UTC)', cell: (d) => d.day },
        { head: 'Spent', number: true, cell: (d) => amount(d.spent, budget.unit) },
        { head: 'Total', number: true, cell: (d) => amount(d.total, budget.unit) },
        { head: 'State', cell: (d) => h('span', {}, badge(d.state, d.state === 'settled' ? 'good' : 'soft'), d.restated ? [' ', badge('restated', 'warning')] : []) },
      ], [...series.items].reverse(), { empty: 'No day is known yet.' })));
}

function contributors(top, budget) {
  const most = Math.max(...top.map((part) => Number(part.spent)));
  return card('Largest parts', table('Largest parts', [
    { head: 'Part', cell: (part) => words(Object.values(part.labels).join(' · ')) },
    { head: 'Share', cell: (part) => usedBar(budget.spent > 0 ? part.spent / budget.spent : part.spent / most, null) },
    { head: 'Spent', number: true, cell: (part) => amount(part.spent, budget.unit) },
  ], top, { empty: 'The source tells no parts.' }));
}

const MOST_INPUTS = 50;

/** The figures that were added up, for whoever does not believe the sum. */
function inputs(explained) {
  const all = [...(explained.inputs ?? [])].reverse();
  const more = all.length - MOST_INPUTS + (explained.inputs_left_out ?? 0);
  return card('Made of', h('details', {}, h('summary', {}, `${all.length} ${all.length === 1 ? 'figure' : 'figures'}`), table('Made of', [
    { head: 'Source', cell: (i) => i.source },
    { head: 'For', cell: (i) => (i.period ? time(i.period.start) : 'counter') },
    { head: 'Of', cell: (i) => words(Object.values(i.labels).join(' · ')) },
    { head: 'Amount', number: true, cell: (i) => amount(i.amount, i.unit) },
    { head: 'Revision', number: true, cell: (i) => String(i.revision) },
    { head: 'Known since', cell: (i) => time(i.known_at) },
  ], all.slice(0, MOST_INPUTS), { empty: 'No figures yet.' }), more > 0 ? h('p', { class: 'empty' }, `${more} more are in the API's explain.`) : null));
}

export async function load(status, name) {
  const path = `/api/v1/budgets/${id(name)}`;
  const [explained, series, history] = await Promise.all([
    get(`${path}/explain`), get(`${path}/series`), get(`/api/v1/alerts?budget_id=${id(name)}&limit=20`),
  ]);
  const b = explained.budget;
  const [policies, waivers] = await Promise.all([get('/api/v1/policies?limit=1000'), granted(`&policy=${id(b.policy)}`)]);
  const policy = policies.items.find((one) => one.name === b.policy);
  newest = { series, now: status.now };
  const gone = elapsed(b.period, status.now);
  const left = b.limit === null || b.spent === null ? null : Number(b.limit) - Number(b.spent);
  return [
    h('p', { class: 'crumbs' }, h('a', { href: '/' }, 'Budgets'), ' / ', h('a', { href: `/policies/${id(b.policy)}` }, b.policy)),
    h('h1', {}, budgetName(b)),
    banner(explained, status.now) ?? h('div', { id: 'banner' }),
    unknownRules(b),
    h('div', { class: 'card' }, facts([
      ['Used', usedBar(b.used, gone)], ['Spent', amount(b.spent, b.unit)], ['Limit', amount(b.limit, b.unit)],
      ['Left', left === null ? null : amount(left.toFixed(2), b.unit)], ['Burn', burns(b.burn)],
      ['Forecast', b.forecast ? h('span', {}, amount(b.forecast.p50, b.unit), h('small', { class: 'stack' }, `${rounded(b.forecast.p10)} to ${rounded(b.forecast.p90)}`)) : null],
      ['Chance of ending over', percent(b.forecast?.prob_over)], ['Runway', span(b.runway_seconds)],
      ['Period', h('span', {}, time(b.period.start), gone === null ? ' on' : [' to ', time(b.period.end)], h('small', {}, ` ${b.period.zone}`))],
      ['Period gone', percent(gone)], ['Data age', dataBadge(b, status.now)],
    ])),
    charts(series, b),
    h('div', { class: 'columns' }, contributors(explained.top, b), waiversOf(b, explained, waivers, status.now)),
    card('Alerts of this budget', table('Alerts of this budget', historyColumns(status.now).slice(1), history.items, { empty: 'It has never had one.' })),
    h('div', { class: 'columns' }, card('Policy', policy ? policyText(policy) : h('p', { class: 'empty' }, 'The policy is no longer configured.')),
      card('Why: every rule and its parts now', rules(explained))),
    inputs(explained),
  ];
}

export const drawn = () => draw(newest.series, newest.now);
