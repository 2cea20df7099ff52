// Draws neutral messages. Every text of the gateway becomes a text node: nothing in it can be markup, and only addresses of
// http and https become links.
import { classes, html, useId, useState } from './ui.js';
import { t } from './prefs.js';

const AGAIN = 600; // milliseconds until a button can be pressed again: the second half of a double click is no press
const LONG = 48; // characters of a cell that stay in one line
const PREVIEW = 20_000; // characters of a file that are shown in the page
const MARKS = { info: 'ℹ', good: '✓', wait: '…', warn: '!', bad: '!' };
const STEP_MARKS = { RUNNING: '…', DONE: '✓', FAILED: '✕' };

export function Spans({ text }) {
  return text.map((span, at) => html`<${Span} key=${at} span=${span} />`);
}

function Span({ span: { text, style, url } }) {
  const shown = style === 'bold' ? html`<strong>${text}</strong>` : style === 'code' ? html`<code>${text}</code>` : text;
  if (!url || !/^https?:\/\//.test(url)) return shown;
  return html`<a href=${url} target="_blank" rel="noopener noreferrer">${shown}</a>`;
}

// Helps of commands, refusals of the gateway: what stands between backticks is something to type, as `coded` in bot/messages.py has it.
export const coded = (text) => text.split(/(?<![\w`])`(?!`)(.+?)`(?![\w`])/).map((part, at) => (at % 2 ? html`<code>${part}</code>` : part));

export function Tone({ tone }) {
  return html`<span class=${classes('tone', tone)}>
    <span aria-hidden="true">${MARKS[tone] ?? MARKS.info}</span><span class="unseen">${t(`tone.${tone}`)}</span>
  </span>`;
}

const DRAWN = {
  paragraph: ({ block }) => html`<p><${Spans} text=${block.text} /></p>`,
  note: ({ block }) => html`<p class="note"><${Spans} text=${block.text} /></p>`,
  fields: ({ block }) => html`<dl class="fields">
    ${block.pairs.map(([label, text], at) => html`<div key=${at}><dt>${label}</dt><dd><${Spans} text=${text} /></dd></div>`)}
  </dl>`,
  progress: Progress,
  steps: Steps,
  table: Table,
  code: Code,
  buttons: ({ block, entry, press }) => html`<div class="buttons">
    ${block.buttons.map((button, at) => html`<${Press} key=${`${at} ${button.command}`} button=${button} entry=${entry} press=${press} />`)}
  </div>`,
};

// Blocks keep their places when a message is edited, so what did not change is not drawn again.
export function Blocks({ message, entry, press }) {
  return message.blocks.map((block, at) => {
    const Drawn = DRAWN[block.type];
    return Drawn && html`<${Drawn} key=${`${at} ${block.type}`} block=${block} entry=${entry} press=${press} />`;
  });
}

function Progress({ block }) {
  const id = useId();
  const percent = `${Math.round(block.share * 100)} %`;
  return html`<div class="progress">
    <label for=${id}>${block.label || t('progress')}</label>
    <progress id=${id} max="1" value=${block.share}>${percent}</progress>
    <span aria-hidden="true">${percent}</span>
  </div>`;
}

function Steps({ block }) {
  return html`<ol class="steps">
    ${block.steps.map(
      ([state, title, detail], at) => html`<li key=${at} class=${state.toLowerCase()}>
        <span class="mark" aria-hidden="true">${STEP_MARKS[state] ?? '·'}</span>
        <span class="unseen">${t(`step.${state}`)}: </span>
        <span>${title}${detail && html` <span class="note">${detail}</span>`}</span>
      </li>`,
    )}
  </ol>`;
}

function Table({ block }) {
  const { columns, rows, caption, total } = block;
  const counted = total === null || total === undefined ? t('table.rows', { count: rows.length }) : t('table.of', { count: rows.length, total });
  const part = total > rows.length && !/\d/.test(caption); // a caption with a number has counted already
  const name = caption && part ? `${caption} · ${counted}` : caption || counted;
  return html`<div class="table">
    <div class="scroll" role="group" aria-label=${name} tabindex="0">
      <table>
        <caption class="unseen">${name}</caption>
        <thead><tr>${columns.map((column, at) => html`<th key=${at} scope="col">${column}</th>`)}</tr></thead>
        <tbody>
          ${rows.map((row, at) => html`<tr key=${at}>${row.map((cell, column) => html`<td key=${column} class=${cell.length > LONG ? 'long' : null}>${cell}</td>`)}</tr>`)}
        </tbody>
      </table>
    </div>
    <p class="note">${name}</p>
  </div>`;
}

function Code({ block }) {
  return html`<${Listing} title=${block.title} text=${block.text} />`;
}

// Text that keeps its lines, with a button that copies it.
export function Listing({ title, text }) {
  const [told, setTold] = useState(''); // the key of what became of it
  async function copy() {
    const became = await navigator.clipboard.writeText(text).then(() => 'copied', () => 'copy.failed');
    setTold(became);
    setTimeout(() => setTold(''), 2000);
  }
  const name = title || t('code');
  return html`<figure class="listing">
    <figcaption>
      <span>${name}</span>
      ${navigator.clipboard && html`<button type="button" class="quiet" aria-label=${t('copy.what', { name })} onClick=${copy}>
        ${t(told || 'copy')}
      </button>`}
      <span class="unseen" role="status">${told && t(told)}</span>
    </figcaption>
    <pre tabindex="0" role="group" aria-label=${name}><code>${text}</code></pre>
  </figure>`;
}

function Press({ button, entry, press }) {
  const tip = useId();
  const [busy, setBusy] = useState(false);
  const more = button.document || button.label !== button.command; // than the button says itself
  async function pressed() {
    if (busy) return;
    setBusy(true);
    await press(entry, button);
    setTimeout(() => setBusy(false), AGAIN);
  }
  return html`<span class="press">
    <button type="button" class=${button.style} aria-describedby=${more ? tip : null} aria-disabled=${busy ? 'true' : null} onClick=${pressed}>
      ${button.label}
    </button>
    ${more &&
    html`<span role="tooltip" id=${tip} class="tip">
      <code>${button.command}</code>
      ${button.document && html`<code>${brief(button.document)}</code>`}
    </span>`}
  </span>`;
}

// In one line: without the declarations of variables. The details have all of it.
const brief = (document) => document.replace(/^(\w+)[^{]*/, '$1 ').replace(/\s+/g, ' ');

export function Attached({ file }) {
  const size = new Blob([file.text]).size;
  function download() {
    const address = URL.createObjectURL(new Blob([file.text], { type: 'text/plain;charset=utf-8' }));
    const link = Object.assign(document.createElement('a'), { href: address, download: file.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
  return html`<div class="file">
    <div class="head">
      <span><strong>${file.title || file.name}</strong> <span class="note">${file.name} · ${amount(size)}</span></span>
      <button type="button" onClick=${download} aria-label=${t('file.download.what', { name: file.name })}>${t('file.download')}</button>
    </div>
    <details>
      <summary>${t('file.show')}</summary>
      <pre tabindex="0" role="group" aria-label=${file.name}><code>${file.text.slice(0, PREVIEW)}${file.text.length > PREVIEW ? '\n…' : ''}</code></pre>
    </details>
  </div>`;
}

const amount = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`);
