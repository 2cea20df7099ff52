// node audit.mjs BASE_URL TOKEN: the GraphQL-over-HTTP audit; prints [{id, name, status, reason}].
import { auditServer } from 'graphql-http';

const [base, token] = process.argv.slice(2);
const fetchFn = (url, init = {}) => fetch(url, { ...init, headers: { ...init.headers, 'x-auth-token': token } });
const results = await auditServer({ url: `${base}/graphql`, fetchFn });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
