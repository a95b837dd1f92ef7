/** Lines of a file, `.gz`, or `-` stdin; from 1. */
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
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
