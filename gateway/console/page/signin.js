// The form to sign in with: a name and a password, an application credential, or a login of the organisation.
// Used by the console and the link page; `page` and `secret` are for the way back from another login.
import { html, useEffect, useId, useRef, useState } from './ui.js';
import { coded } from './blocks.js';
import { Federated } from './federated.js';
import { t } from './prefs.js';
import { sentence } from './session.js';

const WAYS = ['password', 'credential'];

// While it is not known who is signed in.
export function Asking({ session }) {
  if (!session.problem) return html`<p class="note" role="status">${t('loading')}</p>`;
  return html`<section class="card"><h1>9rum</h1>
    <p class="failed" role="alert">${coded(session.problem)}</p>
    <button type="button" onClick=${session.refresh}>${t('again')}</button>
  </section>`;
}

export function SignIn({ session, note, page, secret }) {
  const id = useId();
  const tabs = useRef(null);
  const [way, setWay] = useState('password');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    tabs.current.closest('section').querySelector('input').focus();
  }, []);

  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget;
    const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));
    setBusy(true);
    told('');
    try {
      await session.signIn(given);
    } catch (error) {
      told(sentence(error));
      setBusy(false);
      form.querySelector('input[type=password]').select();
    }
  }

  function told(text) {
    session.again();
    setProblem(text);
  }

  function choose(next) {
    setWay(next);
    told('');
  }

  function key(event) {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    const next = WAYS[(WAYS.indexOf(way) + 1) % WAYS.length];
    choose(next);
    tabs.current.querySelector(`#${CSS.escape(`${id}-${next}`)}`).focus();
  }

  const shown = problem || (session.refused ? t(`sign.back.${session.refused}`) : '');
  return html`<section class="card sign-in" aria-labelledby=${`${id}-title`}>
    <h1 id=${`${id}-title`}>${t('sign.title')}</h1>
    ${note && html`<p role=${session.ended ? 'alert' : null}>${note}</p>`}
    <div role="tablist" aria-label=${t('sign.ways')} ref=${tabs} onKeyDown=${key}>
      ${WAYS.map(
        (one) => html`<button type="button" role="tab" key=${one} id=${`${id}-${one}`} aria-selected=${one === way ? 'true' : 'false'}
          aria-controls=${`${id}-panel`} tabindex=${one === way ? 0 : -1} onClick=${() => choose(one)}>${t(`sign.${one}`)}</button>`,
      )}
    </div>
    <div role="tabpanel" id=${`${id}-panel`} aria-labelledby=${`${id}-${way}`}>
      <form key=${way} onSubmit=${submit}>
        ${way === 'password' ? html`<${ByPassword} />` : html`<${ByCredential} />`}
        <p class="failed" role="alert">${coded(shown)}</p>
        <button type="submit" class="primary wide" aria-disabled=${busy ? 'true' : null}>${busy ? t('sign.busy') : t('sign.in')}</button>
      </form>
    </div>
    <${Federated} page=${page} secret=${secret} told=${told} />
  </section>`;
}

function ByPassword() {
  return html`<${Input} name="user" label=${t('sign.user')} autocomplete="username" required />
    <${Input} name="password" type="password" label=${t('sign.secret')} autocomplete="current-password" required />
    <details>
      <summary>${t('sign.more')}</summary>
      <${Input} name="domain" label=${t('sign.domain')} hint=${t('sign.domain.hint')} />
      <${Input} name="project" label=${t('sign.project')} hint=${t('sign.project.hint')} />
    </details>`;
}

function ByCredential() {
  return html`<${Input} name="application_credential_id" label=${t('sign.credential.id')} autocomplete="off" required />
    <${Input} name="secret" type="password" label=${t('sign.credential.secret')} autocomplete="off" required />`;
}

function Input({ label, hint, ...input }) {
  const id = useId();
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input id=${id} spellcheck=${false} autocapitalize="off" aria-describedby=${hint ? `${id}-hint` : null} ...${input} />
    ${hint && html`<p class="note" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}
