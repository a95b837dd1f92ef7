/**
 * A draft in two layers over stored state: what the current record wrote, and what earlier records
 * of the same batch wrote. `keep` folds the first into the second; `forget` throws it away, so that
 * a `decide` which threw has changed nothing.
 */
import type { Draft } from './port.ts';

/** Marks a deleted key among the writes. */
export const DELETED: unique symbol = Symbol('deleted');

export class LayeredDraft implements Draft {
  readonly batch = new Map<string, unknown>();
  readonly #record = new Map<string, unknown>();
  readonly #stored: (key: string) => unknown;

  constructor(stored: (key: string) => unknown) {
    this.#stored = stored;
  }

  get<T>(key: string): T | undefined {
    let value = this.#record.get(key);
    if (value === undefined) value = this.batch.get(key);
    if (value === undefined) value = this.#stored(key);
    return value === DELETED ? undefined : (value as T | undefined);
  }

  put(key: string, value: unknown): void {
    this.#record.set(key, value);
  }

  delete(key: string): void {
    this.#record.set(key, DELETED);
  }

  keep(): void {
    for (const [key, value] of this.#record) this.batch.set(key, value);
    this.#record.clear();
  }

  forget(): void {
    this.#record.clear();
  }
}
