/** Any value as sentences; encodings opened twice. */
import { readableResult } from './readable-text.ts';
import { type Sentence, sentencesOf } from './tokens.ts';

const DEPTH_MAX = 32;
/** Printed. */
const BREAK = '\\n';

function spelled(text: string): object | undefined {
  const first = text.charCodeAt(0);
  // No structure.
  if (first !== 123 && first !== 91) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function addLines(value: unknown, lead: string, depth: number, lines: string[]): void {
  const structure = typeof value === 'string' ? spelled(value) : value;
  if (typeof structure !== 'object' || structure === null) {
    lines.push(`${lead}${String(value)}`);
    return;
  }
  if (depth >= DEPTH_MAX) {
    lines.push(`${lead}${JSON.stringify(structure)}`);
    return;
  }
  if (lead !== '' && lead !== '- ') lines.push(lead);
  if (Array.isArray(structure)) {
    for (const one of structure) addLines(one, '- ', depth + 1, lines);
    return;
  }
  for (const [key, one] of Object.entries(structure)) addLines(one, `${key}: `, depth + 1, lines);
}

export function resultText(value: unknown): string {
  if (typeof value === 'string' && spelled(value) === undefined) return value;
  const lines: string[] = [];
  addLines(value, '', 0, lines);
  return lines.join(BREAK);
}

const ESCAPES = /\\{1,8}r\\{1,8}n|\\{1,8}([nrt"'])/g;
const PRINTED: Readonly<Record<string, string>> = { n: '\n', r: '\n', t: ' ' };

export function unprinted(text: string): string {
  return text.includes('\\') ? text.replace(ESCAPES, (_, c = 'n') => PRINTED[c] ?? c) : text;
}

/** Other tags may be text. */
const MARKUP =
  /<!--|-->|<\/?(?:p|div|span|br|hr|h[1-6]|li|[uo]l|t[dhr]|table|tbody|thead|a|b|i|u|em|strong|html|body|head|title|img|section|article|nav|header|footer|main|pre|code|button|form|input|label|meta|link|font|small|blockquote|details|summary|svg|iframe)\b([^<>]{0,4000})>/gi;
const ATTRIBUTE = /"([^"]*)"|'([^']*)'/g;

/** Comments and attributes apart. */
function withoutMarkup(text: string): string {
  if (!text.includes('<')) return text;
  return text.replace(MARKUP, (_, attributes = '') => {
    const values = [...attributes.matchAll(ATTRIBUTE)].map(([, a, b]) => a ?? b ?? '');
    return ['', ...values.filter((value) => value.includes(' ')), ''].join('\n\n');
  });
}

const opened = (text: string) => unprinted(readableResult(text));

export function readText(value: unknown): readonly Sentence[] {
  return sentencesOf(withoutMarkup(opened(opened(unprinted(resultText(value))))));
}
