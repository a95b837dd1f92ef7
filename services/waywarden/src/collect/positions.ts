/** How far each log was delivered; written after acknowledgement, so a crash delivers again. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from '../input/command-output.ts';

const position = z.strictObject({
  inode: z.number().int().optional(),
  /** Of a whole file: 1. */
  offset: z.number().int().min(0),
});
const file = z.strictObject({ version: z.literal(1), positions: z.record(z.string(), position) });

export type FilePosition = z.infer<typeof position>;

export class Positions {
  readonly #path: string | undefined;
  readonly #positions: Map<string, FilePosition>;

  /** Undefined: nothing is stored. Throws on a foreign file. */
  constructor(path: string | undefined) {
    this.#path = path;
    this.#positions = new Map(path === undefined ? [] : Object.entries(read(path)));
  }

  of(name: string): FilePosition | undefined {
    return this.#positions.get(name);
  }

  reach(name: string, reached: FilePosition): void {
    this.#positions.set(name, reached);
    if (this.#path === undefined) return;
    const temporary = `${this.#path}.${process.pid}`;
    const positions = Object.fromEntries(this.#positions);
    writeFileSync(temporary, `${JSON.stringify({ version: 1, positions })}\n`);
    renameSync(temporary, this.#path);
  }
}

function read(path: string): Readonly<Record<string, FilePosition>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  const parsed = file.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data.positions;
  throw new UsageError(
    `${path} is no file of positions. Name another with --positions, or delete it to read all anew.`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
