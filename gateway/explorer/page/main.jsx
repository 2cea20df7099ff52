// The explorer page: GraphiQL over our own graph, with a strip to sign in. Everything comes from our origin.
import './workers.js';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './style.css';

import { GraphiQL } from 'graphiql';
import { useMemo } from 'react';
import { createRoot } from 'react-dom/client';

import { createFetcher } from './fetcher.js';
import { SessionStrip, useSession } from './session.jsx';

const FIRST_QUERY = `# Ctrl+Enter runs the query; Ctrl+Space completes.
{
  servers(first: 10) {
    totalCount
    freshness {
      source
      asOf
    }
    nodes {
      id
      name
      status
      project { name }
      image { name }
      flavor { name }
      addresses { ip }
    }
  }
}
`;

function Page() {
  const session = useSession();
  // A new fetcher makes GraphiQL ask for the schema again, which another person may see differently.
  const fetcher = useMemo(createFetcher, [session.person]);
  return (
    <>
      <SessionStrip session={session} />
      <main>
        {session.state === 'known' && <GraphiQL fetcher={fetcher} defaultQuery={FIRST_QUERY} shouldPersistHeaders={false} />}
      </main>
    </>
  );
}

createRoot(document.getElementById('page')).render(<Page />);
