// One request with the replies under it. An answer shows the chat command and the GraphQL document that it came from.
import { classes, html, steady, useId } from './ui.js';
import { fullTime, t, time } from './prefs.js';
import { Attached, Blocks, coded, Listing, Tone } from './blocks.js';
import { laidOut } from './document.js';

export const Thread = steady(({ entry, replies, me, picked, wide, left, acts }) => {
  const shared = { me, picked, wide, acts };
  return html`<li class="thread">
    <${Line} entry=${entry} ...${shared} />
    ${replies.length > 0 &&
    html`<ol class="replies" aria-label=${t('entry.replies')}>
      ${replies.map((reply) => html`<li key=${reply.id}><${Line} entry=${reply} ...${shared} /></li>`)}
    </ol>`}
    ${left &&
    html`<p class="note left"><span>${t('form.left')}</span> <button type="button" onClick=${() => acts.reopen(entry)}>${t('form.open')}</button></p>`}
  </li>`;
});

const Line = steady(({ entry, ...rest }) => (entry.message ? html`<${Answer} entry=${entry} ...${rest} />` : html`<${Said} entry=${entry} ...${rest} />`));

function Said({ entry, me, acts }) {
  const mine = entry.author?.id === me?.id;
  return html`<article class=${classes('said', mine && 'mine', entry.sending)} id=${`entry-${entry.id}`} tabindex="-1">
    <header>
      <span class="who">${mine ? t('you') : (entry.author?.name ?? '')}</span>
      <${When} entry=${entry} />
      ${entry.to && html`<span class="only">${t('entry.only')}</span>`}
      <button type="button" class="quiet" onClick=${() => acts.reply(entry)} aria-label=${t('entry.reply.what', { text: short(entry.text) })}>
        ${t('entry.reply')}
      </button>
    </header>
    <p class="typed" ...${scrolls(entry.text)}>${entry.text}</p>
    ${entry.sending === 'failed' &&
    html`<p class="failed" role="alert">
      <span>${coded(t('send.failed', { problem: entry.problem }))}</span>
      <button type="button" onClick=${() => acts.again(entry)}>${t('send.again')}</button>
      <button type="button" class="quiet" onClick=${() => acts.drop(entry)}>${t('send.drop')}</button>
    </p>`}
  </article>`;
}

// What is too high to be shown whole is scrolled, by keys as well.
const scrolls = (text) => (text.length > 250 || text.split('\n').length > 8 ? { tabindex: 0, role: 'group', 'aria-label': short(text) } : {});

function Answer({ entry, picked, wide, acts }) {
  const id = useId();
  const { message } = entry;
  const open = picked === entry.id;
  const details = message.source || message.blocks.some((block) => block.type === 'buttons');
  return html`<article class=${classes('answer', message.tone, open && 'picked')} id=${`entry-${entry.id}`} aria-label=${message.summary} tabindex="-1">
    <header>
      <${Tone} tone=${message.tone} />
      <span class="who">9rum</span>
      <${When} entry=${entry} />
      ${entry.to && html`<span class="only">${t('entry.only')}</span>`}
      ${details &&
      html`<button type="button" class="quiet" aria-expanded=${open} aria-controls=${open ? (wide ? 'detail' : id) : null}
        aria-label=${t('entry.details.what', { text: short(message.summary) })} onClick=${() => acts.pick(entry)}>
        ${t('entry.details')}
      </button>`}
    </header>
    ${open && !wide && html`<div class="inline" id=${id}><${Details} entry=${entry} /></div>`}
    <div class="blocks">
      ${message.blocks.length ? html`<${Blocks} message=${message} entry=${entry} press=${acts.press} />` : html`<p>${message.summary}</p>`}
      ${message.file && html`<${Attached} file=${message.file} />`}
    </div>
  </article>`;
}

// What ran: the command, the document, its variables; and what each button of the answer would run.
export function Details({ entry }) {
  const { source, blocks } = entry.message;
  const buttons = blocks.flatMap((block) => (block.type === 'buttons' ? block.buttons : []));
  return html`<div class="details">
    ${source?.command && html`<${Listing} title=${t('details.command')} text=${source.command} />`}
    ${source?.document && html`<${Listing} title=${t('details.document')} text=${laidOut(source.document)} />`}
    ${source && Object.keys(source.variables ?? {}).length > 0 &&
    html`<${Listing} title=${t('details.variables')} text=${JSON.stringify(source.variables, null, 2)} />`}
    ${buttons.length > 0 &&
    html`<p class="subhead">${t('details.buttons')}</p>
      <dl class="runs">
        ${buttons.map(
          (button, at) => html`<div key=${at}>
            <dt>${button.label}</dt>
            <dd><code>${button.command}</code>${button.document && html`<pre tabindex="0" role="group" aria-label=${button.label}><code>${laidOut(button.document)}</code></pre>`}</dd>
          </div>`,
        )}
      </dl>`}
    <p class="note">
      ${t('details.at', { time: fullTime(entry.at) })}${entry.edited_at && html`<br />${t('details.edited', { time: fullTime(entry.edited_at), count: entry.version - 1 })}`}
    </p>
  </div>`;
}

function When({ entry }) {
  if (entry.sending === 'now' || entry.sending === 'sent') return html`<span class="note">${t('send.now')}</span>`;
  return html`<time datetime=${new Date(entry.at * 1000).toISOString()} title=${fullTime(entry.at)}>${time(entry.at)}</time>`;
}

const short = (text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
