// What can follow the words before the caret: nouns, verbs, options, values. Built from `Query.commands`, so it offers
// only what this person may run. Pure: text and commands in, suggestions out.

// What the bot answers by itself; the graph has no commands for these.
const OWN = [
  'aliases', 'approve', 'audit', 'audit replay', 'cancel', 'confirm', 'form', 'help', 'language', 'link', 'refuse', 'undo', 'unlink', 'use project', 'version', 'whoami',
];
const COMMON = ['explain', 'plan', 'json', 'project', 'cloud'];
const MOST = 50;

export const COMMANDS = `{ commands { name summary danger parameters { name type required many position choices help } } }`;

const dashed = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

// The nouns with their verbs, made once for each answer of the graph. `words` tells its English in the reader's language.
export function indexed(commands, words = {}) {
  const told = new Map(Object.entries(words));
  const read = (english) => told.get(english) ?? english;
  const nouns = new Map();
  for (const given of commands) {
    const parameters = given.parameters.map((one) => ({ ...one, help: read(one.help) }));
    const command = { ...given, summary: read(given.summary), parameters };
    const [noun, verb] = command.name.split('.').map(dashed);
    if (!nouns.has(noun)) nouns.set(noun, new Map());
    nouns.get(noun).set(verb, command);
  }
  return nouns;
}

const EMPTY = { from: 0, to: 0, options: [] };

// {from, to, options: [{text, hint}]}: the part of `text` that a chosen option replaces.
export function complete(nouns, text, caret) {
  const before = text.slice(0, caret);
  if (/["'\u2018\u201c\n]/.test(before)) return EMPTY; // inside quotes people write their own words
  const words = before.split(/\s+/);
  if (words[0] === '') words.shift();
  const last = words.at(-1) ?? '';
  const done = words.slice(0, -1);
  const found = options(nouns, done, last).filter(({ text: option }) => matches(option, last));
  // A word that is already whole needs no list of one.
  const useful = found.length === 1 && found[0].text === last ? [] : found.slice(0, MOST);
  return { from: caret - last.length, to: caret, options: useful };
}

const matches = (option, typed) => option.toLowerCase().startsWith(typed.toLowerCase());

function options(nouns, done, last) {
  const [noun, verb] = done;
  if (noun === undefined) return last === '' ? [] : [...named(nouns.keys()), ...named(OWN)];
  if (noun === 'help' && done.length === 1) return named(nouns.keys());
  const verbs = nouns.get(noun === 'help' ? verb : noun) ?? nouns.get(dashed(noun));
  if (!verbs) return [];
  if (verb === undefined || (noun === 'help' && done.length === 2)) {
    return [...verbs].map(([text, command]) => ({ text, hint: command.summary }));
  }
  const command = noun === 'help' ? null : verbs.get(verb);
  return command ? following(command, done.slice(2), last) : [];
}

function following(command, given, last) {
  const before = given.at(-1);
  const parameter = (name) => command.parameters.find((one) => dashed(one.name) === name.replace(/^--(no-)?/, ''));
  const awaited = before?.startsWith('--') && !before.includes('=') ? parameter(before) : undefined;
  if (awaited && awaited.type !== 'Boolean') return values(awaited);
  const [name, value] = last.split('=');
  if (value !== undefined) {
    const assigned = parameter(name);
    return assigned ? values(assigned).map((one) => ({ ...one, text: `${name}=${one.text}` })) : [];
  }
  if (last.startsWith('-')) return [...flags(command, given), ...common(given)];
  const place = given.filter((word, at) => !word.startsWith('-') && !waits(given[at - 1], parameter)).length;
  const positional = command.parameters.find((one) => one.position === place);
  return [...(positional ? values(positional) : []), ...flags(command, given)];
}

// Whether the word after this one is its value.
function waits(word, parameter) {
  if (!word?.startsWith('--') || word.includes('=')) return false;
  return parameter(word)?.type !== 'Boolean';
}

function flags(command, given) {
  const used = new Set(given.map((word) => word.split('=')[0]));
  return command.parameters
    .filter((one) => one.position === null && (one.many || !used.has(`--${dashed(one.name)}`)))
    .map((one) => ({ text: `--${dashed(one.name)}`, hint: one.help, required: one.required }))
    .sort((a, b) => Number(b.required) - Number(a.required));
}

const common = (given) => COMMON.map((name) => `--${name}`).filter((text) => !given.includes(text)).map((text) => ({ text, hint: '' }));
const values = (parameter) => named(parameter.choices.length ? parameter.choices.map((one) => one.toLowerCase()) : []);
const named = (texts) => [...texts].sort().map((text) => ({ text, hint: '' }));
