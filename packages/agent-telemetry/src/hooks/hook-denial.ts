/** A hook's answer that stops the call: a table entry's `deny`. */
import { isRecord, type JsonRecord } from '../json/path.ts';
import { hookEntry } from './hook-entry.ts';
import { type HookTable, loadHookTables } from './hook-table.ts';

function filled(value: unknown, words: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return words[value] ?? value;
  if (Array.isArray(value)) return value.map((one) => filled(one, words));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, words)]));
}

export class HookDenials {
  readonly #tables: readonly HookTable[];

  constructor(tables: readonly HookTable[] = loadHookTables()) {
    this.#tables = tables;
  }

  /** `undefined`: nothing is asked. */
  answer(payload: unknown, event: string | undefined, reason: string): JsonRecord | undefined {
    const entry = hookEntry(this.#tables, payload, event);
    if (entry === undefined || entry === 'unknown') return undefined;
    const { deny } = entry.event;
    if (deny === undefined) return undefined;
    const answer = filled(deny, { $event: entry.eventName, $reason: reason });
    return isRecord(answer) ? answer : undefined;
  }
}
