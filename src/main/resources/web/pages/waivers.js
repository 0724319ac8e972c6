// Waivers: dated exceptions, granted here or written into a policy file.

import { get } from '/api.js';
import { labels, h, time, words } from '/dom.js';
import { badge, button, card, table } from '/parts.js';

export const granted = async (query = '') => (await get(`/api/v1/waivers?limit=1000${query}`)).items;

/** Whether a granted waiver is about this budget: its policy, and every label it names. */
export const covers = (waiver, budget) => waiver.policy === budget.policy
  && Object.entries(waiver.labels).every(([name, value]) => budget.labels[name] === value);

export function waiverBadge(waivers, budget) {
  const own = waivers.filter((waiver) => covers(waiver, budget));
  return own.length ? [' ', badge(own.some((waiver) => waiver.mute) ? 'muted' : 'limit raised', 'soft')] : [];
}

const what = (waiver) => (waiver.mute ? 'muted' : `limit raised by ${waiver.raise}`);

const columns = (more) => [
  ...more,
  { head: 'What', cell: what },
  { head: 'Until', cell: (w) => time(w.until) },
  { head: 'Why', cell: (w) => words(w.reason) },
  { head: 'By', cell: (w) => words(w.by) },
  { head: 'Do', cell: (w) => (w.id ? button('unwaive', 'End', { id: w.id }, 'quiet') : h('small', {}, 'in the policy file')) },
];

export function allWaivers(waivers, now) {
  return card('Waivers', table('Waivers', columns([
    { head: 'Policy', cell: (w) => h('span', { class: 'name' }, w.policy, Object.keys(w.labels).length ? h('small', {}, labels(w.labels)) : null) },
  ]), waivers, { empty: 'No exception is granted.' }), h('p', {}, button('waive', 'New waiver', { now }, 'quiet')));
}

/** Those of one budget: granted ones, which can be ended, and those that its policy file has. */
export function waiversOf(budget, explained, waivers, now) {
  const own = waivers.filter((waiver) => covers(waiver, budget));
  const known = new Set(own.map((waiver) => `${waiver.until} ${waiver.reason}`));
  const written = (explained.waivers ?? []).filter((waiver) => !known.has(`${waiver.until} ${waiver.reason}`))
    .map((waiver) => ({ ...waiver, raise: waiver.raise === null ? null : `${waiver.raise} ${waiver.unit}` }));
  const about = { policy: budget.policy, labels: JSON.stringify(budget.labels), unit: budget.unit ?? '', now };
  return card('Waivers', table('Waivers', columns([]), [...own, ...written], { empty: 'No exception is in force.' }),
    h('p', {}, button('waive', 'New waiver', about, 'quiet')));
}
