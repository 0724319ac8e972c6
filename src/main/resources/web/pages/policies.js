// The policies as the daemon understands them, each with what its rules say of its riskiest budget.

import { get, id } from '/api.js';
import { h, labels, percent, time, words } from '/dom.js';
import { alertBadge, badge, budgetLink, card, table } from '/parts.js';

export const title = 'Policies';

const PLAIN = /^[A-Za-z][\w./-]*( [\w./-]+)*$/;
const scalar = (value) => (typeof value === 'number' || typeof value === 'boolean' || PLAIN.test(value) ? String(value) : JSON.stringify(value));
const flow = (map) => `{ ${Object.entries(map).map(([key, value]) => `${key}: ${Array.isArray(value) ? listOf(value) : scalar(value)}`).join(', ')} }`;
const listOf = (values) => (values.length === 1 ? scalar(values[0]) : `[${values.map(scalar).join(', ')}]`);

/** A policy in the language of the policy files. What is left at its default is left out. */
export function yaml(policy) {
  const lines = [`- name: ${scalar(policy.name)}`];
  for (const key of ['description', 'owner', 'runbook']) if (policy[key]) lines.push(`  ${key}: ${scalar(policy[key])}`);
  if (Object.keys(policy.labels).length) lines.push(`  labels: ${flow(policy.labels)}`);
  lines.push('  select:', `    source: ${listOf(policy.select.source)}`, `    kind: ${policy.select.kind}`);
  for (const key of ['where', 'not']) if (Object.keys(policy.select[key]).length) lines.push(`    ${key}: ${flow(policy.select[key])}`);
  if (policy.per.length) lines.push(`  per: [${policy.per.join(', ')}]`);
  lines.push('  budget:');
  for (const [key, value] of Object.entries(policy.budget)) if (value !== null) lines.push(`    ${key}: ${scalar(value)}`);
  if (policy.notify) lines.push(`  notify: ${policy.notify.length ? `[${policy.notify.map(scalar).join(', ')}]` : 'none'}`);
  lines.push('  rules:');
  for (const rule of policy.rules) {
    lines.push(`    - name: ${scalar(rule.name)}`, `      when: ${rule.when}`);
    if (rule.for !== '0s') lines.push(`      for: ${rule.for}`);
    if (rule.keep_firing_for !== '0s') lines.push(`      keep_firing_for: ${rule.keep_firing_for}`);
    lines.push(`      severity: ${rule.severity}`);
    if (rule.summary) lines.push(`      summary: ${JSON.stringify(rule.summary)}`);
    if (rule.actions.length) lines.push(`      actions: [${rule.actions.map(scalar).join(', ')}]`);
  }
  return lines.join('\n');
}

// Long lines scroll, and what scrolls must be reachable with the keyboard.
export const policyText = (policy) => h('pre', { tabindex: '0', role: 'region', 'aria-label': `Policy ${policy.name}` }, yaml(policy));

const HOLDS = { true: ['holds', 'warning'], false: ['does not hold', 'good'], unknown: ['unknown', 'soft'] };

/** Every rule of an explained budget with the value of each part of its condition. */
export function rules(explained) {
  if (!explained.rules.length) return h('p', { class: 'empty' }, 'The policy has no rules.');
  return h('ul', { class: 'rules' }, explained.rules.map((rule) => h('li', {},
    h('h3', {}, rule.name, ' ', badge(...(HOLDS[rule.holds] ?? HOLDS.unknown)), ' ',
      rule.state === 'inactive' ? null : h('span', {}, badge(rule.state, rule.severity), h('small', {}, ' since '), time(rule.since))),
    h('code', { class: 'when' }, rule.when),
    h('dl', { class: 'parts' }, rule.parts.filter((part) => part.text !== rule.when).map((part) => h('div', {}, h('dt', {}, part.text), h('dd', {}, part.value)))))));
}

async function one(name) {
  const [policies, budgets] = await Promise.all([
    get('/api/v1/policies?limit=1000'),
    get(`/api/v1/budgets?sort=risk&limit=20&policy=${id(name)}`),
  ]);
  const policy = policies.items.find((each) => each.name === name);
  if (!policy) throw new Error(`there is no policy ${name} now`);
  const riskiest = budgets.items[0];
  const explained = riskiest ? await get(`/api/v1/budgets/${id(riskiest.id)}/explain`) : null;
  return [
    h('p', { class: 'crumbs' }, h('a', { href: '/policies' }, 'Policies')),
    h('h1', {}, name),
    h('div', { class: 'columns' }, card('As it is in force', policyText(policy)),
      card(riskiest ? `Why, for its riskiest budget${labels(riskiest.labels) ? ` (${labels(riskiest.labels)})` : ''}` : 'Why', explained ? rules(explained) : h('p', { class: 'empty' }, 'It has no budget yet.'))),
    card('Its budgets, riskiest first', table('Budgets of the policy', [
      { head: 'Budget', cell: (b) => budgetLink(b.id, b) },
      { head: 'Risk', cell: (b) => alertBadge(b.alert) },
      { head: 'Used', number: true, cell: (b) => percent(b.used) },
    ], budgets.items, { empty: 'It has no budget yet.' }),
    budgets.next ? h('p', {}, h('a', { href: `/?policy=${id(name)}` }, 'All of them')) : null),
  ];
}

export async function load(status, name) {
  if (name !== undefined) return one(name);
  const policies = await get('/api/v1/policies?limit=1000');
  return [
    h('h1', {}, 'Policies'),
    h('section', { class: 'card' }, table('Policies', [
      { head: 'Policy', cell: (p) => h('a', { class: 'plain', href: `/policies/${id(p.name)}` }, h('span', { class: 'name' }, p.name, h('small', {}, p.description))) },
      { head: 'Owner', cell: (p) => words(p.owner) },
      { head: 'Sources', cell: (p) => words(p.select.source.join(', ')) },
      { head: 'Per', cell: (p) => words(p.per.join(', ').replaceAll('_', ' ')) },
      { head: 'Limit', cell: (p) => (p.budget.limit ? h('span', {}, words(p.budget.limit), h('small', {}, ` ${p.budget.period}`)) : null) },
      { head: 'Rules', cell: (p) => p.rules.map((rule) => rule.name).join(', ') },
    ], policies.items, { empty: 'No policy is configured.' })),
  ];
}
