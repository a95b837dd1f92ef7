/**
 * Log files: growing ones are followed through rotation, folders read once. Whole lines, with the place after them.
 */
import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Mapping } from '@waywarden/agent-telemetry';
import { z } from 'zod';
import { UsageError } from '../input/command-output.ts';
import { readLines } from '../input/read-lines.ts';

const CHUNK_BYTES = 1 << 20;
const LINE_BYTES_MAX = 1 << 20;
const LINES_MAX = 500;

export interface Piece {
  readonly name: string;
  readonly lines: readonly string[];
  readonly reached: FilePosition;
  /** Too long. */
  readonly cut: number;
}

export function* newLines(path: string, positions: Positions): Generator<Piece> {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return;
  const file = openSync(path, 'r');
  try {
    const { ino: inode, size } = fstatSync(file);
    const known = positions.of(path);
    const isSame = known !== undefined && known.inode === inode && known.offset <= size;
    let offset = isSame ? known.offset : 0;
    const chunk = Buffer.alloc(CHUNK_BYTES);
    while (offset < size) {
      const length = readSync(file, chunk, 0, CHUNK_BYTES, offset);
      const end = chunk.lastIndexOf(0x0a, length - 1) + 1;
      if (end === 0 && length < CHUNK_BYTES) return;
      const cut = end === 0 ? length : 0;
      const text = cut > 0 ? '' : chunk.toString('utf8', 0, end);
      offset += cut > 0 ? length : end;
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      for (let at = 0; at < Math.max(1, lines.length); at += LINES_MAX) {
        const isLast = at + LINES_MAX >= lines.length;
        const reached = isLast ? { inode, offset } : (positions.of(path) ?? { inode, offset: 0 });
        yield {
          name: path,
          lines: lines.slice(at, at + LINES_MAX),
          reached,
          cut: isLast ? cut : 0,
        };
      }
    }
  } finally {
    closeSync(file);
  }
}

/** By name. */
export function unreadFiles(folder: string, positions: Positions): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:json|ndjson|jsonl|log)(?:\.gz)?$/u.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => positions.of(path)?.inode !== statSync(path).ino)
    .sort();
}

export async function* wholeFile(path: string): AsyncGenerator<Piece> {
  const { ino: inode } = statSync(path);
  let lines: string[] = [];
  let cut = 0;
  for await (const { text } of readLines(path)) {
    // Archives may be one long line.
    if (text.length > LINE_BYTES_MAX * 64) cut += text.length;
    else lines.push(text);
    if (lines.length < LINES_MAX) continue;
    yield { name: path, lines, reached: { offset: 0 }, cut: 0 };
    lines = [];
  }
  yield { name: path, lines, reached: { inode, offset: 1 }, cut };
}

function inside(value: unknown, path: string): unknown {
  let at = value;
  for (const step of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = Object.entries(at).find(([key]) => key === step)?.[1];
  }
  return at;
}

/** Else it is one unread record. */
export function recordsOf(text: string, mappings: readonly Mapping[]): readonly unknown[] {
  if (text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [text];
  }
  if (Array.isArray(value)) return value;
  for (const { items } of mappings) {
    const list = typeof items === 'string' ? inside(value, items) : undefined;
    if (Array.isArray(list)) return list;
  }
  return [value];
}

const position = z.strictObject({
  inode: z.number().int().optional(),
  /** Of a whole file: 1. */
  offset: z.number().int().min(0),
});
const file = z.strictObject({ version: z.literal(1), positions: z.record(z.string(), position) });

/** How far each log was delivered; written after acknowledgement, so a crash delivers again. */
type FilePosition = z.infer<typeof position>;

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
