// Who is signed in: asks /session, signs in and out. The page never sees a token.
import { useCallback, useEffect, useRef, useState } from './ui.js';
import { Problem, ask } from './api.js';
import { t } from './prefs.js';

// A sentence for any problem, also where the gateway gave none.
export function sentence(problem) {
  if (!(problem instanceof Problem)) throw problem;
  if (problem.message) return problem.message;
  return problem.status === 0 ? t('problem.away') : t('problem.http', { status: problem.status });
}

// The tabs of a browser share the session: each tells the others when somebody signed in or out.
const tabs = new BroadcastChannel('9rum.session');

// person: undefined while asking, null when nobody is signed in, else {user, projects, operator}.
// refused: why another login let nobody in, until the next attempt.
export function useSession(cameBack) {
  const [person, setPerson] = useState(undefined);
  const [ended, setEnded] = useState(false);
  const [problem, setProblem] = useState('');
  const [refused, setRefused] = useState(cameBack);

  const now = useRef();
  now.current = person;

  const refresh = useCallback(async (heard) => {
    try {
      setPerson(await ask('GET', '/session'));
      setEnded(false);
      setProblem('');
    } catch (error) {
      setProblem(error.status === 401 ? '' : sentence(error));
      if (error.status !== 401) return; // it is not known, or as it was
      if (now.current) setEnded(heard?.data !== 'out'); // of another tab, where nobody signed out
      setPerson(null);
    }
  }, []);

  useEffect(() => {
    refresh().then(() => tabs.postMessage('looked')); // the browser may come back from another login
    tabs.addEventListener('message', refresh);
    return () => tabs.removeEventListener('message', refresh);
  }, []);

  const signIn = useCallback(async (given) => {
    setPerson(await ask('POST', '/session', given));
    tabs.postMessage('in');
    setEnded(false);
    setProblem('');
    setRefused(null);
  }, []);

  const signOut = useCallback(async () => {
    setProblem('');
    try {
      await ask('DELETE', '/session');
    } catch (error) {
      if (error.status !== 401) {
        setProblem(t('bar.out.failed', { why: sentence(error) })); // still signed in, and told so by the bar
        return;
      }
    }
    tabs.postMessage('out');
    setEnded(false);
    setPerson(null);
  }, []);

  const lost = useCallback(() => {
    setEnded(true);
    setPerson(null);
  }, []);

  const told = useCallback(() => setProblem(''), []);

  const again = useCallback(() => setRefused(null), []);

  return { person, ended, problem, refused, told, again, refresh, signIn, signOut, lost };
}
