/** The highest number known to be written: a hint and guard; the log counts. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const floorFile = z.object({
  incarnation: z.string(),
  seq: z.number().int().nonnegative(),
});

export class SequenceFloor {
  readonly #path: string;
  readonly #incarnation: string;

  constructor(stateDir: string, incarnation: string) {
    mkdirSync(stateDir, { recursive: true });
    this.#path = join(stateDir, 'sequence-floor.json');
    this.#incarnation = incarnation;
  }

  read(): number {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch {
      return 0;
    }
    try {
      const floor = floorFile.parse(JSON.parse(text));
      return floor.incarnation === this.#incarnation ? floor.seq : 0;
    } catch {
      return 0;
    }
  }

  write(seq: number): void {
    const text = JSON.stringify({ incarnation: this.#incarnation, seq });
    writeFileSync(`${this.#path}.new`, text);
    renameSync(`${this.#path}.new`, this.#path);
  }
}
