// The status page: one shell, one module for each page, refreshed when the daemon says that something changed.

import { get, keepToken, token } from '/api.js';
import { perform } from '/commands.js';
import { h, morphChildren, since, words } from '/dom.js';
import { follow } from '/live.js';
import * as actions from '/pages/actions.js';
import * as alerts from '/pages/alerts.js';
import * as budget from '/pages/budget.js';
import * as budgets from '/pages/budgets.js';
import * as notifications from '/pages/notifications.js';
import * as policies from '/pages/policies.js';
import * as records from '/pages/records.js';
import * as sources from '/pages/sources.js';

// A page: `title`, `load(status, name)` that answers elements, and `drawn()` once they are shown.
const PAGES = [
  [/^\/$/, budgets],
  [/^\/budgets\/([^/]+)$/, budget],
  [/^\/alerts$/, alerts],
  [/^\/sources$/, sources],
  [/^\/notifications$/, notifications],
  [/^\/actions$/, actions],
  [/^\/policies(?:\/([^/]+))?$/, policies],
  [/^\/reports$/, records.reports],
  [/^\/audit$/, records.audit],
];

const main = document.getElementById('main');
let shown = null;
let running = false;
let again = false;

// Without the hash, which only says where on the page one is.
const here = () => location.pathname + location.search;

function route() {
  for (const [pattern, page] of PAGES) {
    const match = location.pathname.match(pattern);
    if (match) return { page, name: match[1] === undefined ? undefined : decodeURIComponent(match[1]) };
  }
  return { page: budgets };
}

async function refresh() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  const address = here();
  try {
    const { page, name } = route();
    const status = await get('/api/v1/status');
    const content = await page.load(status, name);
    if (address === here()) show(page, name, content, status);
  } catch (error) {
    if (address === here()) fail(error);
  } finally {
    running = false;
    main.removeAttribute('aria-busy');
    if (again || address !== here()) {
      again = false;
      refresh();
    }
  }
}

function show(page, name, content, status) {
  if (shown === location.pathname) morphChildren(main, content);
  else main.replaceChildren(...content);
  shown = location.pathname;
  document.title = `${status.alerts.firing ? `(${status.alerts.firing}) ` : ''}${page.title}${name ? '' : ' · Spendwarden'}`;
  for (const link of document.querySelectorAll('nav a')) {
    const current = link.pathname === '/' ? ['/', 'budgets'].includes(location.pathname.split('/')[1] || '/') : location.pathname.startsWith(link.pathname);
    if (current) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  // Only when it changed: a screen reader reads every change of it out.
  const summary = `${status.alerts.firing} firing, ${status.alerts.pending} pending, ${status.budgets.held} of ${status.budgets.total} budgets held, ${status.sources.failing} of ${status.sources.total} sources failing.`
    + (status.ready ? '' : ` Not ready: ${status.not_ready.join('; ')}.`);
  const line = document.getElementById('summary');
  if (line.textContent !== summary) line.textContent = summary;
  document.getElementById('refreshed').textContent = `As of ${words(status.now).slice(0, 19).replace('T', ' ')} UTC; judged ${since(status.evaluated_at, status.now)} before.`;
  document.getElementById('version').textContent = `Spendwarden ${status.version}`;
  page.drawn?.();
}

function fail(error) {
  // A wrong token is not tried again and again: the daemon would make this address wait.
  if (error.status === 401 && token()) window.dispatchEvent(new Event('token-refused'));
  const message = h('div', { class: 'card problem', id: 'problem', role: 'alert' }, h('h2', {}, 'The newest state cannot be shown'), h('p', {}, error.message),
    error.status === 401 ? h('button', { type: 'button', 'data-do': 'token' }, 'Enter token') : null);
  // What was shown stays: old figures with a warning are worth more than none.
  document.getElementById('problem')?.remove();
  if (shown !== location.pathname) {
    main.replaceChildren(message);
    shown = null;
  } else {
    main.prepend(message);
  }
}

function go(address) {
  const samePage = new URL(address, location.href).pathname === location.pathname;
  history.pushState(null, '', address);
  refresh();
  if (!samePage) {
    window.scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="/"]');
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (link && plain && !/^\/(api|metrics|-)\b/.test(link.pathname)) {
    event.preventDefault();
    go(link.getAttribute('href'));
    return;
  }
  const asked = event.target.closest('[data-do]');
  if (asked) perform(asked.dataset.do, asked.dataset).then(refresh).then(showToken);
});

document.addEventListener('submit', (event) => {
  if (event.target.matches('form[data-search]')) {
    event.preventDefault();
    const query = new URLSearchParams();
    for (const [key, value] of new FormData(event.target)) if (value) query.append(key, value);
    go(query.size ? `${location.pathname}?${query}` : location.pathname);
  }
});

document.addEventListener('change', (event) => {
  if (event.target.matches('form[data-search] select')) event.target.form.requestSubmit();
});

function showToken() {
  document.getElementById('token-button').textContent = token() ? 'Forget token' : 'Enter token';
}

window.addEventListener('popstate', refresh);
// The charts are painted, not styled: they take the colours of the scheme in which they are drawn.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', refresh);
window.addEventListener('token-refused', () => {
  keepToken(null);
  showToken();
});
showToken();
refresh();
follow(refresh, (state) => {
  document.getElementById('live').dataset.state = state;
  document.getElementById('live-words').textContent = state;
});
