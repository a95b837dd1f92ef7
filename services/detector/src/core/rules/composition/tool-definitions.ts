/**
 * The tools of an agent whose definitions are known. Who has more tools than there is room for has those watched
 * that have a place: a new one takes the place of one that was not used for a week, or none. Else an agent with one
 * tool more than that would meet each of them for the first time, for ever, and no change would be told. What is only
 * asserted takes no place of what was proven, and gives way to it.
 */
import { type AuditEvent, assuranceAtLeast, PRINT_LENGTH, shortPrint } from '@waywarden/schemas';
import { findPrint, fromDigits, toDigits, withoutRecord } from '../../domain/print-table.ts';
import { toolName } from '../../state/agent/joined-names.ts';

/** Tools of an agent whose definitions are known, and definitions of all of them. */
const TOOLS_MAX = 32;
const DEFINITIONS_MAX = 256;
const UNUSED_HOURS = 7 * 24;
const HOUR_DIGITS = 4;
const DEFINITIONS_AT = PRINT_LENGTH + HOUR_DIGITS;
/** Beyond any hour: that a proven call used the tool, which earlier versions did not tell. */
const PROVEN = 2 ** 23;

/** Each in one text: its fingerprint, the hour in which it was last used, its definitions' fingerprints. */
type Tools = readonly string[];

function usedOf(tool: string): { readonly hour: number; readonly isProven: boolean } {
  const hour = fromDigits(tool.slice(PRINT_LENGTH, DEFINITIONS_AT));
  return hour < PROVEN ? { hour, isProven: false } : { hour: hour - PROVEN, isProven: true };
}

/** With a place for one more; undefined where there is none. */
function withRoom(tools: Tools, hour: number, isProven: boolean): Tools | undefined {
  if (tools.length < TOOLS_MAX) return tools;
  const [first, ...more] = tools.filter((one) => {
    const used = usedOf(one);
    const isUnused = hour - used.hour >= UNUSED_HOURS;
    return used.isProven ? isProven && isUnused : isProven || isUnused;
  });
  if (first === undefined) return undefined;
  const rank = (one: string) => fromDigits(one.slice(PRINT_LENGTH, DEFINITIONS_AT));
  const goes = more.reduce((least, one) => (rank(one) < rank(least) ? one : least), first);
  return tools.filter((one) => one !== goes);
}

/** Within the room that all tools share: the one with the most definitions forgets its oldest. */
function withinRoom(tools: Tools): Tools {
  const used = tools.reduce((sum, one) => sum + one.length - DEFINITIONS_AT, 0);
  if (used <= DEFINITIONS_MAX * PRINT_LENGTH) return tools;
  const most = tools.reduce((a, b) => (b.length > a.length ? b : a));
  return tools.map((one) =>
    one === most ? withoutRecord(one, DEFINITIONS_AT, PRINT_LENGTH) : one,
  );
}

/** What a call shows of its tool's definition: whether it is another than was known, and since when it may be. */
export function metTool(tools: Tools, { tool, agent }: AuditEvent, hour: number) {
  if (tool?.definition_hash === undefined) return { tools, isNew: false, since: hour };
  const name = shortPrint(toolName(tool));
  const definition = shortPrint(tool.definition_hash);
  const known = tools.find((one) => one.startsWith(name));
  const before = known?.slice(DEFINITIONS_AT) ?? '';
  const used = known === undefined ? { hour, isProven: false } : usedOf(known);
  const since = used.hour;
  const isProven = used.isProven || assuranceAtLeast(agent.assurance, 'authenticated');
  const isKnown = findPrint(before, definition, PRINT_LENGTH) >= 0;
  if (isKnown && since >= hour && isProven === used.isProven) {
    return { tools, isNew: false, since };
  }
  const all = isKnown ? before : before + definition;
  const last = Math.max(0, since, hour) + (isProven ? PROVEN : 0);
  const own = name + toDigits(last, HOUR_DIGITS) + all;
  const others =
    known === undefined ? withRoom(tools, hour, isProven) : tools.filter((one) => one !== known);
  const now = others === undefined ? tools : [...others, own];
  return { tools: isKnown ? now : withinRoom(now), isNew: !isKnown && before !== '', since };
}
