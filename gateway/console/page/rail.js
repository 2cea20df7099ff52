// The rooms of a person, with what came in meanwhile. Other lists join it later, each under its own heading.
import { classes, html, useId, useState } from './ui.js';
import { t } from './prefs.js';

const FILTER_FROM = 10; // rooms; fewer are seen at a glance
const MOST = 200; // shown at once

export function Rail({ chat, nameOf, close, person }) {
  const id = useId();
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const found = chat.rooms.filter((room) => !wanted || nameOf(room).toLowerCase().includes(wanted));

  function open(room) {
    chat.open(room.id);
    close();
  }

  return html`<nav class="rail" id="rail" aria-labelledby=${`${id}-title`}>
    <h2 id=${`${id}-title`}>${t('rooms')}</h2>
    ${chat.rooms.length >= FILTER_FROM &&
    html`<label class="unseen" for=${`${id}-filter`}>${t('rooms.filter')}</label>
      <input id=${`${id}-filter`} type="search" value=${filter} placeholder=${t('rooms.filter')} onInput=${(event) => setFilter(event.target.value)} />`}
    <ul>
      ${found.slice(0, MOST).map((room) => html`<li key=${room.id}><${Entry} room=${room} name=${nameOf(room)} chat=${chat} open=${open} /></li>`)}
    </ul>
    ${found.length > MOST && html`<p class="note">${t('rooms.more', { count: found.length - MOST })}</p>`}
    ${found.length === 0 && html`<p class="note">${t('rooms.none')}</p>`}
    <p class="person note">${t('bar.person')} <strong>${person.user.name}</strong></p>
  </nav>`;
}

function Entry({ room, name, chat, open }) {
  const here = room.id === chat.current;
  const count = chat.unread.get(room.id) ?? 0;
  return html`<button type="button" class=${classes(here && 'here', count > 0 && 'news')} aria-current=${here ? 'page' : null} onClick=${() => open(room)}>
    <span class="sign" aria-hidden="true">${room.direct ? '☁' : '#'}</span>
    <span class="name" title=${name}>${name}</span>
    ${count > 0 && html`<span class="count"><span aria-hidden="true">${count > 99 ? '99+' : count}</span><span class="unseen">${t('rooms.unread', { count })}</span></span>`}
  </button>`;
}
