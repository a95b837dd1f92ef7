/** A chunked file of lines, counted and hashed; else UsageError. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { EventBytes, type WrittenEvent } from '@waywarden/fleet-simulator';
import { UsageError } from '@waywarden/waywarden/input/command-output';

const CHUNK = 1 << 20;

function unwritable(path: string, error: unknown): UsageError {
  return new UsageError(`${path}: cannot be written (${String(error)}). Give another path.`);
}

/** @throws UsageError when it can't be written */
export function writeText(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw unwritable(path, error);
  }
}

class StreamFile {
  readonly #path: string;
  readonly #file: number;
  readonly #hash = createHash('sha256');
  lines = 0;
  bytes = 0;

  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, 'w');
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  protected write(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      throw unwritable(this.#path, error);
    }
    this.bytes += bytes.length;
  }

  /** @returns the SHA-256 of the file, in hexadecimal. */
  close(): string {
    closeSync(this.#file);
    return this.#hash.digest('hex');
  }
}

export class LineFile extends StreamFile {
  #held = '';

  add(line: string): void {
    this.#held += `${line}\n`;
    this.lines++;
    if (this.#held.length >= CHUNK) this.#flush();
  }

  override close(): string {
    this.#flush();
    return super.close();
  }

  #flush(): void {
    this.write(Buffer.from(this.#held, 'utf8'));
    this.#held = '';
  }
}

export class EventFile extends StreamFile {
  readonly #held = new EventBytes(2 * CHUNK);

  add(event: WrittenEvent): void {
    this.#held.copy(event);
    this.lines++;
    if (this.#held.length >= CHUNK) this.write(this.#held.take());
  }

  override close(): string {
    this.write(this.#held.take());
    return super.close();
  }
}
