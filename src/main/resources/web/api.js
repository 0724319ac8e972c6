// Talking to the daemon. The token lives in this tab's session only and goes nowhere but to the daemon's own origin.

const TOKEN = 'spendwarden-token';

export const token = () => sessionStorage.getItem(TOKEN);

export function keepToken(value) {
  if (value) sessionStorage.setItem(TOKEN, value);
  else sessionStorage.removeItem(TOKEN);
}

export function headers(more = {}) {
  return token() ? { ...more, Authorization: `Bearer ${token()}` } : more;
}

/** What the daemon refused, in its own words. */
export class Refusal extends Error {
  constructor(status, problem, path) {
    const more = problem.problems?.length ? `: ${problem.problems.join('; ')}` : '';
    super((problem.detail ?? `${path} answered ${status}`) + more);
    this.status = status;
  }
}

async function answer(response, path) {
  if (response.ok) return response.status === 204 ? {} : response.json();
  throw new Refusal(response.status, await response.json().catch(() => ({})), path);
}

export async function get(path) {
  return answer(await fetch(path, { headers: headers({ Accept: 'application/json' }) }), path);
}

/** A list that this daemon may not have: null then, which pages show as "not available". */
export async function listIfThere(path) {
  try {
    return await get(path);
  } catch (refusal) {
    if (refusal.status === 404 || refusal.status === 501) return null;
    throw refusal;
  }
}

export async function send(method, path, body) {
  const options = { method, headers: headers({ Accept: 'application/json' }) };
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  return answer(await fetch(path, options), path);
}

export const id = encodeURIComponent;
