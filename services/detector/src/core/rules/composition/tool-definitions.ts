/**
 * Tools of an agent whose definitions are watched. A new one takes the place of one unused for a week, or none:
 * else each would be new for ever. The asserted gives way to the proven.
 */
import { type AuditEvent, assuranceAtLeast, PRINT_LENGTH, shortPrint } from '@waywarden/schemas';
import { HOURS_A_DAY } from '../../domain/day.ts';
import { printSet } from '../../domain/record-table.ts';
import { toolName } from '../../state/agent/joined-names.ts';

const TOOLS_MAX = 32;
/** Of all tools together. */
const DEFINITIONS_MAX = 256;
const DEFINITIONS = printSet(PRINT_LENGTH, DEFINITIONS_MAX);
const UNUSED_HOURS = 7 * HOURS_A_DAY;

/** By fingerprint, the earliest first; `isProven`: a proven call used it. */
export interface KnownTool {
  readonly name: string;
  readonly hour: number;
  readonly isProven: boolean;
  readonly definitions: string;
}
type Tools = readonly KnownTool[];

function withRoom(tools: Tools, hour: number, isProven: boolean): Tools | undefined {
  if (tools.length < TOOLS_MAX) return tools;
  const [first, ...more] = tools.filter((one) => {
    const isUnused = hour - one.hour >= UNUSED_HOURS;
    return one.isProven ? isProven && isUnused : isProven || isUnused;
  });
  if (first === undefined) return undefined;
  const isBefore = (a: KnownTool, b: KnownTool) =>
    a.isProven === b.isProven ? a.hour < b.hour : b.isProven;
  const goes = more.reduce((least, one) => (isBefore(one, least) ? one : least), first);
  return tools.filter((one) => one !== goes);
}

const countOf = ({ definitions }: KnownTool) => DEFINITIONS.count(definitions);

function withinRoom(tools: Tools): Tools {
  if (tools.reduce((sum, one) => sum + countOf(one), 0) <= DEFINITIONS_MAX) return tools;
  const most = tools.reduce((a, b) => (countOf(b) > countOf(a) ? b : a));
  const definitions = most.definitions.slice(PRINT_LENGTH);
  return tools.map((one) => (one === most ? { ...one, definitions } : one));
}

export function metTool(tools: Tools, { tool, agent }: AuditEvent, hour: number) {
  if (tool?.definition_hash === undefined) return { tools, isNew: false, since: hour };
  const name = shortPrint(toolName(tool));
  const definition = shortPrint(tool.definition_hash);
  const known = tools.find((one) => one.name === name);
  const { definitions: before = '', hour: since = hour } = known ?? {};
  const isProven = known?.isProven === true || assuranceAtLeast(agent.assurance, 'authenticated');
  const isKnown = DEFINITIONS.has(before, definition);
  if (isKnown && since >= hour && isProven === known?.isProven) {
    return { tools, isNew: false, since };
  }
  const definitions = DEFINITIONS.add(before, definition);
  const own = { name, hour: Math.max(0, since, hour), isProven, definitions };
  const others =
    known === undefined ? withRoom(tools, hour, isProven) : tools.filter((one) => one !== known);
  const now = others === undefined ? tools : [...others, own];
  return { tools: isKnown ? now : withinRoom(now), isNew: !isKnown && before !== '', since };
}
