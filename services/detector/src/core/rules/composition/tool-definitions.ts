/**
 * Tools of an agent whose definitions are watched. A new one takes the place of one unused for a week, or none:
 * else each would be new for ever. The asserted gives way to the proven.
 */
import { type AuditEvent, assuranceAtLeast, PRINT_LENGTH, shortPrint } from '@waywarden/schemas';
import { HOURS_A_DAY } from '../../domain/day.ts';
import { findPrint, fromDigits, toDigits, withoutRecord } from '../../domain/print-table.ts';
import { toolName } from '../../state/agent/joined-names.ts';

const TOOLS_MAX = 32;
const DEFINITIONS_MAX = 256;
const UNUSED_HOURS = 7 * HOURS_A_DAY;
const HOUR_DIGITS = 4;
const DEFINITIONS_AT = PRINT_LENGTH + HOUR_DIGITS;
/** Flag beyond any hour: a proven call used it. */
const PROVEN = 2 ** 23;

/** Fingerprint, hour of last use, definitions' fingerprints. */
type Tools = readonly string[];

function usedOf(tool: string): { readonly hour: number; readonly isProven: boolean } {
  const hour = fromDigits(tool.slice(PRINT_LENGTH, DEFINITIONS_AT));
  return hour < PROVEN ? { hour, isProven: false } : { hour: hour - PROVEN, isProven: true };
}

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

function withinRoom(tools: Tools): Tools {
  const used = tools.reduce((sum, one) => sum + one.length - DEFINITIONS_AT, 0);
  if (used <= DEFINITIONS_MAX * PRINT_LENGTH) return tools;
  const most = tools.reduce((a, b) => (b.length > a.length ? b : a));
  return tools.map((one) =>
    one === most ? withoutRecord(one, DEFINITIONS_AT, PRINT_LENGTH) : one,
  );
}

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
