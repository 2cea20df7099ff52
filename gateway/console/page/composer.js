// Where one types: Enter sends, Shift+Enter makes a new line, the arrows walk through what was typed before and through
// suggestions, Tab takes one, Escape closes them.
import { classes, html, useEffect, useId, useLayoutEffect, useRef, useState } from './ui.js';
import { t } from './prefs.js';
import { complete } from './complete.js';
import { coded } from './blocks.js';

const NOTHING = { from: 0, to: 0, options: [] };

export function Composer({ chat, nouns, drafts, under, leave, say, roomName }) {
  const id = useId();
  const box = useRef(null);
  const room = chat.current;
  const [text, setText] = useState('');
  const [offer, setOffer] = useState(NOTHING);
  const [active, setActive] = useState(0);
  const [chosen, setChosen] = useState(false); // walked to by the arrows: Enter takes it instead of sending
  const past = useRef({ at: null, draft: '' });
  const caret = useRef(null);

  useEffect(() => {
    setText(drafts.get(room) ?? '');
    setOffer(NOTHING);
    past.current = { at: null, draft: '' };
    // Where a finger points, the keyboard of the screen would cover the conversation that was just opened.
    const touched = matchMedia('(pointer: coarse)').matches;
    (touched ? document.getElementById('main') : box.current).focus({ preventScroll: true });
  }, [room]);
  useEffect(() => {
    addEventListener('keydown', elsewhere);
    return () => removeEventListener('keydown', elsewhere);
  }, []);
  useEffect(() => {
    if (under) box.current.focus();
  }, [under]);
  useLayoutEffect(() => {
    const area = box.current;
    if (caret.current !== null) area.setSelectionRange(caret.current, caret.current);
    caret.current = null;
    area.rows = Math.min(8, text.split('\n').length);
  }, [text]);

  useEffect(() => {
    // The commands came, or in another language, while something is typed already.
    if (text && document.activeElement === box.current) suggest(text, box.current.selectionStart);
  }, [nouns]);

  const open = offer.options.length > 0;
  const close = () => setOffer(NOTHING);

  function put(value, place = null) {
    caret.current = place;
    drafts.set(room, value);
    setText(value);
  }

  function suggest(value, place) {
    setOffer(complete(nouns, value, place));
    setActive(0);
    setChosen(false);
  }

  function take(option) {
    const { from, to } = offer;
    const word = option.text.endsWith('=') ? option.text : `${option.text} `;
    const value = text.slice(0, from) + word + text.slice(to).trimStart();
    put(value, from + word.length);
    suggest(value, from + word.length);
  }

  // What one types or pastes belongs here, wherever one clicked last, unless something there takes letters itself.
  function elsewhere(event) {
    const control = event.ctrlKey || event.metaKey;
    const letter = event.key.length === 1 && event.key !== ' ' && !control && !event.altKey;
    const paste = control && event.key.toLowerCase() === 'v';
    if ((letter || paste) && !event.target.closest?.('input, select, textarea, dialog')) box.current.focus();
  }

  function left() {
    leave();
    box.current.focus();
  }

  function send() {
    box.current.focus();
    const said = text.trim();
    if (!said) return;
    put('');
    close();
    past.current = { at: null, draft: '' };
    say(said);
  }

  // Up and down on the first and the last line lead through what was typed here before.
  function walk(step) {
    const typed = chat.typed();
    const from = past.current.at ?? typed.length;
    const at = from + step;
    if (at < 0 || at > typed.length) return false;
    if (past.current.at === null) past.current.draft = text;
    past.current.at = at === typed.length ? null : at;
    const value = at === typed.length ? past.current.draft : typed[at];
    close();
    put(value, value.length);
    return true;
  }

  function key(event) {
    if (event.isComposing || event.keyCode === 229) return; // an input method is at work: Hangul is typed by pieces
    const { selectionStart, selectionEnd } = box.current;
    const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!plain) return;
    const taken = () => event.preventDefault();
    if (event.key === 'Escape' && (open || under)) {
      taken();
      if (open) close();
      else leave();
    } else if (event.key === 'Enter') {
      taken();
      if (open && chosen) take(offer.options[active]);
      else send();
    } else if (event.key === 'Tab' && open) {
      taken();
      take(offer.options[active]);
    } else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && open && past.current.at === null) {
      taken();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((chosen || step < 0 ? active + step + offer.options.length : active) % offer.options.length);
      setChosen(true);
    } else if (event.key === 'ArrowUp' && selectionStart === selectionEnd && !text.slice(0, selectionStart).includes('\n')) {
      if (walk(-1)) taken();
    } else if (event.key === 'ArrowDown' && selectionStart === selectionEnd && !text.slice(selectionEnd).includes('\n')) {
      if (walk(1)) taken();
    }
  }

  function typed(event) {
    past.current = { at: null, draft: '' };
    put(event.target.value);
    suggest(event.target.value, event.target.selectionStart);
  }

  return html`<div class="composer">
    ${under && html`<p class="under"><span>${t('compose.under', { text: under.text })}</span>
      <button type="button" class="quiet" onClick=${left}>${t('compose.leave')}</button></p>`}
    ${open && html`<${Suggestions} id=${id} offer=${offer} active=${active} take=${take} />`}
    <form onSubmit=${(event) => { event.preventDefault(); send(); }}>
      <label class="unseen" for=${`${id}-text`}>${t('compose.label', { room: roomName })}</label>
      <textarea id=${`${id}-text`} ref=${box} rows="1" value=${text} placeholder=${t('compose.placeholder')}
        autocomplete="off" autocapitalize="off" autocorrect=${false} spellcheck=${false} enterkeyhint="send"
        aria-autocomplete="list" aria-controls=${open ? `${id}-list` : null} aria-activedescendant=${open ? `${id}-${active}` : null}
        aria-describedby=${`${id}-hint`} onInput=${typed} onKeyDown=${key} onBlur=${close}></textarea>
      <button type="submit" class="primary" aria-disabled=${text.trim() ? null : 'true'}>${t('compose.send')}</button>
    </form>
    <p class="note hint" id=${`${id}-hint`}>${t('compose.hint')}</p>
    <p class="unseen" role="status">${open ? t('compose.offered', { count: offer.options.length, first: offer.options[active]?.text ?? '' }) : ''}</p>
  </div>`;
}

function Suggestions({ id, offer, active, take }) {
  const list = useRef(null);
  useLayoutEffect(() => {
    list.current.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active, offer]);
  return html`<ul class="suggestions" role="listbox" id=${`${id}-list`} ref=${list} aria-label=${t('compose.suggestions')}
    onMouseDown=${(event) => event.preventDefault()}>
    ${offer.options.map(
      (option, at) => html`<li key=${option.text} id=${`${id}-${at}`} role="option" aria-selected=${at === active ? 'true' : 'false'}
        class=${classes(at === active && 'active')} onClick=${() => take(option)}>
        <code>${option.text}</code>${option.required && html`<span class="must">${t('compose.required')}</span>`}<span class="note">${coded(option.hint)}</span>
      </li>`,
    )}
  </ul>`;
}
