// A form of the bot as a dialog: every kind of field, hints, what is required, and what went wrong, beside its field.
// The browser's own dialog keeps the focus inside, closes on Escape, and gives the focus back.
import { classes, html, useEffect, useId, useLayoutEffect, useRef, useState } from './ui.js';
import { t } from './prefs.js';
import { sentence } from './session.js';
import { coded } from './blocks.js';

export function FormDialog({ form, fill, close }) {
  const id = useId();
  const dialog = useRef(null);
  const [problems, setProblems] = useState(Object.fromEntries(form.fields.map(({ name, problem }) => [name, problem]).filter(([, one]) => one)));
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);

  useLayoutEffect(() => {
    dialog.current.showModal();
    dialog.current.querySelector('input, select, textarea')?.focus();
    dialog.current.scrollTop = 0; // why the form comes again stands above its fields
  }, []);
  useEffect(() => {
    const first = form.fields.find((field) => problems[field.name]);
    if (first) dialog.current.querySelector(`[data-field="${CSS.escape(first.name)}"]`)?.focus();
  }, [problems]);

  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    const values = valuesOf(form, event.currentTarget);
    const wrong = Object.fromEntries(form.fields.map((field) => [field.name, problemOf(field, values[field.name])]).filter(([, one]) => one));
    setProblems(wrong);
    setFailure('');
    if (Object.keys(wrong).length > 0) return;
    setBusy(true);
    try {
      await fill(form, values);
      leave(); // gives the focus back, which a dialog that only vanishes does not
    } catch (error) {
      setFailure(sentence(error));
      setBusy(false);
    }
  }

  // As it is filled, so it is shown where it is opened once more.
  function typed(event) {
    const values = valuesOf(form, event.currentTarget);
    form.fields = form.fields.map((field) => ({ ...field, initial: values[field.name] }));
  }

  function leave() {
    dialog.current?.close();
    selected(); // at once: that it was closed is told a moment later
  }

  function closed() {
    selected();
    close();
  }

  return html`<dialog ref=${dialog} class="form" aria-labelledby=${`${id}-title`} aria-describedby=${form.problem ? `${id}-problem` : null} onClose=${closed}>
    <form method="dialog" noValidate onSubmit=${submit} onInput=${typed}>
      <h2 id=${`${id}-title`}>${form.title}</h2>
      ${form.command && html`<p class="typed">${form.command}</p>`}
      ${form.problem && html`<p class="failed refused" id=${`${id}-problem`}>${coded(form.problem)}</p>`}
      ${form.fields.map((field) => html`<${Field} key=${field.name} field=${field} problem=${problems[field.name]} />`)}
      <div class="buttons">
        ${failure && html`<p class="failed" role="alert">${coded(failure)}</p>`}
        <button type="submit" class="primary" aria-disabled=${busy ? 'true' : null}>${form.submit || t('form.submit')}</button>
        <button type="button" onClick=${leave}>${t('form.cancel')}</button>
      </div>
    </form>
  </dialog>`;
}

// Chromium gives the focus back without the selection; after a click in the dialog that field would take no letter.
function selected() {
  const field = document.activeElement;
  if (Number.isInteger(field?.selectionStart)) field.setSelectionRange(field.selectionStart, field.selectionEnd);
}

function valuesOf(form, element) {
  const given = new FormData(element);
  const of = ({ name, kind }) => (kind === 'switch' ? [given.has(name) ? 'true' : 'false'] : given.getAll(name).filter((one) => one !== ''));
  return Object.fromEntries(form.fields.map((field) => [field.name, of(field)]));
}

function problemOf(field, values) {
  if (field.required && field.kind !== 'switch' && values.every((value) => !value.trim())) return t('form.required');
  if (field.kind === 'number' && values.length && !/^-?\d+(\.\d+)?$/.test(values[0].trim())) return t('form.number');
  return '';
}

const KINDS = { text: Line, long_text: Area, number: Line, choice: Select, choices: Boxes, switch: Switch };

function Field({ field, problem }) {
  const id = useId();
  const told = [field.hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ') || null;
  const shared = { id, name: field.name, 'data-field': field.name, 'aria-describedby': told, 'aria-invalid': problem ? 'true' : null };
  const needed = field.required && field.kind !== 'switch' ? { required: true } : {};
  const Kind = KINDS[field.kind] ?? Line;
  const own = field.kind === 'choices' || field.kind === 'switch'; // these bring their own label
  const name = html`${field.label}${field.required && html` <span class="must">${t('form.needed')}</span>`}`;
  return html`<div class=${classes('field', problem && 'wrong')}>
    ${!own && html`<label for=${id}>${name}</label>`}
    <${Kind} field=${field} name=${name} attributes=${{ ...shared, ...needed }} told=${told} />
    ${field.hint && html`<p class="note" id=${`${id}-hint`}>${coded(field.hint)}</p>`}
    ${problem && html`<p class="failed" id=${`${id}-problem`}>${coded(problem)}</p>`}
  </div>`;
}

function Line({ field, attributes }) {
  const type = field.secret ? 'password' : 'text';
  const digits = field.kind === 'number' ? { inputmode: 'decimal' } : {};
  return html`<input type=${type} autocomplete=${field.secret ? 'new-password' : 'off'} spellcheck=${false} autocapitalize="off"
    defaultValue=${field.initial[0] ?? ''} ...${digits} ...${attributes} />`;
}

function Area({ field, attributes }) {
  return html`<textarea rows="5" spellcheck=${false} defaultValue=${field.initial.join('\n')} ...${attributes}></textarea>`;
}

function Select({ field, attributes }) {
  const [value, setValue] = useState(field.initial[0] ?? '');
  return html`<select ...${attributes} value=${value} onChange=${(event) => setValue(event.target.value)}>
    <option value="">${field.required ? t('form.choose') : t('form.none')}</option>
    ${field.choices.map((choice) => html`<option key=${choice.value} value=${choice.value}>${choice.label}</option>`)}
  </select>`;
}

function Boxes({ field, name, attributes, told }) {
  return html`<fieldset aria-describedby=${told}>
    <legend>${name}</legend>
    <div class="boxes">
      ${field.choices.map(
        (choice, at) => html`<label key=${choice.value} class="box">
          <input type="checkbox" name=${field.name} value=${choice.value} defaultChecked=${field.initial.includes(choice.value)}
            ...${at === 0 ? { 'data-field': field.name, 'aria-invalid': attributes['aria-invalid'] } : {}} />
          <span>${choice.label}</span>
        </label>`,
      )}
    </div>
  </fieldset>`;
}

function Switch({ field, name, attributes }) {
  return html`<label class="box">
    <input type="checkbox" value="true" defaultChecked=${field.initial[0] === 'true'} ...${attributes} />
    <span>${name}</span>
  </label>`;
}
