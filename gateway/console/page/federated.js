// Signing in through the organisation (Keystone's federation): a button for each login that the operator set up.
// The browser goes away and comes back, so what this page must still know then is kept for the tab meanwhile.
import { html, useEffect, useId, useState } from './ui.js';
import { ask } from './api.js';
import { t } from './prefs.js';
import { sentence } from './session.js';

const BACK = ['begin', 'refused', 'limit', 'away']; // what /session/federated tells, see sign.back.* in the texts
const KEPT = '9rum.link';

// Why the browser came back without a session; null when it did not. It leaves the address bar at once.
export function takenRefusal() {
  const code = new URLSearchParams(location.search).get('sign-in');
  if (code === null) return null;
  history.replaceState(null, '', location.pathname + location.hash);
  return BACK.includes(code) ? code : 'refused';
}

// The secret of a link that waits for its person, once.
export function takenFromTab() {
  try {
    const secret = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    return secret;
  } catch {
    return null; // a browser that keeps nothing: the bot's address is opened again
  }
}

function keepForTab(secret) {
  try {
    sessionStorage.setItem(KEPT, secret);
  } catch {
    // As above.
  }
}

export function Federated({ page, secret, told }) {
  const id = useId();
  const [logins, setLogins] = useState([]);
  const [leaving, setLeaving] = useState('');

  useEffect(() => {
    ask('GET', '/session/federated').then((answer) => setLogins(answer.logins ?? []), () => {}); // without, one signs in by password
    const back = () => setLeaving(''); // the browser shows the page as it was left
    addEventListener('pageshow', back);
    return () => removeEventListener('pageshow', back);
  }, []);

  async function go(name) {
    if (leaving) return;
    setLeaving(name);
    told('');
    try {
      const { url } = await ask('POST', '/session/federated/begin', { name, page });
      if (secret) keepForTab(secret);
      location.assign(url);
    } catch (error) {
      told(sentence(error));
      setLeaving('');
    }
  }

  if (logins.length === 0) return null;
  return html`<div class="federated" role="group" aria-labelledby=${id}>
    <p class="note" id=${id}>${t('sign.federated')}</p>
    ${logins.map(
      ({ name }) => html`<button type="button" class="wide" key=${name} aria-disabled=${leaving ? 'true' : null} onClick=${() => go(name)}>
        ${name === leaving ? t('sign.leaving') : name}
      </button>`,
    )}
  </div>`;
}
