/** A file written line by line, in chunks; UsageError when it can't be written. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { UsageError } from '../commands/command-output.ts';

/** Characters gathered before they are written. */
const CHUNK_CHARS = 1 << 20;

export class LineFile {
  readonly #file: number;
  #held = '';
  lines = 0;

  constructor(path: string) {
    try {
      this.#file = openSync(path, 'w');
    } catch (error) {
      throw new UsageError(`${path}: cannot be written (${String(error)}). Give another path.`);
    }
  }

  add(line: string): void {
    this.#held += `${line}\n`;
    this.lines++;
    if (this.#held.length >= CHUNK_CHARS) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    const bytes = Buffer.from(this.#held, 'utf8');
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.#held = '';
  }
}
