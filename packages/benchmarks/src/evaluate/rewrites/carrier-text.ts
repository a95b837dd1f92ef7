/**
 * A tool's result as it reads, with the place of each character in the text that was printed: planted
 * text stands folded, quoted and escaped by YAML, JSON and Python, and is to be found in all of them.
 */
export interface Unfolded {
  readonly text: string;
  /** Where each character of `text` stands in the printed text, and one more for the end. */
  readonly places: readonly number[];
}

interface Piece {
  /** What it reads as: one character, or nothing for a fold. */
  readonly as: string;
  readonly length: number;
}

const ESCAPED: Readonly<Record<string, string>> = { n: ' ', r: ' ', t: ' ', '"': '"', "'": "'" };

function isSpace(unit: string | undefined): boolean {
  return unit === ' ' || unit === '\n' || unit === '\r' || unit === '\t';
}

/** The rest of a line that YAML folded with a backslash: its indentation reads as nothing. */
function foldLength(printed: string, from: number): number {
  let at = from + 1;
  while (isSpace(printed[at])) at++;
  // An escaped space after the fold is one that is meant.
  return printed[at] === '\\' && printed[at + 1] === ' ' ? at + 1 - from : at - from;
}

function pieceAt(printed: string, at: number): Piece {
  const unit = printed[at] ?? '';
  const next = printed[at + 1];
  if (unit === '\\' && next === '\n') return { as: '', length: foldLength(printed, at) };
  if (unit === '\\' && next !== undefined) {
    const as = ESCAPED[next];
    if (as !== undefined) return { as, length: 2 };
  }
  if (unit === "'" && next === "'") return { as: "'", length: 2 };
  return { as: isSpace(unit) ? ' ' : unit, length: 1 };
}

/** Runs of blanks become one, quotes and escapes what they stand for. */
export function unfold(printed: string): Unfolded {
  let text = '';
  const places: number[] = [];
  for (let at = 0; at < printed.length; ) {
    const { as, length } = pieceAt(printed, at);
    if (as !== '' && !(as === ' ' && text.endsWith(' '))) {
      text += as;
      places.push(at);
    }
    at += length;
  }
  places.push(printed.length);
  return { text, places };
}

/** How the carrier breaks a line at `at`: as `\n` in letters where it prints so, else with its indent. */
export function lineBreakAt(printed: string, at: number): string {
  const start = printed.lastIndexOf('\n', at - 1) + 1;
  const line = printed.slice(start, at);
  if (line.includes('\\n') || line.includes('": "')) return '\\n';
  return `\n${/^ */.exec(line)?.[0] ?? ''}`;
}
