/** Drafts that hold whoever uses them to what a stage's state is: stored, read anew, never changed in place. Test code. */
import { MapTransaction } from './map-draft.ts';

export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const one of Object.values(value)) freeze(one);
  }
  return value;
}

/** Keeps text, as a store does: what it gives is another object each time, and can't be changed in place. */
export class StoredTransaction extends MapTransaction {
  override get<T>(key: string): T | undefined {
    const text = super.get<string>(key);
    return text === undefined ? undefined : freeze(JSON.parse(text) as T);
  }

  override put(key: string, value: unknown): void {
    super.put(key, JSON.stringify(value));
  }
}
