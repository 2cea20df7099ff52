// A GraphQL document as people read it: one field a line, what belongs inside moved in. Arguments stay as they were written.
const TOKEN = /"""[\s\S]*?"""|"(?:\\.|[^"\\])*"|#[^\n]*|\.\.\.|[{}()[\]:!=|@&,]|[^\s{}()[\]:!=|@&,"]+/g;

export function laidOut(document) {
  let out = '';
  let depth = 0;
  let before = '';
  const newLine = () => {
    out = `${out.trimEnd()}\n${'  '.repeat(depth)}`;
  };
  for (const token of withArguments(document)) {
    if (token === '{') {
      depth += 1;
      out = `${out.trimEnd()}${out.trim() ? ' ' : ''}{`;
      newLine();
    } else if (token === '}') {
      depth = Math.max(0, depth - 1);
      newLine();
      out += '}';
      newLine();
    } else if (token.startsWith('(') || token === ':') out = `${out.trimEnd()}${token} `;
    else {
      // In a selection each field has its line; what belongs to the word before stays beside it.
      if (depth > 0 && !['{', '}', ':', '...', 'on', '@'].includes(before) && token !== '@') newLine();
      out += token === '@' || token === '...' ? token : `${token} `;
    }
    before = token;
  }
  return out.trim();
}

// Everything between brackets is one token, as it stands.
function* withArguments(document) {
  let open = 0;
  let from = 0;
  for (const match of document.matchAll(TOKEN)) {
    const [token] = match;
    if (token === '(' && open++ === 0) from = match.index;
    else if (token === ')' && open > 0 && --open === 0) yield document.slice(from, match.index + 1);
    else if (open === 0 && token !== ',') yield token;
  }
}
