// Carries GraphiQL's operations to our own origin: queries by fetch, subscriptions by graphql-transport-ws.
// Identity is the session cookie, or an X-Auth-Token written in GraphiQL's header editor.
import { getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-ws';

const ENDPOINT = '/graphql';
const TOKEN_HEADER = 'x-auth-token';

function tokenOf(headers) {
  const name = Object.keys(headers).find((key) => key.toLowerCase() === TOKEN_HEADER);
  return name ? headers[name] : undefined;
}

async function post(params, headers) {
  const response = await fetch(ENDPOINT, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...headers,
    },
    body: JSON.stringify(params),
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    // A proxy in between may answer with a page of its own.
    return { errors: [{ message: `The answer was not JSON (HTTP ${response.status}).` }] };
  }
}

export function createFetcher() {
  const address = new URL(ENDPOINT, window.location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';

  function subscribe(params, headers) {
    // One connection per subscription: it carries the identity of the moment it was started with, and a lost one
    // is shown rather than opened again, since events may have been missed.
    const token = tokenOf(headers);
    const client = createClient({ url: address.href, connectionParams: token ? { token } : {}, retryAttempts: 0 });
    const results = client.iterate(params);
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => results.next().catch((reason) => Promise.reject(explain(reason))),
        return: () => {
          client.dispose();
          return results.return();
        },
      }),
    };
  }

  return (params, options) => {
    const headers = options?.headers ?? {};
    return isSubscription(params) ? subscribe(params, headers) : post(params, headers);
  };
}

// Read from the text itself: the tree that GraphiQL passes along is of a moment before the last key.
function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    return false; // the server says what is wrong with it
  }
}

function explain(reason) {
  if (typeof CloseEvent !== 'undefined' && reason instanceof CloseEvent) {
    const error = new Error(`The WebSocket was closed: ${reason.reason || 'no reason given'} (${reason.code}).`);
    delete error.stack; // GraphiQL would show it, and it tells the reader nothing
    return error;
  }
  return reason;
}
