/**
 * What stands encoded in a text, beside the text itself: models read base64 and hexadecimal like prose, and
 * what they then do is explained by what they read. The run stays, since it may be an id; what it decodes to
 * follows on a line of its own, and only if it is text.
 *
 * Once and not again: what is encoded twice stays hidden. What comes out is shorter than what it was made of,
 * so the text at most doubles.
 */

/** At least `ENCODED_LENGTH_MIN` long; the letter of a printed break is no part. */
const RUN = /\\[nrt]|[A-Za-z\d+/_-]{16,}/g;
const HEX = /^(?:[\da-f]{2}){8,}$/i;
/** A printed line break: what the scan never takes for a folded line. */
const BREAK = '\\n';
/** Control characters and what is not ASCII are rare in orders, and certain in what is no text. */
const PRINTED_MIN = 0.95;

function isText(text: string): boolean {
  let printed = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if ((unit >= 32 && unit < 127) || unit === 10) printed++;
  }
  return text.length >= 8 && printed >= text.length * PRINTED_MIN;
}

function fromHex(run: string): string {
  let text = '';
  for (let at = 0; at + 1 < run.length; at += 2) {
    text += String.fromCharCode(Number.parseInt(run.slice(at, at + 2), 16));
  }
  return text;
}

const SIXTY_FOUR = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function sixtyFour(unit: string): number {
  return SIXTY_FOUR.indexOf(unit === '-' ? '+' : unit === '_' ? '/' : unit);
}

function fromBase64(run: string): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const unit of run) {
    bits = ((bits << 6) | sixtyFour(unit)) & 0xfff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    text += String.fromCharCode((bits >> held) & 0xff);
  }
  return text;
}

/** The text with what is encoded in it; the same one where nothing is. */
export function decodedText(text: string): string {
  return text.replace(RUN, (run) => {
    if (run.length <= 2) return run;
    const decoded = HEX.test(run) ? fromHex(run) : fromBase64(run);
    if (!isText(decoded)) return run;
    // A value stays in its sentence; an order is one of its own.
    return decoded.includes(' ') ? `${run}${BREAK}${decoded}${BREAK}` : `${run} ${decoded}`;
  });
}
