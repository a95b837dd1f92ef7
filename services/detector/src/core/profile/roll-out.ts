/**
 * A tool that was given to many. On the day it is new to each of them and told as one common cause (`common-cause.ts`);
 * until it has settled with an agent, a week later at the earliest, each further piece of work calls it anew, and others
 * come to it later. None of that is another thing: who was part of the cause stays so, and who comes to the same tool in
 * the same way is listed beside it and named in it. The first of them is named at once: nothing else in the queue tells
 * of it. From then on it is told once a day at most, or when there are twice as many; who waits for that is named when
 * the day is over, though nobody calls again (up to an hour later, `../due-items.ts`).
 *
 * The same way is the same rule, value, tool, effect, sensitivity and environment, told of three agents in that cause;
 * of who comes later it is another one where an address is among the arguments and theirs had none. What sends, goes
 * outside, can't be undone, is privileged or sensitive, touches restricted data, or may do anything queues by itself as
 * ever (`likeness.ts`), since a hijacked agent may call what others lawfully got. What is told of it beside that (an order
 * in a text, a destination, an amount, an assembly) is no part of this. Who found the cause
 * wrong said that the tool is theirs to use: who comes later is listed, and nothing is told in an alert that is closed.
 * It ends when somebody finds the cause or a part of it right, and after a month.
 *
 * Rejected: to learn the tool for whoever comes to it. Then nobody would be named, and a verdict on the cause had
 * nothing to take back.
 */
import { type Alert, type AuditEvent, epochMs, severityAtLeast } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { schedule, takeDue } from '../due-items.ts';
import type { FacetAlarm } from '../facets/facet.ts';
import { AGENTS_MIN, besideCause, laterCause } from './cause-alert.ts';
import { partsOf, toTell } from './cause-members.ts';
import type { Alike, CommonCause } from './common-cause.ts';
import {
  besideOf,
  COMMON_AGENTS_MAX,
  type Common,
  commonKey,
  keepCause,
  OPEN_MS,
} from './kept-causes.ts';
import { printsOfTool } from './likeness.ts';
import type { Tracked } from './merge-alert.ts';
import { toldAs } from './told-alert.ts';

/** Latest ones of a tenant; the longest known makes room. */
export const ROLL_OUTS_MAX = 32;
const DAY_MS = 86_400_000;
/** Who uses it once a week has it settled long before. */
const AFTER_FIRST_MS = 30 * DAY_MS;

/** What of which tool is new, the cause that tells it (none: somebody found that right), and when it was told first. */
type RollOut = readonly [print: string, causeKey: string, alertId: string, firstMs: number];
const ENDED = '';

/** The causes of which somebody waits to be named; one for each who does. */
const LATER = 'later';
type Due = { readonly cause: string; readonly tenant: string };

const keyOf = (tenant: string) => `roll-outs|${tenant}`;
const rollOutsOf = (draft: Draft, tenant: string) =>
  draft.get<readonly RollOut[]>(keyOf(tenant)) ?? [];

/** The one of this print; a month after its first day there is none. */
function rollOutOf(draft: Draft, tenant: string, print: string, ms: number): RollOut | undefined {
  const known = rollOutsOf(draft, tenant).find(([one]) => one === print);
  return known !== undefined && ms - known[3] <= AFTER_FIRST_MS ? known : undefined;
}

/** Notes what became part of a cause, once that has as many agents which came to the same in the same way. */
export function noteRollOut(
  draft: Draft,
  event: AuditEvent,
  { alarm, alert }: Alike,
  { alertId, cause }: NonNullable<CommonCause['part']>,
): void {
  const { tenant_id: tenant } = event;
  const ms = epochMs(alert.detected_at);
  const isPart = (key: string) => draft.get<Tracked>(key)?.part === alertId;
  for (const print of printsOfTool(event, alarm)) {
    const known = rollOutOf(draft, tenant, print, ms);
    if (known?.[2] === alertId || known?.[2] === ENDED) continue;
    const same = besideOf(draft, tenant).filter(
      ([prints, , at, key]) =>
        prints.includes(print) && Math.abs(ms - at) <= OPEN_MS && isPart(key),
    );
    const agents = new Set([alert.subject.agent_uid, ...same.map(([, uid]) => uid)]);
    if (agents.size < AGENTS_MIN.system) continue;
    const others = rollOutsOf(draft, tenant).filter(([one]) => one !== print);
    const own: RollOut = [print, cause[0], alertId, ms];
    draft.put(keyOf(tenant), [...others, own].slice(-ROLL_OUTS_MAX));
  }
}

/** Whether a further call of what is part of a cause is the same tool still, which has not settled. */
export function isRolledOut(
  draft: Draft,
  event: AuditEvent,
  alarm: FacetAlarm,
  { part, now }: { readonly part: string; readonly now: string },
): boolean {
  const [print] = printsOfTool(event, alarm);
  if (print === undefined) return false;
  return rollOutOf(draft, event.tenant_id, print, epochMs(now))?.[2] === part;
}

/** The cause with this alert in it; the same object where it was, or nobody new is to be named. */
function withLater(common: Common, { alert, trackedKey }: Alike): Common {
  const { agents, keys, later = [] } = common;
  const uid = alert.subject.agent_uid;
  const isNamed = agents.includes(uid) || later.includes(uid);
  const isFull = keys.length >= COMMON_AGENTS_MAX;
  if (isNamed && (isFull || keys.includes(trackedKey))) return common;
  return {
    ...common,
    keys: [...keys.filter((key) => key !== trackedKey), trackedKey].slice(-COMMON_AGENTS_MAX),
    later: isNamed ? later : [...later, uid],
  };
}

/** How many of a cause are to be named that its alert doesn't name. */
const waiting = ({ alert, agents, later = [] }: Common) =>
  agents.length + later.length - alert.count;

/** The alert of a cause, once who came later is to be named in it; `added`: the newest alert that is part of it. */
function laterTold(
  draft: Draft,
  next: Common,
  { now, added }: { readonly now: string; readonly added: Alert | undefined },
): Alert | undefined {
  const { cause, alert: told, agents } = next;
  const more = waiting(next);
  // Nobody looks again at what was found wrong.
  if (next.isAnswered === true || more <= 0) return undefined;
  const isFirst = told.count <= agents.length;
  const isDue = epochMs(now) - epochMs(told.detected_at) >= DAY_MS;
  if (!isFirst && !isDue && more < told.count) return undefined;
  const words = toTell(draft, next);
  return added === undefined
    ? besideCause(cause, told, now, words)
    : laterCause(cause, told, { ...added, detected_at: now }, words);
}

const toldWith = (alert: Alert, { held }: Common) => toldAs({ alert, emittedCount: 1, ...held });

/** Who came later and waits to be named, now that a day is over since others were. */
export function tellLater(draft: Draft, now: string): readonly Alert[] {
  return takeDue<Due>(draft, epochMs(now), LATER).flatMap(({ cause, tenant }) => {
    const known = draft.get<Common>(cause);
    if (known === undefined) return [];
    const alert = laterTold(draft, known, { now, added: partsOf(draft, known).at(-1) });
    if (alert === undefined) return [];
    keepCause(draft, tenant, { ...known, alert });
    return [toldWith(alert, known)];
  });
}

/** The cause of which this is part, as others came to the same before; none where nobody would be named in it. */
function causeOf(draft: Draft, event: AuditEvent, { alarm, alert }: Alike): Common | undefined {
  const ms = epochMs(alert.detected_at);
  const print = printsOfTool(event, alarm).at(-1);
  const known = print === undefined ? undefined : rollOutOf(draft, event.tenant_id, print, ms);
  const common = known && draft.get<Common>(known[1]);
  // The cause of another day may stand there.
  if (known === undefined || common?.alert.alert_id !== known[2]) return undefined;
  // Who comes while it is open is one of its agents.
  if (Math.abs(ms - common.lastMs) <= OPEN_MS) return undefined;
  return severityAtLeast(common.alert.severity, alert.severity) ? common : undefined;
}

/**
 * What an agent comes to that others got before, as part of what was told of them, and what is told of that;
 * undefined: it is none of it.
 */
export function joinRollOut(draft: Draft, event: AuditEvent, of: Alike): CommonCause | undefined {
  const { tenant_id: tenant } = event;
  const common = causeOf(draft, event, of);
  if (common === undefined) return undefined;
  const next = withLater(common, of);
  if ((next.later?.length ?? 0) > COMMON_AGENTS_MAX) return undefined;
  const { alert_id: alertId, incident_id: incidentId } = common.alert;
  const part = { alertId, incidentId, cause: [commonKey(tenant, common.cause), 1] } as const;
  const added = draft.get<Tracked>(next.keys.at(-1) ?? '')?.alert ?? of.alert;
  const told = laterTold(draft, next, { now: of.alert.detected_at, added });
  if (told !== undefined) {
    keepCause(draft, tenant, { ...next, alert: told });
    return { part, told: [toldWith(told, common)] };
  }
  if (next !== common) keepCause(draft, tenant, next);
  if (waiting(next) > 0 && next.later !== common.later) {
    const due: Due = { cause: part.cause[0], tenant };
    schedule(draft, due, epochMs(common.alert.detected_at) + DAY_MS, LATER);
  }
  return { part, told: [] };
}

/** Somebody found right what was told of it: who comes to it from here on is told by itself. */
export function endRollOuts(draft: Draft, tenant: string, alertIds: readonly string[]): void {
  const known = rollOutsOf(draft, tenant);
  if (!known.some(([, , alertId]) => alertIds.includes(alertId))) return;
  const ended = known.map(
    (one): RollOut => (alertIds.includes(one[2]) ? [one[0], one[1], ENDED, one[3]] : one),
  );
  draft.put(keyOf(tenant), ended);
}
