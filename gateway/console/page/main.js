// Where the page begins: the console at `/`, linking a chat account at `/link`.
import { behindHash, html, render } from './ui.js';
import { Console } from './app.js';
import { takenRefusal } from './federated.js';
import { LinkPage, takenSecret } from './link.js';
import { usePrefs } from './prefs.js';
import { useSession } from './session.js';

const linking = location.pathname === '/link';
const refused = takenRefusal();
const secret = linking ? takenSecret() : null;

// A new address that is pasted over this one changes only what is behind the hash, for which no browser reads the page again.
if (linking) addEventListener('hashchange', () => behindHash() && location.reload());

function Page() {
  const { language } = usePrefs();
  const session = useSession(refused);
  return linking
    ? html`<${LinkPage} secret=${secret} session=${session} />`
    : html`<${Console} session=${session} language=${language} />`;
}

render(html`<${Page} />`, document.getElementById('page'));
