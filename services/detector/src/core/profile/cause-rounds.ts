/**
 * What becomes of a common cause that comes again (`common-cause.ts`), an hour after its first agent alarmed anew.
 *
 * Which of its agents is the first says nothing: whether the others follow shows within the hour. Until then the first
 * of a round waits as what it is, a part of the cause. Where they follow it goes on so, and nothing is told of it; where
 * it stays alone it is told then, by itself, with what it did last, and takes a place of the budget then.
 * Rejected: to queue it at once, which told of each round of what comes every six hours who happened to be first.
 *
 * What is new, or sensitive, waits for nobody (`likeness.ts`).
 *
 * A round is told once, when all who belong to it are known, and of the rounds of one day (UTC) one: what is new or
 * graver in one is told at once. Limit: what falls due is looked at by the hour (`../due-items.ts`), so up to two hours
 * after it came.
 */
import { type Alert, epochMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { schedule, takeDue } from '../due-items.ts';
import { agentPlace } from './alert-budget.ts';
import { causeAlert } from './cause-alert.ts';
import { partsOf, supersededWith, toTell } from './cause-members.ts';
import { type Common, commonKey, isOfWeek, keepCause, OPEN_MS } from './kept-causes.ts';
import type { Tracked } from './merge-alert.ts';
import { saidWith } from './said-revisions.ts';
import { toldAs } from './told-alert.ts';

/** How long the first agents of a round wait for the others. */
const ROUND_MS = 3_600_000;
const ROUNDS = 'rounds';

/** What is looked at when a round is over: an alert that waits, or a cause that came again; where each is kept. */
type Due = { readonly alert: string } | { readonly cause: string; readonly tenant: string };

/** Looks at it once the round is over that began then. */
export function scheduleRound(draft: Draft, due: Due, beganMs: number): void {
  schedule(draft, due, beganMs + ROUND_MS, ROUNDS);
}

/**
 * Whether a part that nobody alarms beside may be the first of a new round: it was silent like the others, and its cause
 * ended no more than a week ago. Who went on without them is alone.
 */
export function isFirstOfRound(
  draft: Draft,
  { part, cause, alert, waits }: Tracked,
  trackedKey: string,
  eventTime: string,
): boolean {
  const known = cause && draft.get<Common>(cause[0]);
  if (known === undefined || known.alert.alert_id !== part) return false;
  const ms = epochMs(eventTime);
  if (waits !== undefined) return Math.abs(ms - waits.ms) <= 2 * ROUND_MS;
  const isListed = [...known.keys, ...(known.earlier?.keys ?? [])].includes(trackedKey);
  return isListed && isOfWeek(known, ms) && ms - epochMs(alert.last_event_time) > OPEN_MS;
}

/** Nobody followed: it is told by itself. */
function alone(draft: Draft, key: string, now: string): readonly Alert[] {
  const tracked = draft.get<Tracked>(key);
  if (tracked?.waits === undefined || tracked.isAnswered === true) return [];
  const { waits, part: _, cause: __, ...others } = tracked;
  const { alert, same } = tracked;
  const agent = { uid: alert.subject.agent_uid, assurance: waits.assurance };
  const place = agentPlace(draft, { tenant_id: alert.tenant_id, agent }, now);
  const revised = { ...alert, revision: alert.revision + 1, detected_at: now };
  const said = saidWith(tracked, revised.revision, same);
  const next: Tracked = {
    ...others,
    ...place,
    alert: revised,
    emittedCount: alert.count,
    ...(said && { said }),
  };
  draft.put(key, next);
  return [toldAs(next)];
}

const dayOf = (time: string) => time.slice(0, 10);

/** The cause with those of this round, where nothing was told of it today. */
function again(draft: Draft, key: string, tenant: string, now: string): readonly Alert[] {
  const known = draft.get<Common>(key);
  if (known === undefined || known.isAnswered || dayOf(known.alert.detected_at) === dayOf(now)) {
    return [];
  }
  const parts = partsOf(draft, known);
  if (parts.length === 0) return [];
  const alert = {
    ...causeAlert(known.cause, parts, toTell(draft, known), known.alert),
    ...supersededWith({ open: known, former: undefined }, []),
    detected_at: now,
  };
  keepCause(draft, tenant, { ...known, alert });
  return [toldAs({ alert, emittedCount: 1, ...known.held })];
}

/** What is told of rounds that are over by this time of the log. */
export function tellRounds(draft: Draft, now: string): readonly Alert[] {
  return takeDue<Due>(draft, epochMs(now), ROUNDS).flatMap((due) =>
    'alert' in due ? alone(draft, due.alert, now) : again(draft, due.cause, due.tenant, now),
  );
}

/** A cause comes again: it is looked at when its round is over. */
export function scheduleCause(draft: Draft, tenant: string, { cause, lastMs }: Common): void {
  scheduleRound(draft, { cause: commonKey(tenant, cause), tenant }, lastMs);
}
