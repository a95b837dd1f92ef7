/**
 * Whether what agents alarm on is alike: the same kind of thing (calls, tokens, denials, amounts of data, something
 * new), of data and effects as sensitive, not graver, and not many times as far from the usual. Else whoever makes
 * three agents retry would have a bulk export told as that (`common-cause.ts`).
 *
 * How far is compared in multiples of what is usual of each agent, with the lower median of the others: a few of them
 * that are as far don't make it usual. Rejected: amounts themselves, which differ by what an agent is for.
 */
import {
  type AuditEvent,
  assuranceAtLeast,
  isCritical,
  isPrivileged,
  isSensitive,
  SEVERITIES,
  type Severity,
  severityAtLeast,
  shortPrint,
} from '@waywarden/schemas';
import type { Alike, FacetAlarm } from '../facets/facet.ts';
import { GRAVE } from '../facets/novelty-excuse.ts';
import { LASTING } from '../facets/novelty-surprise.ts';

/** From so many times the multiple of the others on it is another thing: retries of quiet and busy agents differ by less. */
const FAR = 8;
/** Of what is too much at once, the kind with the highest names it. */
const RANK: Readonly<Record<Alike, number>> = { new: 0, calls: 1, tokens: 2, denials: 3, data: 4 };

const rankOf = (name: string): number =>
  Object.entries(RANK).find(([kind]) => kind === name)?.[1] ?? 0;

/** What the call does that no retry of reads does; empty for the rest. */
function sensitiveOf({ effect, target }: AuditEvent): string {
  if (effect === 'send' || LASTING.has(effect)) return effect;
  return GRAVE.has(target?.sensitivity ?? '') ? (target?.sensitivity ?? '') : '';
}

/** Whether it is an amount, of nothing that is sensitive: all else is told when it comes. */
export function isPlainAmount(event: AuditEvent, { alike }: FacetAlarm): boolean {
  return alike !== 'new' && sensitiveOf(event) === '';
}

/** What alarms of one thing have in common: its kind, and the sensitive effect or data. */
export function likenessOf(event: AuditEvent, { alike, ruleId }: FacetAlarm): string {
  return `${alike ?? ruleId}|${sensitiveOf(event)}`;
}

/** What goes to the outside, whatever its effect is called. */
function goesOutside({ args, capabilities }: AuditEvent, { ruleId }: FacetAlarm): boolean {
  const isOutside = ({ symbol }: { readonly symbol: string }) => symbol.includes(':external');
  return (
    ruleId === 'first-counterparty' ||
    (args?.outside_fps ?? []).length > 0 ||
    capabilities.some(isOutside)
  );
}

/**
 * What alarms of agents have in common that only share who tells of them; undefined where that is no cause of it. Whole
 * fleets stand behind one gateway: that it tells something twice explains amounts, and a tool of one name that is new
 * to six; not that one of them sends, deletes, reads what is restricted, or did something new of its own.
 */
export function likenessOfSource(event: AuditEvent, alarm: FacetAlarm): string | undefined {
  if (sensitiveOf(event) !== '' || goesOutside(event, alarm)) return undefined;
  if (alarm.alike !== 'new') return likenessOf(event, alarm);
  return `${alarm.ruleId}|${event.effect}|${event.tool?.name ?? ''}`;
}

/** Whether it does nothing that a person should see of each agent, whoever else does it. */
function isOrdinary(event: AuditEvent, alarm: FacetAlarm): boolean {
  const { effect, capabilities } = event;
  if (effect === 'unknown' || sensitiveOf(event) !== '' || goesOutside(event, alarm)) return false;
  return !capabilities.some(
    ({ symbol }) => isPrivileged(symbol) || isSensitive(symbol) || isCritical(symbol),
  );
}

/** Whom a call may reach, as far as its arguments tell. */
const ADDRESSES: ReadonlySet<string> = new Set(['email', 'phone', 'iban', 'account']);

/**
 * What agents have in common that come to one tool in one way, whenever that is (`roll-out.ts`): the way, and where the
 * call names somebody's address, that as well. Nothing of what queues by itself, whoever else came to it.
 */
export function printsOfTool(event: AuditEvent, alarm: FacetAlarm): readonly string[] {
  const { tool, effect, target, agent, args } = event;
  if (alarm.alike !== 'new' || tool === undefined || !isOrdinary(event, alarm)) return [];
  const isProven = assuranceAtLeast(agent.assurance, 'authenticated');
  const way = [effect, target?.sensitivity ?? '', target?.environment ?? ''];
  const of = [alarm.ruleId, alarm.dedupeKey, tool.server ?? '', tool.name, ...way];
  const print = shortPrint(JSON.stringify([isProven, ...of]));
  const isAddressed = (args?.values ?? []).some(({ kind }) => ADDRESSES.has(kind));
  return isAddressed ? [print, shortPrint(`${print}|addressed`)] : [print];
}

/** Whether it is another thing than what was told, and a graver one. */
export function isGraver(likeness: string, told: readonly string[]): boolean {
  if (told.includes(likeness)) return false;
  const [kind = '', sensitive = ''] = likeness.split('|');
  const known = told.map((one) => one.split('|'));
  const rank = Math.max(...known.map(([one = '']) => rankOf(one)));
  return rankOf(kind) > rank || (sensitive !== '' && !known.some(([, one]) => one === sensitive));
}

/** More calls bring more of everything: up to so many times their multiple says nothing else than they do. */
const BY_CALLS = 4;

type Likened = Pick<FacetAlarm, 'alike' | 'times'>;

/**
 * Of what is too much at once: what names it, and how far from the usual that is. `calls`: how many times the usual
 * its calls are or were within the windows.
 */
export function gravestOf(all: readonly Likened[], calls: number): Likened {
  const alarms = all.map(({ alike, times = 1 }): Likened => {
    const isByCalls = alike !== undefined && alike !== 'new' && times <= BY_CALLS * calls;
    return isByCalls ? { alike: 'calls', times } : { ...(alike && { alike }), times };
  });
  const [first] = [...alarms].sort(
    (a, b) => rankOf(b.alike ?? '') - rankOf(a.alike ?? '') || (b.times ?? 1) - (a.times ?? 1),
  );
  const { alike, times } = first ?? {};
  return { ...(alike && { alike }), ...(times && { times }) };
}

/** How grave an alert of an agent is. */
export interface Weight {
  readonly agent: string;
  readonly severity: Severity;
  /** How many times the usual. */
  readonly times: number;
}

/** How grave at most is what so many agents have in common. */
export interface Level {
  readonly severity: Severity;
  readonly times: number;
}

function timesAmong(weights: readonly Weight[]): number {
  const most = new Map<string, number>();
  for (const { agent, times } of weights) most.set(agent, Math.max(most.get(agent) ?? 0, times));
  const rising = [...most.values()].sort((a, b) => a - b);
  return FAR * (rising[Math.floor((rising.length - 1) / 2)] ?? 1);
}

/** What at least `agents` of them reach, and how far from the usual these are. */
export function levelOf(weights: readonly Weight[], agents: number): Level {
  const severity = SEVERITIES.findLast((one) => {
    const asGrave = weights.filter((weight) => severityAtLeast(weight.severity, one));
    return new Set(asGrave.map(({ agent }) => agent)).size >= agents;
  });
  return { severity: severity ?? SEVERITIES[0], times: timesAmong(weights) };
}

/** Whether it is no graver than what they have in common. */
export function isWithin({ severity, times }: Omit<Weight, 'agent'>, level: Level): boolean {
  return severityAtLeast(level.severity, severity) && times <= level.times;
}
