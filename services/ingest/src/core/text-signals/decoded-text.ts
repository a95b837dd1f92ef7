/** Base64 and hexadecimal in a text, decoded beside it, once. */

/** In pieces: the stack is bounded. */
const RUN =
  /\\[nrt]|[a-z\d+/_-]{16,65536}(?:(?:\r?\n|(?:\\r)?\\n)[a-z\d+/_-]{1,65536}){0,1024}|(?<![\da-f])[\da-f]{2}(?:[ :,-][\da-f]{2}){7,65536}(?![\da-f])/gi;
const SINGLE_RUN = /[A-Za-z\d+/_-]{16,65536}/g;
const LINE = /\r?\n|(?:\\r)?\\n/;
const BETWEEN_PAIRS = /[ :,-]/g;
const PAIRS = /^[\da-f]{2}[ :,-]/i;
const HEX = /^(?:[\da-f]{2}){8,}$/i;
const BEYOND_ASCII = /[\x80-\xff]/g;
export const BREAK = '\\n';
/** Else it is no text. */
const PRINTED_MIN = 0.95;

const UNPRINTED = /[^\n -~\u00a1-\u1fff\u3040-\ud7ff\uf900-\ufffc]/g;

function isText(text: string): boolean {
  const unprinted = text.match(UNPRINTED)?.length ?? 0;
  return text.length >= 8 && unprinted <= text.length * (1 - PRINTED_MIN);
}

function fromHex(run: string): string {
  return run.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
}

const NO_BASE64 = /[^A-Za-z0-9+/]/g;

function fromBase64(run: string): string {
  const plain = run.replaceAll('-', '+').replaceAll('_', '/').replace(NO_BASE64, '');
  return atob(plain.slice(0, plain.length - (plain.length % 4 === 1 ? 1 : 0)));
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });
/** Throwing is slow. */
const NO_LETTER = '\ufffd';

function fromUtf8(bytes: string): string | undefined {
  const text = UTF8.decode(Uint8Array.from(bytes, (unit) => unit.charCodeAt(0)));
  return text.includes(NO_LETTER) ? undefined : text;
}

function decodedRun(run: string): string | undefined {
  const bytes = HEX.test(run) ? fromHex(run) : fromBase64(run);
  const decoded = fromUtf8(bytes);
  if (decoded === undefined) return isText(bytes.replace(BEYOND_ASCII, '\0')) ? bytes : undefined;
  return isText(decoded) ? decoded : undefined;
}

function beside(run: string, decoded: string): string {
  return decoded.includes(' ') ? `${run}${BREAK}${decoded}${BREAK}` : `${run} ${decoded}`;
}

const FOLDS: ReadonlySet<number> = new Set([60, 64, 76]);

function decodedSingly(run: string): string {
  return run.replace(SINGLE_RUN, (line) => {
    const decoded = decodedRun(line);
    return decoded === undefined ? line : beside(line, decoded);
  });
}

function decodedLines(run: string): string {
  const lines = run.split(LINE);
  const [{ length } = run] = lines;
  if (lines.length > 1 && lines.slice(1, -1).every((line) => line.length === length)) {
    const decoded = decodedRun(lines.join('')) ?? decodedRun(lines.slice(0, -1).join(''));
    if (decoded !== undefined) {
      const alone = FOLDS.has(length) ? lines.slice(-1) : lines;
      const texts = [run, decoded, ...alone.map((line) => decodedRun(line) ?? '')];
      return `${texts.join(BREAK)}${BREAK}`;
    }
  }
  return decodedSingly(run);
}

export function decodedText(text: string): string {
  return text.replace(RUN, (run) => {
    if (run.length <= 2) return run;
    if (!PAIRS.test(run)) return decodedLines(run);
    const decoded = decodedRun(run.replace(BETWEEN_PAIRS, ''));
    return decoded === undefined ? run : beside(run, decoded);
  });
}
