// The strip above the explorer: who is signed in, and the form to sign in with a name and a password, or a login of the organisation.
// The cookie that POST /session sets is HttpOnly: this page never sees the token.
import { useEffect, useState } from 'react';

const PROJECTS_SHOWN = 3; // an operator sees thousands

// Why the browser came back from another login without a session (docs/identity.md).
const BACK = {
  away: 'The sign-in service did not answer 9rum just now. Try again in a moment.',
  begin: 'That sign-in was not begun in this browser, or it took too long. Begin it again here.',
  limit: 'There were too many failed sign-ins from your network. Try again in a few minutes.',
  refused: 'Your organisation’s login was not accepted here. Try again; when it stays so, ask whoever runs 9rum.',
};

function takenRefusal() {
  const code = new URLSearchParams(location.search).get('sign-in');
  if (code === null) return '';
  history.replaceState(null, '', location.pathname + location.hash);
  return BACK[code] ?? BACK.refused;
}

async function ask(method, body, path = '/session') {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: body ? { 'content-type': 'application/json', accept: 'application/json' } : { accept: 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = response.status === 204 ? '' : await response.text();
  let answer = {};
  try {
    answer = text ? JSON.parse(text) : {};
  } catch {
    // Not ours (a proxy's page): the status alone tells.
  }
  return { ok: response.ok, message: answer.errors?.[0]?.message ?? `Sign-in answered HTTP ${response.status}.`, answer };
}

export function useSession() {
  const [session, setSession] = useState({ state: 'asking', person: null });
  const refresh = async () => {
    const { ok, answer } = await ask('GET');
    setSession({ state: 'known', person: ok && answer.user ? answer : null });
  };
  useEffect(() => {
    refresh();
  }, []);
  return { ...session, refresh };
}

export function SessionStrip({ session }) {
  const [problem, setProblem] = useState(takenRefusal);
  const [busy, setBusy] = useState(false);
  const logins = useLogins();

  async function go(name) {
    setBusy(true);
    try {
      const { ok, message, answer } = await ask('POST', { name, page: 'explorer' }, '/session/federated/begin');
      if (ok) location.assign(answer.url);
      setProblem(ok ? '' : message);
    } catch {
      setProblem('9rum did not answer.');
    } finally {
      setBusy(false);
    }
  }

  async function act(method, body) {
    setBusy(true);
    try {
      const { ok, message } = await ask(method, body);
      setProblem(ok ? '' : message);
      if (ok) await session.refresh();
    } catch {
      setProblem('9rum did not answer.');
    } finally {
      setBusy(false);
    }
  }

  function signIn(event) {
    event.preventDefault();
    const entries = [...new FormData(event.currentTarget)].filter(([, value]) => value !== '');
    act('POST', Object.fromEntries(entries));
  }

  return (
    <header className="strip">
      <h1>9rum</h1>
      {session.person ? (
        <Person person={session.person} busy={busy} signOut={() => act('DELETE')} />
      ) : (
        session.state === 'known' && (
          <form onSubmit={signIn} aria-label="Sign in">
            <Field name="user" label="User" autoComplete="username" required />
            <Field name="password" label="Password" type="password" autoComplete="current-password" required />
            <Field name="project" label="Project" hint="optional" />
            <Field name="domain" label="Domain" hint="optional" />
            <button type="submit" disabled={busy}>
              Sign in
            </button>
            {logins.map(({ name }) => (
              <button type="button" key={name} disabled={busy} onClick={() => go(name)}>
                {name}
              </button>
            ))}
          </form>
        )
      )}
      <p role="alert">{problem}</p>
    </header>
  );
}

// The logins of the organisation that the operator set up; without an answer there are none.
function useLogins() {
  const [logins, setLogins] = useState([]);
  useEffect(() => {
    ask('GET', undefined, '/session/federated').then(
      ({ answer }) => setLogins(answer.logins ?? []),
      () => {},
    );
  }, []);
  return logins;
}

function Person({ person, busy, signOut }) {
  const names = person.projects.map((project) => project.name);
  const more = names.length - PROJECTS_SHOWN;
  const shown = names.slice(0, PROJECTS_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return (
    <p className="person">
      <span>
        Signed in as <strong>{person.user.name}</strong>
        {shown && ` in ${shown}`}
      </span>
      <button type="button" disabled={busy} onClick={signOut}>
        Sign out
      </button>
    </p>
  );
}

function Field({ name, label, hint, ...input }) {
  return (
    <label>
      {label}
      <input name={name} placeholder={hint} spellCheck={false} autoCapitalize="off" {...input} />
    </label>
  );
}
