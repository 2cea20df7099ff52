// Linking a chat account: says whose account it is before anything is done, and asks what the bot may do for how long.
// The secret of the address proves that the chat asked; it leaves the address bar at once and is only ever sent to /chat/link.
// Who signs in by another login comes back without it, so the tab keeps it meanwhile.
import { behindHash, html, useEffect, useId, useRef, useState } from './ui.js';
import { ask } from './api.js';
import { Bar } from './bar.js';
import { coded } from './blocks.js';
import { takenFromTab } from './federated.js';
import { t } from './prefs.js';
import { sentence } from './session.js';
import { Asking, SignIn } from './signin.js';

export function takenSecret() {
  const kept = takenFromTab();
  const secret = behindHash() || kept;
  history.replaceState(null, '', location.pathname);
  return secret;
}

export function LinkPage({ secret, session }) {
  useEffect(() => {
    document.title = `${t('link.title')} · 9rum`;
  });
  return html`<${Bar} session=${session} />
    <main id="main" class="middle" tabindex="-1"><${Body} secret=${secret} session=${session} /></main>`;
}

function Body({ secret, session }) {
  const [offer, setOffer] = useState(null);
  const [problem, setProblem] = useState(null); // {text, final}: a final one leaves nothing to try
  const [linked, setLinked] = useState(null);
  const person = session.person;

  const turn = useRef(0); // of looking: an answer for who was signed in before is none

  async function look() {
    const mine = ++turn.current;
    setProblem(null);
    try {
      const found = await ask('POST', '/chat/link/look', { secret });
      if (mine === turn.current) setOffer(found);
    } catch (error) {
      if (mine !== turn.current) return;
      if (error.status === 401) session.lost();
      else if (error.status === 404) setProblem({ text: sentence(error), final: true });
      else setProblem({ text: sentence(error), final: false });
    }
  }
  useEffect(() => {
    turn.current += 1;
    setOffer(null);
    if (secret && person) look();
  }, [person?.user.id]);

  if (!secret) return html`<${Told} title=${t('link.title')} text=${t('link.nosecret')} />`;
  if (linked) return html`<${Done} linked=${linked} />`;
  if (person === undefined) return html`<${Asking} session=${session} />`;
  if (person === null) {
    return html`<${SignIn} session=${session} note=${session.ended ? t('sign.ended') : t('link.sign')} page="link" secret=${secret} />`;
  }
  if (problem) {
    return html`<${Told} title=${t('link.title')} text=${problem.text} bad>
      ${problem.final ? html`<p>${t('link.anew')}</p>` : html`<button type="button" onClick=${look}>${t('again')}</button>`}
    <//>`;
  }
  if (!offer) return html`<p class="note" role="status">${t('loading')}</p>`;
  return html`<${Choose} key=${offer.user.id} offer=${offer} secret=${secret} session=${session} done=${setLinked} />`;
}

function Told({ title, text, bad, children }) {
  return html`<section class="card"><h1>${title}</h1><p class=${bad ? 'failed' : ''} role=${bad ? 'alert' : null}>${coded(text)}</p>${children}</section>`;
}

function Choose({ offer, secret, session, done }) {
  const id = useId();
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const [chosen, setChosen] = useState(() => new Map()); // project id -> Set of roles
  const [days, setDays] = useState(String(offer.default_days));

  const platform = offer.platform[0].toUpperCase() + offer.platform.slice(1);

  function project(one, on) {
    const next = new Map(chosen);
    if (on) next.set(one.id, new Set(one.roles.filter((role) => role !== 'admin'))); // the bot is not made an admin by the way
    else next.delete(one.id);
    setChosen(next);
  }

  function role(one, name, on) {
    const roles = new Set(chosen.get(one.id) ?? []);
    if (on) roles.add(name);
    else roles.delete(name);
    const next = new Map(chosen);
    if (roles.size) next.set(one.id, roles);
    else next.delete(one.id);
    setChosen(next);
  }

  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    const count = Number(days);
    if (chosen.size === 0) return setProblem(t('link.choose'));
    const roleless = offer.projects.find((one) => chosen.get(one.id)?.size === 0);
    if (roleless) return setProblem(t('link.choose.role', { project: roleless.name }));
    if (!Number.isInteger(count) || count < 1 || count > offer.max_days) return setProblem(t('link.days.wrong', { most: offer.max_days }));
    setBusy(true);
    setProblem('');
    try {
      const projects = [...chosen].map(([project, roles]) => ({ id: project, roles: [...roles] }));
      done(await ask('POST', '/chat/link', { secret, projects, days: count }));
    } catch (error) {
      if (error.status === 401) return session.lost();
      setProblem(sentence(error));
      setBusy(false);
    }
  }

  return html`<section class="card link" aria-labelledby=${`${id}-title`}>
    <h1 id=${`${id}-title`}>${t('link.title')}</h1>
    <dl class="fields">
      <div><dt>${t('link.platform')}</dt><dd>${platform}</dd></div>
      <div><dt>${t('link.account')}</dt><dd><strong>${offer.name || offer.account}</strong> <code>${offer.account}</code></dd></div>
      <div><dt>${t('link.user')}</dt><dd><strong>${offer.user.name}</strong> <span class="note">${offer.user.domain}</span>
        <button type="button" class="quiet" onClick=${session.signOut}>${t('link.notyou')}</button></dd></div>
    </dl>
    <p class="banner warn" role="note">${t('link.warning', { platform, name: offer.name || offer.account })}</p>
    <form onSubmit=${submit} noValidate>
      ${offer.projects.length === 0 && html`<p class="failed" role="alert">${t('link.noprojects')}</p>`}
      ${offer.projects.length > 0 &&
      html`<fieldset aria-describedby=${`${id}-what`}>
        <legend>${t('link.projects')}</legend>
        <p class="note" id=${`${id}-what`}>${t('link.projects.note')}</p>
        <ul class="projects">
          ${offer.projects.map((one) => html`<li key=${one.id}><${Project} one=${one} roles=${chosen.get(one.id)} project=${project} role=${role} /></li>`)}
        </ul>
      </fieldset>`}
      <div class="field days">
        <label for=${`${id}-days`}>${t('link.days')}</label>
        <input id=${`${id}-days`} type="number" inputmode="numeric" min="1" max=${offer.max_days} value=${days}
          aria-describedby=${`${id}-most`} onInput=${(event) => setDays(event.target.value)} />
        <p class="note" id=${`${id}-most`}>${t('link.days.note', { most: offer.max_days })}</p>
      </div>
      <p class="failed" role="alert">${coded(problem)}</p>
      <button type="submit" class="primary wide" aria-disabled=${busy || offer.projects.length === 0 ? 'true' : null}>${busy ? t('link.busy') : t('link.go')}</button>
    </form>
  </section>`;
}

function Project({ one, roles, project, role }) {
  return html`<label class="box">
      <input type="checkbox" checked=${roles !== undefined} onChange=${(event) => project(one, event.target.checked)} /> <strong>${one.name}</strong>
    </label>
    ${roles &&
    html`<div class="roles" role="group" aria-label=${t('link.roles', { project: one.name })}>
      ${one.roles.map(
        (name) => html`<label key=${name} class="box">
          <input type="checkbox" checked=${roles.has(name)} onChange=${(event) => role(one, name, event.target.checked)} /> <span>${name}</span>
        </label>`,
      )}
    </div>`}`;
}

function Done({ linked }) {
  return html`<section class="card">
    <h1>${t('link.done')}</h1>
    <p role="status">${t('link.done.text', { account: linked.account })}</p>
    <dl class="fields">
      ${linked.projects.map(
        (one) => html`<div key=${one.name}><dt>${one.name}</dt><dd>${one.roles.join(', ')} <span class="note">${t('link.until', { time: until(one.expires_at) })}</span></dd></div>`,
      )}
    </dl>
    <p class="note">${t('link.done.note')}</p>
  </section>`;
}

const until = (at) => new Date(typeof at === 'number' ? at * 1000 : at).toLocaleString(document.documentElement.lang);
