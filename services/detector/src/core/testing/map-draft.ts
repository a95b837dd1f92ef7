/** A stage's state in plain memory; the stage package's own draft is no import for the core. */
import type { Transaction } from '@waywarden/stage';

export class MapTransaction implements Transaction {
  readonly entries = new Map<string, unknown>();

  get<T>(key: string): T | undefined {
    return this.entries.get(key) as T | undefined;
  }

  put(key: string, value: unknown): void {
    this.entries.set(key, value);
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  /** As after a restart: everything is read from what was stored, and no object is the one of before. */
  readAnew(): void {
    for (const [key, value] of this.entries) {
      this.entries.set(key, JSON.parse(JSON.stringify(value)));
    }
  }
}
