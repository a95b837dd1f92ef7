/** Any value as the sentences that its reader reads: fields a line each, letters plain, encodings opened twice. */
import { resultText } from '../result-text.ts';
import { readableResult } from './readable-text.ts';
import { type Sentence, sentencesOf } from './tokens.ts';

const ESCAPES = /\\{1,8}r\\{1,8}n|\\{1,8}([nrt"'])/g;
const PRINTED: Readonly<Record<string, string>> = { n: '\n', r: '\n', t: ' ' };

export function unprinted(text: string): string {
  return text.includes('\\') ? text.replace(ESCAPES, (_, c = 'n') => PRINTED[c] ?? c) : text;
}

/** Elements of HTML, and both ends of comments; other tags may be part of what a text says. */
const MARKUP =
  /<!--|-->|<\/?(?:p|div|span|br|hr|h[1-6]|li|[uo]l|t[dhr]|table|tbody|thead|a|b|i|u|em|strong|html|body|head|title|img|section|article|nav|header|footer|main|pre|code|button|form|input|label|meta|link|font|small|blockquote|details|summary|svg|iframe)\b([^<>]{0,4000})>/gi;
const ATTRIBUTE = /"([^"]*)"|'([^']*)'/g;

/** Without its markup: what stands in comments and attributes is read as a text of its own. */
function withoutMarkup(text: string): string {
  if (!text.includes('<')) return text;
  return text.replace(MARKUP, (_, attributes = '') => {
    const values = [...attributes.matchAll(ATTRIBUTE)].map(([, a, b]) => a ?? b ?? '');
    return ['', ...values.filter((value) => value.includes(' ')), ''].join('\n\n');
  });
}

/** What was hidden stands on lines of its own, with printed breaks. */
const opened = (text: string) => unprinted(readableResult(text));

export function readText(value: unknown): readonly Sentence[] {
  return sentencesOf(withoutMarkup(opened(opened(unprinted(resultText(value))))));
}
