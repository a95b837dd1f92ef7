/** Lines that were no events: how many, and the first. */
import type { AcceptError } from '@waywarden/ingest';

export interface RefusedReport {
  readonly lines: number;
  readonly first: {
    readonly file: string;
    readonly line: number;
    readonly field: string;
    readonly reason: string;
  } | null;
}

export const NOTHING_REFUSED: RefusedReport = { lines: 0, first: null };

export class RefusedLines {
  #lines = 0;
  #first: RefusedReport['first'] = null;
  #last: { readonly file: string; readonly line: number } | undefined;

  /** Several calls of one line count once. */
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
