// The explorer page: GraphiQL over our own graph, with a strip to sign in. Everything comes from our origin.
import './workers.js';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './style.css';

import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { useEffect, useMemo } from 'react';
import { createRoot } from 'react-dom/client';

import { createFetcher } from './fetcher.js';
import { SessionStrip, useSession } from './session.jsx';

const FIRST_QUERY = `# Ctrl+Enter runs the query,
# Ctrl+Space completes a name.
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
        {session.state === 'known' && (
          // Headers are never kept: a token written there must not outlive the page.
          <GraphiQL fetcher={fetcher} defaultQuery={FIRST_QUERY} shouldPersistHeaders={false}>
            <FollowSystemTheme />
          </GraphiQL>
        )}
      </main>
    </>
  );
}

// GraphiQL reads the system's scheme once; without this its editors stay dark text on a page that turned dark.
function FollowSystemTheme() {
  const { setTheme } = useGraphiQLActions();
  const theme = useGraphiQL((state) => state.theme);
  useEffect(() => {
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const follow = () => theme === null && setTheme(null);
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, [theme, setTheme]);
  return null;
}

createRoot(document.getElementById('page')).render(<Page />);
