/** What is kept of a tenant's common causes (`common-cause.ts`): its latest alerts, and what was told of causes. */
import { type Alert, epochMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { ENDED_AFTER_DAYS } from '../volume/stretch.ts';
import type { Cause } from './cause-alert.ts';
import { type Level, levelOf, type Weight } from './likeness.ts';
import type { Tracked } from './merge-alert.ts';

/** Agents of one cause that are listed, and alerts that are followed as its parts; of now, and of before. */
export const COMMON_AGENTS_MAX = 64;
/** Latest alerts of a tenant that are held beside each other. */
const BESIDE_MAX = 64;
/** Latest causes of a tenant to which what is no part of them refers. */
const CAUSES_MAX = 16;

/** Of an alert: what its cause may be and what these are about, agent, when, and where it is kept. */
export type Beside = readonly [
  prints: readonly string[],
  agent: string,
  ms: number,
  trackedKey: string,
];

/** A cause that was told. */
export interface Common {
  readonly alert: Alert;
  readonly cause: Cause;
  readonly agents: readonly string[];
  /** Where the alerts are kept that are part of it. */
  readonly keys: readonly string[];
  /** The same of the times before, of one that came again, and when the last of them was. */
  readonly earlier?: Pick<Common, 'agents' | 'keys' | 'lastMs'>;
  /** Agents that came later to the tool that it is about (`roll-out.ts`). */
  readonly later?: readonly string[];
  /** The summary of the first of them. */
  readonly first: string;
  /** What was told at the same time and is no part of it, in words. */
  readonly apart: readonly string[];
  readonly lastMs: number;
  /** It was found wrong: what goes beyond is another cause. */
  readonly isAnswered?: true;
  /** For want of a place in the budget it is listed only. */
  readonly held?: Pick<Tracked, 'held' | 'spent'>;
}

/** Of a cause: what it is about, where it is kept, and when it was told last. */
type Recent = readonly [about: string, key: string, ms: number];

/** Not under the names of earlier versions, which kept other things of them. */
const besideKey = (tenant: string) => `alike|${tenant}`;
const recentKey = (tenant: string) => `causes|${tenant}`;
export const commonKey = (tenant: string, { print }: Cause) => `cause|${tenant}|${print}`;

export function besideOf(draft: Draft, tenant: string): readonly Beside[] {
  return draft.get<readonly Beside[]>(besideKey(tenant)) ?? [];
}

/** One that was noted before is noted as what it is now. */
export function noteBeside(draft: Draft, tenant: string, own: Beside): void {
  const others = besideOf(draft, tenant).filter(([, , , key]) => key !== own[3]);
  draft.put(besideKey(tenant), [...others, own].slice(-BESIDE_MAX));
}

export function keepCause(draft: Draft, tenant: string, common: Common): void {
  const key = commonKey(tenant, common.cause);
  draft.put(key, common);
  const all = draft.get<readonly Recent[]>(recentKey(tenant)) ?? [];
  const others = all.filter(([, one]) => one !== key);
  const own: Recent = [common.cause.about, key, common.lastMs];
  draft.put(recentKey(tenant), [...others, own].slice(-CAUSES_MAX));
}

/** The cause about this that was told last, and not longer ago. */
export function recentCause(
  draft: Draft,
  tenant: string,
  { abouts, ms, within }: { abouts: readonly string[]; ms: number; within: number },
): Recent | undefined {
  const all = draft.get<readonly Recent[]>(recentKey(tenant)) ?? [];
  return all.findLast(([about, , at]) => abouts.includes(about) && Math.abs(ms - at) <= within);
}

/** The cause that this alert tells, among the latest. */
export function causeById(draft: Draft, tenant: string, alertId: string): Common | undefined {
  for (const [, key] of draft.get<readonly Recent[]>(recentKey(tenant)) ?? []) {
    const known = draft.get<Common>(key);
    if (known?.alert.alert_id === alertId) return known;
  }
  return undefined;
}

/** How long after the last of its agents another one is of the same cause still. */
export const OPEN_MS = 4 * 3_600_000;
const ENDED_AFTER_MS = ENDED_AFTER_DAYS * 86_400_000;

/** The cause that further agents join now; who left it is none of them by having come to it last. */
export function openCause(
  draft: Draft,
  tenant: string,
  cause: Cause,
  { ms, left }: { readonly ms: number; readonly left: string | undefined },
): Common | undefined {
  const known = draft.get<Common>(commonKey(tenant, cause));
  if (known === undefined || known.isAnswered || known.alert.alert_id === left) return undefined;
  return Math.abs(ms - known.lastMs) <= OPEN_MS ? known : undefined;
}

/** Whether it was told within the week: what comes again of it goes on. */
export function isOfWeek({ lastMs, isAnswered }: Common, ms: number): boolean {
  return isAnswered !== true && Math.abs(ms - lastMs) <= ENDED_AFTER_MS;
}

/**
 * The cause that ended and goes on with these agents: what changed for good brings it every day, in one alert. With
 * anybody else in it it is another one, and once it was found wrong.
 */
export function formerCause(
  draft: Draft,
  tenant: string,
  cause: Cause,
  { ms, agents }: { readonly ms: number; readonly agents: ReadonlySet<string> },
): Common | undefined {
  const known = draft.get<Common>(commonKey(tenant, cause));
  if (known === undefined || !isOfWeek(known, ms)) return undefined;
  const had = new Set([...known.agents, ...(known.earlier?.agents ?? [])]);
  return [...agents].every((uid) => had.has(uid)) ? known : undefined;
}

/**
 * Whether other agents of it alarm still, as of this call of an alert that is part of it. One that nobody alarms beside
 * any more stands alone, however long it goes on.
 */
export function isSharedStill(
  draft: Draft,
  { part, cause, alert }: Pick<Tracked, 'part' | 'cause' | 'alert'>,
  eventTime: string,
): boolean {
  // Kept by an earlier version, or the cause of another day stands there now: nobody is known to share it.
  const known = cause && draft.get<Common>(cause[0]);
  if (known === undefined || known.alert.alert_id !== part) return false;
  const ms = epochMs(eventTime);
  return known.keys.some((key) => {
    const other = draft.get<Tracked>(key);
    if (other === undefined || other.part !== part || other.waits !== undefined) return false;
    if (other.alert.subject.agent_uid === alert.subject.agent_uid) return false;
    return Math.abs(ms - epochMs(other.alert.last_event_time)) <= OPEN_MS;
  });
}

/** Whether its cause came again of others, and it is none of those that it names now. */
export function isUnnamed(
  draft: Draft,
  { part, cause, alert }: Pick<Tracked, 'part' | 'cause' | 'alert'>,
): boolean {
  const known = cause && draft.get<Common>(cause[0]);
  if (known?.earlier === undefined || known.alert.alert_id !== part) return false;
  const uid = alert.subject.agent_uid;
  const isFull = known.agents.length >= COMMON_AGENTS_MAX;
  return !isFull && !known.agents.includes(uid) && known.earlier.agents.includes(uid);
}

/** How grave an alert is that was told. */
export function weightOf(draft: Draft, agent: string, key: string): readonly Weight[] {
  const tracked = draft.get<Tracked>(key);
  if (tracked === undefined) return [];
  return [{ agent, severity: tracked.alert.severity, times: tracked.times ?? 1 }];
}

/** How far from the usual what is part of a cause is at most, by how far its parts are now. */
export function levelNow(draft: Draft, { keys, alert }: Common): Level {
  const parts = keys.flatMap((key) => weightOf(draft, key, key));
  return { ...levelOf(parts, 1), severity: alert.severity };
}

/** The same, of the cause that is kept there. */
export function levelOfCause(draft: Draft, key: string): Level | undefined {
  const known = draft.get<Common>(key);
  return known && levelNow(draft, known);
}
