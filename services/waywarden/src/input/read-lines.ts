/** Lines of a file, `.gz`, or `-` stdin; from 1. */
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { AcceptError } from '@waywarden/ingest';
import { SharedEnding } from '@waywarden/stage';
import { UsageError } from './command-output.ts';

interface Line {
  readonly text: string;
  readonly number: number;
}

export async function* readLines(file: string): AsyncGenerator<Line> {
  if (file !== '-' && !existsSync(file)) {
    throw new UsageError(
      `${file}: there is no such file. Name one that exists, or - for standard input.`,
    );
  }
  const raw: Readable = file === '-' ? process.stdin : createReadStream(file);
  const input: Readable = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  // A pipe does not hand errors on.
  const failure = new Promise<never>((_, reject) => {
    for (const stream of [raw, input]) stream.once('error', reject);
  });
  const ending = new SharedEnding(failure);
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[
    Symbol.asyncIterator
  ]();
  for (let number = 1; ; number++) {
    const next = await ending.race(lines.next()).catch((error: unknown) => {
      throw new UsageError(`${file}: can't be read: ${(error as Error).message}`);
    });
    if (next.done === true) return;
    yield { text: next.value, number };
  }
}

/** Lines that were no events: how many, and the first. */
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
