/** The first table that matches and lists the event. */
import { entryOf, firstAt, idAt, isRecord, type JsonRecord } from '../json/path.ts';
import { type HookEvent, type HookFields, type HookTable, loadHookTables } from './hook-table.ts';

export interface HookEntry {
  readonly table: HookTable;
  readonly eventName: string;
  readonly event: HookEvent;
  readonly fields: HookFields;
}

function isMatching(table: HookTable, payload: unknown): boolean {
  const { present, absent } = table.match;
  return (
    present.every((paths) => firstAt(payload, paths) !== undefined) &&
    absent.every((paths) => firstAt(payload, paths) === undefined)
  );
}

function isApplicable(event: HookEvent, payload: unknown): boolean {
  const isThere =
    event.if_present === undefined || firstAt(payload, event.if_present) !== undefined;
  const isAway = event.if_absent === undefined || firstAt(payload, event.if_absent) === undefined;
  return isThere && isAway;
}

/** `unknown`: no known client; `undefined`: nothing told. */
export function hookEntry(
  tables: readonly HookTable[],
  payload: unknown,
  event: string | undefined,
): HookEntry | 'unknown' | undefined {
  const matching = tables.filter((table) => isMatching(table, payload));
  if (!isRecord(payload) || matching.length === 0) return 'unknown';
  for (const table of matching) {
    const eventName = idAt(payload, table.event) ?? event;
    const entry = entryOf(table.events, eventName);
    if (eventName === undefined || entry === undefined || !isApplicable(entry, payload)) continue;
    return { table, eventName, event: entry, fields: { ...table.fields, ...entry.fields } };
  }
  return undefined;
}

function filled(value: unknown, words: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return words[value] ?? value;
  if (Array.isArray(value)) return value.map((one) => filled(one, words));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, words)]));
}

/** A hook's answer that stops the call: a table entry's `deny`. */
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
