// Server-sent events, read with fetch because EventSource cannot send a token. An event only says "fetch again". Where
// the stream does not work (a proxy that buffers, too many pages) the page asks every few seconds instead.

import { headers } from '/api.js';

const POLL_MS = 10_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
// The daemon says something every 20 s; a stream quieter than this is dead.
const QUIET_MS = 50_000;

export function follow(changed, tell) {
  let wait = FIRST_RETRY_MS;
  let stop = new AbortController();

  async function read() {
    let quiet;
    const heard = () => {
      clearTimeout(quiet);
      quiet = setTimeout(() => stop.abort(), QUIET_MS);
    };
    try {
      const response = await fetch('/api/v1/events', { headers: headers({ Accept: 'text/event-stream' }), signal: stop.signal });
      if (!response.ok) throw new Error(String(response.status));
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      tell('live');
      wait = FIRST_RETRY_MS;
      for (let rest = ''; ; ) {
        heard();
        const { value, done } = await reader.read();
        if (done) return;
        const events = (rest + value).split('\n\n');
        rest = events.pop();
        if (events.some((event) => event.startsWith('event: changed'))) changed();
      }
    } finally {
      clearTimeout(quiet);
    }
  }

  async function keepReading() {
    for (;;) {
      // A hidden tab gives its connection back: browsers open only six to one host.
      while (document.hidden) await new Promise((seen) => document.addEventListener('visibilitychange', seen, { once: true }));
      stop = new AbortController();
      await read().catch(() => {});
      tell('polling');
      await new Promise((later) => setTimeout(later, document.hidden ? 0 : wait));
      wait = Math.min(2 * wait, LONGEST_RETRY_MS);
    }
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) stop.abort();
  });
  // Besides the stream, so that ages and what an event missed never stand still for long.
  setInterval(() => {
    if (!document.hidden) changed();
  }, POLL_MS);
  keepReading();
}
