/** A Python repr (`{'a': None}`) as a value. */
const LITERAL_MAX = 200_000;
const TOKENS =
  /\s+|[{}[\]:,()]|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|True|False|None|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/guy;

const WORDS: Readonly<Record<string, string>> = {
  True: 'true',
  False: 'false',
  None: 'null',
  '(': '[',
  ')': ']',
};

function quoted(token: string): string {
  const inner = token
    .slice(1, -1)
    .replaceAll(/\\(.)/gu, (whole, escaped: string) => (escaped === "'" ? "'" : whole))
    .replaceAll(/(^|[^\\])"/gu, '$1\\"')
    .replaceAll(/\\x([0-9a-fA-F]{2})/gu, '\\u00$1');
  return `"${inner}"`;
}

/** `undefined`: none. */
export function pythonLiteral(text: string): unknown {
  if (text.length > LITERAL_MAX) return undefined;
  const pieces: string[] = [];
  let at = 0;
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (index !== at) return undefined;
    at += token.length;
    const isText = token.startsWith("'") || token.startsWith('"');
    pieces.push(isText ? quoted(token) : (WORDS[token] ?? token));
  }
  if (at !== text.length) return undefined;
  try {
    return JSON.parse(pieces.join('').replaceAll(/,(?=\s*[}\]])/gu, ''));
  } catch {
    return undefined;
  }
}
