// Talks to the gateway: JSON requests, GraphQL, and the stream of events. The session is a cookie that scripts can not read.
import { language } from './prefs.js';

// What went wrong, as a sentence for people. `status` 0: the gateway was not reached.
export class Problem extends Error {
  constructor(message, status, field) {
    super(message);
    this.status = status;
    this.field = field;
  }
}

const headers = (more) => ({ accept: 'application/json', 'accept-language': language(), ...more });

const ANSWER = 60_000; // milliseconds within which a request is answered whole
const QUIET = 90_000; // milliseconds: the stream tells that it lives now and then; a line this silent is lost

const within = (milliseconds, signal) => AbortSignal.any([AbortSignal.timeout(milliseconds), ...(signal ? [signal] : [])]);

function broken(error) {
  if (error.name === 'AbortError') throw error;
  throw new Problem('', 0);
}

const reach = (path, options) => fetch(path, { credentials: 'same-origin', ...options }).catch(broken);

async function content(response) {
  if (response.status === 204) return {};
  const text = await response.text().catch(broken);
  try {
    return JSON.parse(text);
  } catch {
    return {}; // a proxy in between may answer with a page of its own; the status tells
  }
}

export async function ask(method, path, body, signal) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await reach(path, { method, headers: headers(type), signal: within(ANSWER, signal), ...sent });
  const answer = await content(response);
  if (response.ok) return answer;
  const error = answer.errors?.[0];
  throw new Problem(error?.message ?? '', response.status, error?.extensions?.field);
}

export async function graphql(query, variables = {}) {
  const answer = await ask('POST', '/graphql', { query, variables });
  if (answer.errors?.length) throw new Problem(answer.errors[0].message, 200);
  return answer.data;
}

// Hands each event of the stream to `take(name, content)` until it ends. Throws Problem when it is refused or the line breaks.
export async function follow(path, take, signal) {
  const quiet = new AbortController();
  let waiting;
  const wait = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => quiet.abort(new Problem('', 0)), QUIET);
  };
  wait();
  try {
    await read(path, take, AbortSignal.any([signal, quiet.signal]), wait);
  } finally {
    clearTimeout(waiting);
  }
}

async function read(path, take, signal, lives) {
  const response = await reach(path, { headers: headers({ accept: 'text/event-stream' }), signal, cache: 'no-store' });
  if (!response.ok || !response.body) {
    const answer = await content(response);
    throw new Problem(answer.errors?.[0]?.message ?? '', response.status);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      lives();
      const parts = (rest + value).split('\n\n');
      rest = parts.pop();
      for (const part of parts) heard(part, take);
    }
  } catch (error) {
    broken(error);
  } finally {
    reader.cancel().catch(() => {});
  }
}

function heard(part, take) {
  let name = '';
  let data = '';
  for (const line of part.split('\n')) {
    if (line.startsWith('event: ')) name = line.slice(7);
    else if (line.startsWith('data: ')) data += line.slice(6);
  }
  take(name, data ? JSON.parse(data) : null); // a comment (a sign of life) comes through as '' and null
}

export const freshId = () =>
  crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, '0')).join('');
