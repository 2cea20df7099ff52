// What the reader chose for this browser: colours and language. Nothing else of a person is kept here.
import { useEffect, useState } from './ui.js';
import { LANGUAGES, texts } from './texts.js';

const THEMES = ['auto', 'light', 'dark'];

function kept(name) {
  try {
    return localStorage.getItem(`9rum.${name}`);
  } catch {
    return null;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(`9rum.${name}`, value);
  } catch {
    // A browser that keeps nothing forgets the choice with the page.
  }
}

function firstLanguage() {
  const wanted = [kept('language'), ...(navigator.languages ?? [navigator.language])];
  return wanted.map((tag) => tag?.toLowerCase().split('-')[0]).find((tag) => tag in LANGUAGES) ?? 'en';
}

const state = { language: firstLanguage(), theme: THEMES.includes(kept('theme')) ? kept('theme') : 'auto' };
const listeners = new Set();

function show() {
  const root = document.documentElement;
  root.lang = state.language;
  if (state.theme === 'auto') delete root.dataset.theme;
  else root.dataset.theme = state.theme;
}

show();

export function set(name, value) {
  state[name] = value;
  keep(name, value);
  show();
  for (const listener of listeners) listener({});
}

export const language = () => state.language;
export const theme = () => state.theme;
export const nextTheme = () => THEMES[(THEMES.indexOf(state.theme) + 1) % THEMES.length];

// A sentence in the reader's language: t('key', {name: value}).
export const t = (key, values = {}) => texts(state.language, key, values);

// Components that call `t` draw again when the language changes, because the root of the page does.
export function usePrefs() {
  const [, again] = useState({});
  useEffect(() => {
    listeners.add(again);
    return () => listeners.delete(again);
  }, []);
  return state;
}

export function time(seconds) {
  const date = new Date(seconds * 1000);
  const today = new Date().toDateString() === date.toDateString();
  const style = today ? { timeStyle: 'short' } : { dateStyle: 'short', timeStyle: 'short' };
  return new Intl.DateTimeFormat(state.language, style).format(date);
}

export const fullTime = (seconds) =>
  new Intl.DateTimeFormat(state.language, { dateStyle: 'full', timeStyle: 'medium' }).format(new Date(seconds * 1000));
