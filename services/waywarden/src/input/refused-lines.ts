/**
 * Lines of given files that could not be taken as events. Whoever judges rules by a file must be told:
 * a history that nobody could read looks like one in which nothing happened. Told are how many, and of
 * the first why; the rest are often the same mistake.
 */
import type { AcceptError } from '@waywarden/ingest';

/** As the command line prints it with `--json`. */
export interface RefusedReport {
  readonly lines: number;
  readonly first: {
    readonly file: string;
    readonly line: number;
    /** Empty for the line itself. */
    readonly field: string;
    readonly reason: string;
  } | null;
}

export const NOTHING_REFUSED: RefusedReport = { lines: 0, first: null };

export class RefusedLines {
  #lines = 0;
  #first: RefusedReport['first'] = null;
  #last: { readonly file: string; readonly line: number } | undefined;

  /** In the order of the file; several calls of one line are one line. */
  take(file: string, errors: readonly AcceptError[]): void {
    for (const { line, field, reason } of errors) {
      this.#first ??= { file, line, field, reason };
      if (this.#last?.file === file && this.#last.line === line) continue;
      this.#last = { file, line };
      this.#lines += 1;
    }
  }

  report(): RefusedReport {
    return { lines: this.#lines, first: this.#first };
  }
}

/** `2 lines were refused; the first is events.ndjson:3: the line is not JSON`; none: undefined. */
export function sayRefused({ lines, first }: RefusedReport): string | undefined {
  if (first === null) return undefined;
  const { file, line, field, reason } = first;
  const why = field === '' ? reason : `${field}: ${reason}`;
  const head = lines === 1 ? '1 line was refused; it is' : `${lines} lines were refused; first`;
  return `${head} ${file}:${line}: ${why}`;
}
