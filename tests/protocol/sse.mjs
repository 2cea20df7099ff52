// node sse.mjs BASE_URL TOKEN QUERY VARIABLES: one operation by the graphql-sse client (distinct connections); prints {results, error}.
import { createClient } from 'graphql-sse';

const [base, token, query, variables] = process.argv.slice(2);
const client = createClient({
  url: `${base}/graphql/stream`,
  singleConnection: false,
  headers: token ? { 'x-auth-token': token } : {},
  retryAttempts: 0,
});
const results = [];
let error = null;
try {
  for await (const result of client.iterate({ query, variables: JSON.parse(variables) })) results.push(result);
} catch (reason) {
  error = { message: reason.message, status: reason.response?.status ?? null };
}
process.stdout.write(JSON.stringify({ results, error }), () => process.exit(0));
