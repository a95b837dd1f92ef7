/** Text as sentences of tokens. Linear. */

/** Reading is not bounded: a prefix would tell where to hide. */
export const PASSAGE_SENTENCES_MAX = 16;
export const PASSAGE_TOKENS_MAX = 160;
export const PASSAGE_IDS_MAX = 32;
export const RESULT_IDS_MAX = 64;
export const ITEM_TOKENS_MAX = 64;
export const ITEM_IDS_MAX = 16;
export const ARGUMENT_DEPTH_MAX = 16;
export const ARGUMENT_NODES_MAX = 2_000;
export const PATH_LENGTH_MAX = 128;
export const REQUEST_TOKENS_MAX = 512;
export const REQUEST_IDS_MAX = 64;
export const REQUEST_SOURCES_MAX = 64;
export const TOOL_OBJECTS_MAX = 24;

type TokenKind = 'word' | 'number' | 'name' | 'identifier' | 'mail' | 'url';

export interface Token {
  readonly kind: TokenKind;
  readonly raw: string;
  /** Comparable. */
  readonly form: string;
  readonly start: number;
  readonly end: number;
}

export interface Sentence {
  readonly tokens: readonly Token[];
  /** For the mark model. */
  readonly signs: readonly string[];
  /** It stands behind `key:` or is a cell of a record, and not in running text. */
  readonly isField: boolean;
  /** Which field, paragraph or list item it stands in: one hand wrote a block. */
  readonly block: number;
}

const TOKEN_LENGTH_MAX = 128;
/** Cut. */
export const SENTENCE_TOKENS_MAX = 60;
const FIELD_TOKENS_MAX = 5;

const SINGLE = '\\u0e00-\\u0e7f\\u3040-\\u30ff\\u3400-\\u9fff\\uac00-\\ud7af';
const WORD = 'A-Za-z0-9\\u00aa-\\u0dff\\u0e80-\\u1fff\\u2c00-\\u2dff\\ua000-\\uabff\\uf900-\\ufffd';
const TOKEN = new RegExp(`[${SINGLE}]|[${WORD}][${WORD}_@./:+#%&=?~$'’-]*`, 'g');
const ENDS = /[@./:+#%&=?~$'’_-]+$/;
const SPACELESS = new RegExp(`^[${SINGLE}]$`);
const MARKS = /[^\p{L}\p{N}]+/gu;
const ACCENTS = /[\u0300-\u036f]/g;
const BEYOND_ASCII = /[^\0-\x7f]/;

export function squash(text: string): string {
  const lower = text.toLowerCase();
  if (!BEYOND_ASCII.test(lower)) return lower.replace(/[^a-z0-9]+/g, '');
  return lower.normalize('NFD').replace(ACCENTS, '').replace(MARKS, '');
}

const MAIL = /^[^@\s:/]+@[^@\s/]+\.[a-z\d-]{2,}$/i;
const URL = /^(?:[a-z][a-z\d+.-]*:\/\/|www\.)/i;
const HOST =
  /^(?:[a-z\d-]+\.)+(?:com|org|net|io|dev|ai|co|info|biz|app|edu|gov|eu|uk|de|fr|ch|us|nl|me|cloud|site|online|xyz|example)(?:\/|$)/i;
const INNER_CAPITAL = /[a-z\d][A-Z]/;
const DATE = /^\d{4}-\d\d-\d\d/;
const CLOCK = /^\d{1,2}:\d\d/;
const LONG_DIGITS = /^\+?\d[\d-]{7,}\d$/;

function kindOf(raw: string): TokenKind {
  if (/^[a-z'’]+$/.test(raw)) return 'word';
  if (raw.includes('@') && MAIL.test(raw)) return 'mail';
  if (raw.includes('/') || raw.includes('.')) {
    if (URL.test(raw) || HOST.test(raw)) return 'url';
  }
  const digits = raw.replace(/\D/g, '').length;
  if (digits > 0) {
    if (DATE.test(raw) || CLOCK.test(raw)) return 'number';
    if (LONG_DIGITS.test(raw)) return 'identifier';
    if (digits === raw.replace(/[.:%$+-]/g, '').length) return 'number';
    if (/^\d+(?:st|nd|rd|th|x|k|m|h|s|ms|kb|mb|gb|am|pm)$/i.test(raw)) return 'number';
    return 'identifier';
  }
  if (/[_/@#=&]|\w\.\w|::/.test(raw) || INNER_CAPITAL.test(raw)) return 'name';
  return 'word';
}

function bare(raw: string): string {
  return raw.replace(/^[a-z][a-z\d+.-]*:\/\//i, '').replace(/^www\./i, '');
}

function tokenOf(text: string, start: number, length: number): Token {
  let raw = text.slice(start, start + Math.min(length, TOKEN_LENGTH_MAX));
  const end = start + length;
  raw = raw.replace(ENDS, '');
  const kind = kindOf(raw);
  const form = kind === 'word' ? squash(raw) : squash(kind === 'url' ? bare(raw) : raw);
  return { kind, raw, form, start, end };
}

const HARD = /[!?;|•\u2022\u3002\uff01\uff1f\u061f\u0964]|["'`][ ]?[,:]|\n\s*\n|[{}]/;
const BLOCK = /["'`][ ]?[,:]|\n\s*\n|\n\s*[-*•]\s|[{}]/;
const STOP = /^['"’”)\]]*\.(?:\s|$|["'\\])/;

function isFolded(gap: string, next: string): boolean {
  // A folded line.
  if (next.endsWith(':')) return false;
  return !/\n\s*\n|\n\s*[-*>#]/.test(gap) && /^[a-z]/.test(next) && !/[:.]\s*$/.test(gap.trimEnd());
}

function parts(gap: string, next: string): boolean {
  if (gap === ' ' || gap === '') return false;
  if (HARD.test(gap) || STOP.test(gap)) return true;
  if (/:\s*$/.test(gap) && /^[A-Z]/.test(next) && gap.length > 1) return true;
  return gap.includes('\n') && !isFolded(gap, next);
}

function signsOf(gap: string, after: string, token: Token): readonly string[] {
  const found: string[] = [];
  if (/[<[]\/?\s*$/.test(gap) && /^[^\n]{0,20}?[>\]]/.test(after)) found.push(`<${token.form}`);
  if (gap.includes('!!')) found.push('!!');
  if (/#{2,}|={3,}|-{3,}|\*{3,}/.test(gap)) found.push('##');
  if (token.raw.length > 3 && token.raw === token.raw.toUpperCase() && /[A-Z]/.test(token.raw)) {
    found.push('CAPS');
  }
  return found;
}

interface Open {
  readonly tokens: Token[];
  readonly signs: Set<string>;
  readonly isValue: boolean;
  readonly block: number;
}

const opened = (isValue: boolean, block: number): Open => ({
  ...{ tokens: [], signs: new Set(), isValue, block },
});

function closed({ tokens, signs, isValue, block }: Open): Sentence {
  const isField = isValue || tokens.length <= FIELD_TOKENS_MAX;
  return { tokens, signs: [...signs], isField, block };
}

export function sentencesOf(text: string): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let open = opened(false, 0);
  let last = 0;
  for (const match of text.matchAll(TOKEN)) {
    const start = match.index;
    const token = tokenOf(text, start, match[0].length);
    if (token.form === '') continue;
    const gap = text.slice(last, start);
    const isSplit = !SPACELESS.test(token.raw) || gap !== '' ? parts(gap, match[0]) : false;
    if (open.tokens.length > 0 && (isSplit || open.tokens.length >= SENTENCE_TOKENS_MAX)) {
      const isValue = /:\s*$/.test(gap) && open.tokens.length <= 3;
      sentences.push(closed(open));
      open = opened(isValue, open.block + (BLOCK.test(gap) ? 1 : 0));
    }
    open.tokens.push(token);
    for (const sign of signsOf(gap, text.slice(token.end, token.end + 24), token)) {
      open.signs.add(sign);
    }
    last = start + token.raw.length;
  }
  if (open.tokens.length > 0) sentences.push(closed(open));
  return sentences;
}

/** `git`, `transfer`, `repo`. */
export function nameWords(raw: string): readonly string[] {
  return raw
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .map(squash)
    .filter((word) => word !== '');
}

const SUFFIXES = ['ings', 'ing', 'ies', 'ed', 'es', 's'] as const;

const STEM_MIN = 3;

/** Without `e`; `i` for `y`. */
function ended(cut: string): string {
  let end = cut.length;
  while (end > STEM_MIN && cut[end - 1] === 'e') end--;
  return end > STEM_MIN && cut[end - 1] === 'y' ? `${cut.slice(0, end - 1)}i` : cut.slice(0, end);
}

/** Both sides alike. */
export function stem(word: string): string {
  const suffix = SUFFIXES.find((one) => word.length - one.length >= STEM_MIN && word.endsWith(one));
  if (suffix === undefined) return ended(word);
  const cut = word.slice(0, -suffix.length);
  return suffix === 'ies' ? `${cut}i` : ended(cut);
}
