// The conversation as data: rooms, their entries, what is being sent; kept up to date by the stream of events.
// Knows nothing of drawing: `changed` is called after each change, `alarm` with what a reader should hear, `lost` when the session
// has ended, `unsent` with what was not said because of that. `forms`: those that wait to be filled, the first one is shown.
import { Problem, ask, follow, freshId } from './api.js';
import { sentence } from './session.js';

const PAGE = 50;
const FIRST_WAIT = 500; // milliseconds; doubled with each failure
const LONGEST_WAIT = 30_000;
const KEPT = 2_000; // entries of the room that is shown: as many as the gateway keeps
const KEPT_AWAY = 200; // and of any other
const ASKED = 200; // of what this page sent last, forms that come for it are its own

// Comes with its own page, as the entries between do.
const beyond = (talk, entry) => talk.more && entry.at < talk.first;

export class Chat {
  constructor({ changed, alarm, lost, unsent, forms }) {
    Object.assign(this, { changed, alarm, lost, unsent, forms });
    this.me = null;
    this.rooms = [];
    this.current = null; // the id of the room that is shown
    this.talks = new Map(); // room id -> {entries: Map(id -> entry), first: how far back, loaded, loading, more, problem}
    this.unread = new Map(); // room id -> count
    this.line = 'connecting'; // connecting, live, waiting
    this.picked = null; // the entry whose details were asked for
    this.left = new Map(); // id of a request -> its form that was closed and not sent
    this.asked = new Map(); // id of what this page sent -> {room, thread}, the oldest first
    this.began = null; // the gateway's time when the rooms were read first
    this.newest = null; // the newest time of a change that the stream told of; at first as `began`
    this.stopping = new AbortController();
  }

  stop() {
    this.stopping.abort();
  }

  get form() {
    return this.forms[0] ?? null;
  }

  // -- rooms ---------------------------------------------------------------------------------------------------------

  async start(wanted) {
    await this.readRooms(wanted);
    this.listen();
  }

  async readRooms(wanted) {
    const { rooms, me, at } = await ask('GET', '/chat/rooms', undefined, this.stopping.signal);
    if (this.me && this.me.id !== me.id) throw new Problem('', 401); // somebody else signed in meanwhile, in another tab
    this.me = me;
    this.rooms = rooms;
    this.began ??= at;
    this.newest ??= at; // what is said from here on is caught up with, also when nothing was heard before the line is lost
    const known = (id) => rooms.some((room) => room.id === id);
    if (!known(this.current)) this.open(known(wanted) ? wanted : rooms[0].id);
    this.changed();
  }

  room(id = this.current) {
    return this.rooms.find((room) => room.id === id);
  }

  talk(id = this.current) {
    if (!this.talks.has(id)) this.talks.set(id, { entries: new Map(), first: Infinity, loaded: false, loading: false, more: true, problem: '' });
    return this.talks.get(id);
  }

  open(id) {
    const left = this.current;
    this.current = id;
    if (left) this.bound(left);
    this.picked = null;
    this.unread.delete(id);
    if (!this.talk().loaded) this.older();
    this.changed();
  }

  async older(id = this.current) {
    const talk = this.talk(id);
    if (talk.loading || (talk.loaded && !talk.more)) return;
    talk.loading = true;
    talk.problem = '';
    this.changed();
    try {
      const before = Number.isFinite(talk.first) ? `&before=${talk.first}` : '';
      const { messages } = await ask('GET', `${this.path(id)}?limit=${PAGE}${before}`, undefined, this.stopping.signal);
      for (const entry of messages) this.put(entry);
      talk.first = Math.min(talk.first, ...messages.map((entry) => entry.at));
      talk.more = messages.length === PAGE;
      for (const entry of talk.entries.values()) if (beyond(talk, entry)) talk.entries.delete(entry.id);
      talk.loaded = true;
    } catch (error) {
      this.failed(error, (text) => (talk.problem = text));
    } finally {
      talk.loading = false;
      this.changed();
    }
  }

  // Keeps the newest entries of a room; those before come again with their page.
  bound(id) {
    const talk = this.talk(id);
    const most = id === this.current ? KEPT : KEPT_AWAY;
    if (talk.loading || talk.entries.size <= most) return;
    const kept = [...talk.entries.values()].sort((a, b) => a.at - b.at).slice(-most);
    talk.entries = new Map(kept.map((entry) => [entry.id, entry]));
    if (talk.loaded) Object.assign(talk, { first: kept[0].at, more: true });
  }

  path(id) {
    return `/chat/rooms/${encodeURIComponent(id)}/messages`;
  }

  // -- what comes ----------------------------------------------------------------------------------------------------

  put(entry) {
    const { entries } = this.talk(entry.room);
    const known = entries.get(entry.id);
    if (known && !known.sending && known.version >= entry.version) return null;
    entries.set(entry.id, entry);
    return { known };
  }

  heard(entry) {
    // The stream tells what was missed in its order, so all before this one was heard; pages of one room's history say nothing of others.
    const when = entry.edited_at ?? entry.at;
    this.newest = Math.max(this.newest, when);
    const talk = this.talk(entry.room);
    if (talk.loaded && beyond(talk, entry) && !talk.entries.has(entry.id)) return;
    const put = this.put(entry);
    if (!put) return;
    if (!put.known) this.bound(entry.room);
    if (when < this.began) return this.changed(); // told because clocks differ a little; no news to somebody who has just come
    const ours = entry.author?.id === this.me.id;
    if (entry.room !== this.current && !put.known && !ours) {
      this.unread.set(entry.room, (this.unread.get(entry.room) ?? 0) + 1);
    }
    // A progress bar that moves is not read out; a new answer and a changed outcome are.
    const before = put.known?.message;
    const news = entry.message && (!before || before.tone !== entry.message.tone);
    if (entry.room === this.current && news) this.alarm(entry.message.summary);
    else if (entry.room === this.current && entry.text && !ours) this.alarm(`${entry.author?.name ?? ''}: ${entry.text}`);
    this.changed();
  }

  // Remembers what is sent, and answers its id.
  asks(id, room, thread) {
    this.asked.set(id, { room, thread });
    if (this.asked.size > ASKED) this.asked.delete(this.asked.keys().next().value);
    return id;
  }

  formed(form) {
    const asked = this.asked.get(form.said);
    if (!asked) return; // another page or a terminal of this person asked for it, where it opens
    this.left.delete(asked.thread);
    this.forms.push({ ...form, ...asked, sent: freshId() }); // one id, however often it is sent
    this.changed();
  }

  async listen() {
    let wait = FIRST_WAIT;
    while (!this.stopping.signal.aborted) {
      try {
        await follow(`/chat/events?after=${this.newest.toFixed(6)}`, (name, content) => {
          if (name === 'ready') {
            wait = FIRST_WAIT;
            this.line = 'live';
            this.changed();
          } else if (name === 'entry') this.heard(content);
          else if (name === 'form') this.formed(content);
        }, this.stopping.signal);
      } catch (error) {
        if (this.failed(error, () => {})) return;
      }
      if (this.stopping.signal.aborted) return;
      this.line = 'waiting';
      this.changed();
      await this.pause(wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT);
      await this.again();
    }
  }

  // Rooms come and go with a person's rights; they are read anew before each new line.
  async again() {
    if (this.stopping.signal.aborted) return;
    try {
      await this.readRooms(this.current);
    } catch (error) {
      this.failed(error, () => {});
    }
  }

  // Waits, but not when the browser says that the network is back, or the reader asks.
  pause(milliseconds) {
    return new Promise((done) => {
      const ready = () => {
        clearTimeout(timer);
        removeEventListener('online', ready);
        this.stopping.signal.removeEventListener('abort', ready);
        this.retry = null;
        done();
      };
      const timer = setTimeout(ready, milliseconds);
      addEventListener('online', ready);
      this.stopping.signal.addEventListener('abort', ready);
      this.retry = ready;
    });
  }

  // True when nothing more will come: the page was left, or the session has ended.
  failed(error, tell) {
    if (error.name === 'AbortError') return true;
    if (error instanceof Problem && error.status === 401) {
      this.stop();
      this.lost();
      return true;
    }
    tell(sentence(error));
    return false;
  }

  // -- what goes -----------------------------------------------------------------------------------------------------

  say(text, thread) {
    const room = this.current;
    const last = Math.max(0, ...[...this.talk(room).entries.values()].map((entry) => entry.at));
    const at = Math.max(Date.now() / 1000, last + 0.001); // this machine's clock may be behind
    const entry = { id: freshId(), room, at, author: this.me, text, thread: thread ?? null, version: 0, sending: 'now' };
    this.talk(room).entries.set(entry.id, entry);
    return this.send(entry);
  }

  // Also for sending again: the same id is taken once, however often it comes.
  async send(entry) {
    const { entries } = this.talk(entry.room);
    const mark = (sending, problem) => {
      const now = entries.get(entry.id);
      if (now?.sending) entries.set(entry.id, { ...now, sending, problem });
      this.changed();
    };
    this.asks(entry.id, entry.room, entry.thread ?? entry.id);
    mark('now');
    try {
      const thread = entry.thread ? { thread: entry.thread } : {};
      await ask('POST', this.path(entry.room), { id: entry.id, text: entry.text, ...thread }, this.stopping.signal);
      mark('sent');
    } catch (error) {
      if (error.status === 401) this.unsent(entry);
      this.failed(error, (text) => mark('failed', text));
    }
  }

  drop(entry) {
    this.talk(entry.room).entries.delete(entry.id);
    this.changed();
  }

  // Throws Problem. A form that was closed here is opened as it was left, and not as the gateway has it.
  async press(entry, button) {
    const [request, form] = [...this.left].find(([, one]) => button.command === `form ${one.id}`) ?? [];
    if (form) return this.reopen(request);
    const id = this.asks(freshId(), entry.room, entry.thread ?? entry.id);
    await ask('POST', this.path(entry.room), { id, button: button.command, message: entry.id });
  }

  // Throws Problem.
  async fill(form, values) {
    const thread = form.thread ? { thread: form.thread } : {};
    const id = this.asks(form.sent, form.room, form.thread);
    try {
      await ask('POST', this.path(form.room), { id, form: form.id, values, ...thread });
      form.filled = true;
    } catch (error) {
      if (error.status === 401) this.failed(error, () => {}); // the form waits until one is signed in again
      throw error;
    }
  }

  closeForm() {
    const form = this.forms.shift();
    if (form?.thread && !form.filled) {
      const fields = form.fields.map((field) => (field.secret ? { ...field, initial: [] } : field));
      this.left.set(form.thread, { ...form, fields });
    }
    this.changed();
  }

  reopen(request) {
    this.forms.push(this.left.get(request));
    this.left.delete(request);
    this.changed();
  }

  pick(entry) {
    this.picked = entry && this.picked !== entry.id ? entry.id : null;
    this.changed();
  }

  // -- how it is shown -----------------------------------------------------------------------------------------------

  // Requests in their order, each with what belongs under it; a reply whose request is not there stands for itself.
  threads(id = this.current) {
    const { entries } = this.talk(id);
    const roots = new Map();
    const sorted = [...entries.values()].sort((a, b) => a.at - b.at);
    for (const entry of sorted) {
      const root = entry.thread && entries.has(entry.thread) ? this.rootOf(entries, entry) : entry;
      if (!roots.has(root.id)) roots.set(root.id, { entry: root, replies: [] });
      if (root !== entry) roots.get(root.id).replies.push(entry);
    }
    return [...roots.values()].sort((a, b) => a.entry.at - b.entry.at);
  }

  rootOf(entries, entry) {
    const seen = new Set();
    while (entry.thread && entries.has(entry.thread) && !seen.has(entry.id)) {
      seen.add(entry.id);
      entry = entries.get(entry.thread);
    }
    return entry;
  }

  // The answer whose details are shown beside the conversation: the picked one, else the newest that says what it ran.
  detailed() {
    const all = [...this.talk().entries.values()];
    const picked = all.find((entry) => entry.id === this.picked);
    if (picked) return picked;
    return all.filter((entry) => entry.message?.source).sort((a, b) => b.at - a.at)[0] ?? null;
  }

  // What this person typed here, oldest first.
  typed() {
    const mine = [...this.talk().entries.values()].filter((entry) => entry.text && entry.author?.id === this.me?.id);
    return mine.sort((a, b) => a.at - b.at).map((entry) => entry.text);
  }
}
