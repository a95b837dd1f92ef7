/** The first table that matches and lists the event. */
import { entryOf, firstAt, idAt, isRecord } from '../json/path.ts';
import type { HookEvent, HookFields, HookTable } from './hook-table.ts';

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
