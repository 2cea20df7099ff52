// node ws.mjs BASE_URL TOKEN QUERY VARIABLES: one operation by the graphql-ws client; prints {results, error}.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [base, token, query, variables] = process.argv.slice(2);
const client = createClient({
  url: `${base.replace(/^http/, 'ws')}/graphql`,
  webSocketImpl: WebSocket,
  connectionParams: token ? { token } : {},
  retryAttempts: 0,
});
const results = [];
let error = null;
try {
  for await (const result of client.iterate({ query, variables: JSON.parse(variables) })) results.push(result);
  await client.dispose();
} catch (reason) {
  // The errors of an `error` message, or how the connection was closed.
  error = Array.isArray(reason) ? { errors: reason } : { code: reason.code, reason: reason.reason ?? String(reason) };
}
process.stdout.write(JSON.stringify({ results, error }), () => process.exit(0));
