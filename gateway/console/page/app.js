// The console: a rail of rooms, the conversation, and beside it the details of an answer. Later panes (resources, alerts,
// operations, a timeline) join as entries of the rail and as other contents of the side.
import { behindHash, classes, html, useEffect, useLayoutEffect, useMemo, useRef, useState } from './ui.js';
import { ask, graphql } from './api.js';
import { coded } from './blocks.js';
import { Chat } from './chat.js';
import { COMMANDS, indexed } from './complete.js';
import { Composer } from './composer.js';
import { Details } from './entry.js';
import { FormDialog } from './formdialog.js';
import { Bar } from './bar.js';
import { Rail } from './rail.js';
import { t } from './prefs.js';
import { Asking, SignIn } from './signin.js';
import { Talk } from './talk.js';

export function Console({ session, language }) {
  if (session.person === undefined) return html`<${Bar} /><main id="main" class="middle"><${Asking} session=${session} /></main>`;
  if (session.person === null) {
    if (!session.ended) kept = null;
    return html`<${Bar} /><main id="main" class="middle"><${SignIn} session=${session} note=${session.ended ? t('sign.ended') : t('sign.note')} page="console" /></main>`;
  }
  return html`<${Room} key=${session.person.user.id} session=${session} language=${language} />`;
}

// What was typed on this page outlives a session that ended meanwhile, for the same person: {person, drafts: Map(room id -> text), forms}.
let kept = null;

function keptOf(person) {
  if (kept?.person !== person.user.id) kept = { person: person.user.id, drafts: new Map(), forms: [] };
  return kept;
}

function useChat(session, { drafts, forms }) {
  const [, again] = useState({});
  const [spoken, setSpoken] = useState({ text: '', turn: 0 }); // a turn each: the same words are read out again
  const [problem, setProblem] = useState('');
  const unsent = ({ room, text }) => drafts.set(room, [text, drafts.get(room)].filter(Boolean).join('\n'));
  const alarm = (text) => setSpoken(({ turn }) => ({ text, turn: turn + 1 }));
  const chat = useMemo(() => new Chat({ changed: () => again({}), alarm, lost: session.lost, unsent, forms }), []);
  const begin = () => {
    setProblem('');
    chat.start(behindHash()).catch((error) => chat.failed(error, setProblem));
  };
  useEffect(() => {
    begin();
    return () => {
      chat.stop();
      document.title = '9rum';
    };
  }, []);
  return { chat, spoken, problem, begin };
}

function useWide() {
  const query = useMemo(() => matchMedia('(min-width: 62.5em)'), []);
  const [wide, setWide] = useState(query.matches);
  useEffect(() => {
    const changed = () => setWide(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return wide;
}

function Room({ session, language }) {
  const mine = useMemo(() => keptOf(session.person), []);
  const { chat, spoken, problem, begin } = useChat(session, mine);
  const wide = useWide();
  const [nouns, setNouns] = useState(new Map());
  const [under, setUnder] = useState(null); // the request that the next words go under
  const [refused, setRefused] = useState('');
  const [menu, setMenu] = useState(false);
  const nameOf = (room) => (room ? (room.direct ? t('room.direct') : room.name) : '');

  const acts = useMemo(
    () => ({
      nameOf,
      reply: (entry) => setUnder({ room: entry.room, id: entry.thread ?? entry.id, text: entry.text }),
      say: (text) => chat.say(text),
      reopen: (entry) => chat.reopen(entry.id),
      again: (entry) => chat.send(entry),
      drop: (entry) => chat.drop(entry),
      pick: (entry) => chat.pick(entry),
      press: async (entry, button) => {
        setRefused('');
        try {
          await chat.press(entry, button);
        } catch (error) {
          chat.failed(error, setRefused);
        }
      },
    }),
    [chat, language],
  );

  const lost = chat.line === 'waiting';
  const told = useRef(null); // the language in which the commands are known: what was not told is asked for when the line is back
  useEffect(() => {
    if (lost || told.current === language) return;
    let mine = true; // the language may be changed again before the answer is here
    const words = ask('GET', '/chat/words').then((answer) => answer.words, () => ({})); // without, they are read in English
    Promise.all([graphql(COMMANDS), words])
      .then(([{ commands }, known]) => {
        if (!mine) return;
        told.current = language;
        setNouns(indexed(commands, known));
      }, () => {}); // without, nothing is suggested and all works
    return () => {
      mine = false;
    };
  }, [language, lost]);
  useEffect(() => {
    setUnder(null);
    setRefused('');
  }, [chat.current]);
  // At once: written later, it would undo a step forward that came right after a step back.
  useLayoutEffect(() => addressed(chat), [chat.current]);
  useEffect(() => {
    const moved = () => {
      const room = chat.room(behindHash());
      if (!room) addressed(chat);
      else if (room.id !== chat.current) chat.open(room.id);
    };
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  useEffect(() => {
    document.title = chat.room() ? `${nameOf(chat.room())} · 9rum` : '9rum';
  }, [chat.current, language]);
  const shut = () => {
    setMenu(false);
    if (menu) document.getElementById('rooms').focus(); // which is out of sight where the rooms always stand
  };
  useLayoutEffect(() => {
    const escaped = (event) => event.key === 'Escape' && shut();
    if (menu) addEventListener('keydown', escaped);
    return () => removeEventListener('keydown', escaped);
  }, [menu]);

  if (!chat.me) {
    const shown = problem ? html`<p class="failed" role="alert">${coded(problem)} <button type="button" onClick=${begin}>${t('again')}</button></p>` : html`<p class="note" role="status">${t('loading')}</p>`;
    return html`<${Bar} session=${session} /><main id="main" class="middle">${shown}</main>`;
  }
  const room = chat.room();
  const say = (text) => {
    chat.say(text, under?.id);
    setUnder(null);
  };
  return html`<a class="skip" href="#main" onClick=${toMain}>${t('skip')}</a>
    <${Bar} session=${session} menu=${menu} setMenu=${setMenu} />
    <div class=${classes('panes', menu && 'menu')}>
      <${Rail} chat=${chat} nameOf=${nameOf} close=${shut} person=${session.person} />
      <main id="main" tabindex="-1" onClick=${() => setMenu(false)}>
        <header class="room">
          <h1 title=${nameOf(room)}>${nameOf(room)}</h1>
          <p class="note">${room.direct ? t('room.direct.note') : t('room.project.note')}</p>
        </header>
        <${Line} chat=${chat} />
        ${refused && html`<p class="banner bad" role="alert"><span>${coded(refused)}</span> <button type="button" class="quiet" onClick=${() => setRefused('')}>${t('close')}</button></p>`}
        <${Talk} chat=${chat} wide=${wide} acts=${acts} />
        <${Composer} chat=${chat} nouns=${nouns} drafts=${mine.drafts} under=${under} leave=${() => setUnder(null)} say=${say} roomName=${nameOf(room)} />
      </main>
      ${wide && html`<${Side} chat=${chat} />`}
    </div>
    <p class="unseen" role="status" aria-live="polite"><span key=${spoken.turn}>${spoken.text}</span></p>
    ${chat.form && html`<${FormDialog} key=${chat.form.sent} form=${chat.form} fill=${(form, values) => chat.fill(form, values)} close=${() => chat.closeForm()} />`}`;
}

// The room stands in the address: the browser's way back leads to the room before.
function addressed(chat) {
  const { current } = chat;
  if (!current || behindHash() === current) return;
  const put = chat.room(behindHash()) ? 'pushState' : 'replaceState'; // what names no room leads nowhere
  history[put](null, '', `#${encodeURIComponent(current)}`);
}

function toMain(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

// Says so when nothing comes through, after a moment: a line that is back at once is no news.
function Line({ chat }) {
  if (chat.line !== 'waiting') return null;
  return html`<p class="banner late" role="status">${t('line.lost')} <button type="button" class="quiet" onClick=${() => chat.retry?.()}>${t('line.now')}</button></p>`;
}

function Side({ chat }) {
  const entry = chat.detailed();
  const pinned = entry && entry.id === chat.picked;
  const box = useRef(null);
  useEffect(() => {
    if (pinned) box.current?.scrollTo(0, 0);
  }, [entry?.id]);
  function followed() {
    chat.pick(null);
    box.current.focus(); // the button goes
  }
  return html`<aside id="detail" ref=${box} aria-label=${t('details')} tabindex="0">
    <h2>${pinned ? t('details') : t('details.newest')}</h2>
    ${pinned && html`<button type="button" onClick=${followed}>${t('details.follow')}</button>`}
    ${entry
      ? html`<p><strong>${entry.message.summary}</strong></p><${Details} entry=${entry} />`
      : html`<p class="note">${t('details.none')}</p>`}
  </aside>`;
}
