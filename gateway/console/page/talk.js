// The conversation of a room as a list that scrolls: older entries join at the top, new ones at the bottom, and what one
// reads stays where it is meanwhile.
import { html, useCallback, useEffect, useLayoutEffect, useRef, useState } from './ui.js';
import { coded } from './blocks.js';
import { t } from './prefs.js';
import { Thread } from './entry.js';

const NEAR = 48; // pixels from the end that still count as the end
const EARLY = 240; // pixels from the top where older entries are fetched

export function Talk({ chat, wide, acts }) {
  const box = useRef(null);
  const list = useRef(null);
  // 'end': the end is in view and stays there; 'follow': so after one has said something, until the answer fills the view; null: neither
  const pinned = useRef('end');
  const held = useRef(null); // {id, top} of the first entry in view
  const [below, setBelow] = useState(false);
  const room = chat.room();
  const talk = chat.talk();
  const threads = chat.threads();
  const focused = document.activeElement?.closest('article')?.id; // before this is drawn
  const newest = Math.max(0, ...[...talk.entries.values()].map((entry) => entry.at));

  const settle = useCallback(() => {
    const view = box.current;
    if (!view) return;
    const last = list.current.querySelector('.thread:last-child');
    if (pinned.current === 'follow' && last && last.offsetHeight > view.clientHeight) {
      // A long answer is read from its beginning.
      last.scrollIntoView({ block: 'start' });
      pinned.current = null;
      held.current = firstInView(view);
    } else if (pinned.current) {
      view.scrollTop = view.scrollHeight;
    } else if (held.current) {
      const element = document.getElementById(held.current.id);
      if (element) view.scrollTop += element.getBoundingClientRect().top - held.current.top;
    }
  }, []);

  const scrolled = useCallback(() => {
    const view = box.current;
    const end = view.scrollHeight - view.scrollTop - view.clientHeight < NEAR;
    pinned.current = end ? (pinned.current ?? 'end') : null;
    held.current = pinned.current ? null : firstInView(view);
    if (pinned.current) setBelow(false);
    if (view.scrollTop < EARLY && chat.talk().loaded) chat.older();
  }, [chat]);

  useLayoutEffect(() => {
    pinned.current = 'end';
    held.current = null;
    setBelow(false);
  }, [room?.id]);
  // What one says oneself is brought into view: at the end, or in the thread where it belongs.
  const saying = [...talk.entries.values()].findLast((entry) => entry.sending === 'now')?.id;
  useLayoutEffect(() => {
    const entry = talk.entries.get(saying);
    if (!entry) return;
    pinned.current = entry.thread ? null : 'follow';
    held.current = null;
    if (entry.thread) document.getElementById(`entry-${entry.id}`)?.scrollIntoView({ block: 'nearest' });
  }, [saying]);
  useLayoutEffect(settle);
  // A button that was pressed goes with what it was pressed for; one stays where one was.
  useLayoutEffect(() => {
    if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
  });
  // Pictures of the page change their height after they were drawn: a disclosure, a font, a narrower window.
  useEffect(() => {
    const watcher = new ResizeObserver(settle);
    watcher.observe(list.current);
    watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);
  useEffect(() => {
    if (!pinned.current) setBelow(true);
  }, [newest]);

  function toEnd() {
    pinned.current = 'end';
    setBelow(false);
    settle();
    box.current.focus();
  }

  return html`<div class="talk" ref=${box} onScroll=${scrolled} tabindex="0" role="region" aria-label=${t('talk', { room: acts.nameOf(room) })}>
    <div ref=${list}>
      <${Top} chat=${chat} talk=${talk} empty=${threads.length === 0} say=${acts.say} />
      <ol class="threads">
        ${threads.map(
          ({ entry, replies }) => html`<${Thread} key=${entry.id} entry=${entry} replies=${replies} me=${chat.me}
            picked=${holds(chat.picked, entry, replies)} wide=${wide} left=${leaves(chat.left.get(entry.id), replies)} acts=${acts} />`,
        )}
      </ol>
    </div>
    ${below && html`<button type="button" class="below" onClick=${toEnd}>${t('talk.below')}</button>`}
  </div>`;
}

const FIRST = ['help', 'server list']; // what one who has just come may want to see

function Top({ chat, talk, empty, say }) {
  if (talk.problem) {
    return html`<p class="top failed" role="alert">${coded(talk.problem)} <button type="button" onClick=${() => chat.older()}>${t('again')}</button></p>`;
  }
  if (talk.loading && !talk.loaded) return html`<p class="top note">${t('talk.loading')}</p>`;
  if (talk.more && talk.loaded) {
    return html`<p class="top"><button type="button" class="quiet" aria-disabled=${talk.loading ? 'true' : null} onClick=${() => chat.older()}>
      ${talk.loading ? t('talk.loading') : t('talk.older')}
    </button></p>`;
  }
  const chances = FIRST.map((text) => html`<button key=${text} type="button" onClick=${() => say(text)}><code>${text}</code></button>`);
  return empty ? html`<div class="top welcome"><h2>${t('talk.empty')}</h2><p>${t('talk.begin')}</p><div class="buttons">${chances}</div></div>` : html`<p class="top note">${t('talk.first')}</p>`;
}

// Only the thread that holds the picked entry must draw again when another one is picked.
const holds = (picked, entry, replies) => (picked && (entry.id === picked || replies.some((reply) => reply.id === picked)) ? picked : null);

// Whether a form was closed that no answer offers to open.
const leaves = (form, replies) => Boolean(form) && !replies.some((reply) => buttonsOf(reply).some(({ command }) => command === `form ${form.id}`));
const buttonsOf = ({ message }) => (message?.blocks ?? []).flatMap((block) => block.buttons ?? []);

function firstInView(view) {
  const top = view.getBoundingClientRect().top;
  const above = (element) => element.getBoundingClientRect().bottom <= top;
  const threads = view.querySelector('.threads').children;
  let [from, to] = [0, threads.length]; // they stand in order, and there may be thousands
  while (from < to) {
    const middle = (from + to) >> 1;
    if (above(threads[middle])) from = middle + 1;
    else to = middle;
  }
  const element = [...(threads[from]?.querySelectorAll('article') ?? [])].find((one) => !above(one));
  return element ? { id: element.id, top: element.getBoundingClientRect().top } : null;
}
