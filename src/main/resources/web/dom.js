// Making and updating elements, and numbers in words. Whatever comes from outside becomes text, never markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export const h = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
export const svg = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

// Makes `old` look like `fresh` by changing only what differs: a refresh must not take the focus, the selection or an
// open <details> from whoever is reading. What is marked data-keep is drawn by a script and left alone.
export function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || old.id !== fresh.id) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.hasAttribute('data-keep')) return;
  for (const { name } of [...old.attributes]) {
    // Whether it is open is the reader's business.
    if (!fresh.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  morphChildren(old, [...fresh.childNodes]);
}

export function morphChildren(old, fresh) {
  const before = [...old.childNodes];
  fresh.forEach((node, i) => (i < before.length ? morph(before[i], node) : old.append(node)));
  before.slice(fresh.length).forEach((node) => node.remove());
}

// Words for values. Unknown is a dash, never a zero.

export const DASH = '–';
const known = (value) => value !== null && value !== undefined && value !== '';

export const words = (value) => (known(value) ? String(value) : DASH);
export const labels = (map) => Object.entries(map ?? {}).map(([key, value]) => `${key}=${value}`).join(', ');
export const percent = (ratio) => (known(ratio) ? `${(ratio * 100).toFixed(ratio < 0.1 ? 1 : 0)} %` : DASH);

const ROUNDED = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

/** An amount rounded for reading; the exact one is in the tooltip. */
export function amount(value, unit) {
  if (!known(value)) return DASH;
  return h('span', { class: 'amount', title: `${value} ${unit ?? ''}`.trim() }, rounded(value), unit ? h('small', {}, ` ${unit}`) : null);
}

export const rounded = (value) => (known(value) ? ROUNDED.format(Number(value)) : DASH);

export function span(seconds) {
  if (!known(seconds)) return DASH;
  for (const [unit, size] of [['d', 86400], ['h', 3600], ['min', 60]]) {
    if (seconds >= size) return `${(seconds / size).toFixed(seconds >= 10 * size ? 0 : 1)} ${unit}`;
  }
  return `${Math.max(0, Math.round(seconds))} s`;
}

/** Ages and waits are told by the daemon's clock, which a test may turn. */
export const since = (value, now) => (known(value) ? span((Date.parse(now) - Date.parse(value)) / 1000) : DASH);

export function time(value) {
  if (!known(value)) return DASH;
  return h('time', { datetime: value }, value.slice(0, 16).replace('T', ' '));
}
