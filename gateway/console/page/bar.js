// The bar above everything: the name, the switches of language and colours, who is signed in.
import { html } from './ui.js';
import { coded } from './blocks.js';
import { language, nextTheme, set, t, theme } from './prefs.js';
import { LANGUAGES } from './texts.js';

const SIGNS = { auto: '◐', light: '☀', dark: '☾' };

export function Bar({ session, menu, setMenu }) {
  return html`<header class="bar">
    ${setMenu &&
    html`<button type="button" id="rooms" class="quiet menu-button" aria-expanded=${menu ? 'true' : 'false'} aria-controls="rail" onClick=${() => setMenu(!menu)}>
      <span aria-hidden="true">☰</span><span class="unseen">${t('rooms')}</span>
    </button>`}
    <p class="brand"><img src=${new URL('icon.svg', import.meta.url).pathname} alt="" width="24" height="24" /> 9rum <span lang="ko">구름</span></p>
    <div class="tools">
      <a href="/explorer">${t('bar.explorer')}</a>
      <button type="button" class="quiet" onClick=${() => set('theme', nextTheme())} title=${t(`bar.theme.${theme()}`)}
        aria-label=${t(`bar.theme.${theme()}`)}><span aria-hidden="true">${SIGNS[theme()]}</span></button>
      <label class="unseen" for="language">${t('bar.language')}</label>
      <select id="language" value=${language()} onChange=${(event) => set('language', event.target.value)}>
        ${Object.entries(LANGUAGES).map(([tag, { name }]) => html`<option key=${tag} value=${tag} lang=${tag}>${name}</option>`)}
      </select>
      ${session?.person &&
      html`<span class="person"><span class="unseen">${t('bar.person')}</span> ${session.person.user.name}</span>
        <button type="button" class="quiet" onClick=${session.signOut}>${t('bar.out')}</button>`}
    </div>
  </header>
  ${session?.person && session.problem &&
  html`<p class="banner bad" role="alert"><span>${coded(session.problem)}</span> <button type="button" class="quiet" onClick=${session.told}>${t('close')}</button></p>`}`;
}
