// What changes something: each asks what it needs in a dialog, sends it, and tells what came of it.

import { id, keepToken, send, token } from '/api.js';
import { h } from '/dom.js';

const WHO = 'spendwarden-who';

/** Opens a form; answers its values, or null when it was left. */
function ask(title, fields, submit) {
  const inputs = fields.map((field) => {
    const name = `field-${field.name}`;
    const input = field.options
      ? h('select', { id: name, name: field.name }, field.options.map(([value, word]) => h('option', { value }, word)))
      : h('input', { id: name, name: field.name, type: field.type ?? 'text', value: field.value ?? '', required: field.required, autocomplete: 'off' });
    return h('p', {}, h('label', { for: name }, field.label), input);
  });
  const form = h('form', { method: 'dialog' }, h('h2', { id: 'dialog-title' }, title), inputs,
    h('p', { class: 'buttons' }, h('button', { type: 'button', class: 'quiet', value: 'cancel' }, 'Cancel'), h('button', { type: 'submit' }, submit)));
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' }, form);
  document.body.append(dialog);
  return new Promise((done) => {
    let values = null;
    form.addEventListener('submit', () => {
      values = Object.fromEntries(new FormData(form));
    });
    form.querySelector('[value=cancel]').addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      dialog.remove();
      done(values);
    });
    dialog.showModal();
  });
}

function tell(message, kind = 'good') {
  const toast = document.getElementById('toast');
  toast.className = kind;
  toast.textContent = message;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => {
    toast.textContent = '';
  }, kind === 'good' ? 6_000 : 20_000);
}

const PERSON = () => ({ name: 'by', label: 'Your name', required: true, value: sessionStorage.getItem(WHO) });
const COMMENT = { name: 'comment', label: 'Comment' };

async function askToken(title = 'Token of this daemon') {
  const values = await ask(title, [{ name: 'token', label: 'Token (kept in this tab until it is closed)', type: 'password', required: true }], 'Keep it');
  if (values) keepToken(values.token);
  return values !== null;
}

/** Sends, asking for the token where none is there or the one that is there is wrong. */
async function change(method, path, body, done) {
  if (!token() && !(await askToken())) return;
  try {
    await send(method, path, body);
    tell(done);
  } catch (refusal) {
    if (refusal.status === 401) window.dispatchEvent(new Event('token-refused'));
    tell(refusal.message, 'critical');
  }
}

async function decide(title, path, submit, done) {
  const values = await ask(title, [PERSON(), COMMENT], submit);
  if (!values) return;
  sessionStorage.setItem(WHO, values.by);
  await change('POST', path, values, done);
}

const LASTING = [['1', '1 hour'], ['4', '4 hours'], ['24', '1 day'], ['72', '3 days'], ['168', '1 week'], ['720', '30 days']];

// From the daemon's clock, which a test may turn.
const later = (now, hours) => new Date(Date.parse(now) + hours * 3_600_000).toISOString();

/** `name=value` pairs with commas between, as entries. */
const pairs = (text) => text.split(',').map((pair) => pair.split('=')).filter((parts) => parts.length > 1)
  .map(([name, ...value]) => [name.trim(), value.join('=').trim()]);

const written = (labels) => Object.entries(labels).map(([k, v]) => `${k}=${v}`).join(', ');

async function waive(data) {
  const values = await ask('Grant a waiver', [
    { name: 'policy', label: 'Policy', required: true, value: data.policy },
    { name: 'labels', label: 'Labels (name=value, with commas between; none: the whole policy)', value: written(JSON.parse(data.labels ?? '{}')) },
    { name: 'raise', label: 'Raise the limit by (an amount with its unit; empty: mute)', value: data.unit ? `100 ${data.unit}` : '' },
    { name: 'hours', label: 'For', options: LASTING },
    { name: 'reason', label: 'Reason', required: true },
    PERSON(),
  ], 'Grant');
  if (!values) return;
  sessionStorage.setItem(WHO, values.by);
  const waiver = { policy: values.policy, labels: Object.fromEntries(pairs(values.labels)), until: later(data.now, values.hours), reason: values.reason, by: values.by };
  await change('POST', '/api/v1/waivers', values.raise.trim() ? { ...waiver, raise: values.raise.trim() } : { ...waiver, mute: true }, 'Granted.');
}

async function silence(data) {
  const match = JSON.parse(data.match ?? '{}');
  const values = await ask('Silence alerts', [
    { name: 'match', label: 'Labels that must match (name=value, with commas between)', required: true, value: written(match) },
    { name: 'hours', label: 'For', options: LASTING },
    { ...PERSON(), name: 'created_by' },
    { ...COMMENT, required: true },
  ], 'Silence');
  if (!values) return;
  sessionStorage.setItem(WHO, values.created_by);
  const wanted = {};
  for (const [name, value] of pairs(values.match)) (wanted[name] ??= []).push(value);
  await change('POST', '/api/v1/silences', { match: wanted, ends_at: later(data.now, values.hours), comment: values.comment, created_by: values.created_by }, 'Silenced.');
}

const COMMANDS = {
  async token() {
    if (token()) keepToken(null);
    else await askToken();
  },
  ack: (data) => decide('Acknowledge the alert', `/api/v1/alerts/${id(data.id)}/ack`, 'Acknowledge', 'Acknowledged.'),
  silence,
  unsilence: (data) => change('DELETE', `/api/v1/silences/${id(data.id)}`, undefined, 'The silence has ended.'),
  waive,
  unwaive: (data) => change('DELETE', `/api/v1/waivers/${id(data.id)}`, undefined, 'The waiver has ended.'),
  retry: (data) => change('POST', `/api/v1/notifications/${id(data.id)}/retry`, undefined, 'It will be sent again.'),
  approve: (data) => decide(`Approve: ${data.what}`, `/api/v1/actions/${id(data.id)}/approve`, 'Approve', 'Approved.'),
  reject: (data) => decide(`Reject: ${data.what}`, `/api/v1/actions/${id(data.id)}/reject`, 'Reject', 'Rejected.'),
  undo: (data) => decide(`Undo: ${data.what}`, `/api/v1/actions/${id(data.id)}/undo`, 'Undo', 'It is being undone.'),
};

export const perform = async (name, data) => COMMANDS[name]?.({ ...data });
