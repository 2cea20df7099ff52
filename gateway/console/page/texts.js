// What the page itself says. The bot's answers come in the reader's language by themselves.
import { en } from './texts-en.js';
import { ko } from './texts-ko.js';

export const LANGUAGES = { en: { name: 'English', texts: en }, ko: { name: '한국어', texts: ko } };

export function texts(language, key, values) {
  const text = LANGUAGES[language].texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
