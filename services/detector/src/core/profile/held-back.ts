/**
 * Whether a statistical alert is held back for want of budget (`alert-budget.ts`), or is part of what many agents
 * have in common (`common-cause.ts`). What it is held back for stays the same while it goes on, so that the many
 * agents of one outage don't each take a place of their own with their second call. What becomes another thing than
 * the others', or far graver than they, leaves them, and so does what goes on when none of them has alarmed for four
 * hours: it is looked at anew, like a new alert. Where it was silent like them it may be the first of a new round, and
 * waits an hour for the others (`cause-rounds.ts`). Only of a tool that was given to many it stays part of them
 * (`roll-out.ts`). Rejected: that of whatever is followed, which told what one agent did alone, days later, as that
 * outage.
 */
import { type Alert, type AuditEvent, epochMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { FacetAlarm } from '../facets/facet.ts';
import { type Asking, countHeld, isBudgeted, takeRoom } from './alert-budget.ts';
import { scheduleRound } from './cause-rounds.ts';
import { commonCause } from './common-cause.ts';
import { levelOfCause } from './kept-causes.ts';
import { isGraver, isWithin, likenessOf } from './likeness.ts';
import type { Tracked } from './merge-alert.ts';
import { joinRollOut, noteRollOut } from './roll-out.ts';

/** As which one it is held back, and why; left out when there is room, or none is needed. */
export type Held = Pick<
  Tracked,
  'held' | 'spent' | 'part' | 'isRolledOut' | 'cause' | 'waits' | 'apart' | 'likes' | 'times'
>;

interface OfAlarm extends Asking {
  readonly alarm: FacetAlarm;
}

interface Placed {
  readonly alert: Alert;
  readonly held: Held;
  /** What is told of others for it. */
  readonly beside: readonly Alert[];
}

function askingOf({ isUnregistered, now, alarm }: OfAlarm): Asking {
  return { isUnregistered, now, isLasting: alarm.isLasting === true };
}

/** What it has come to with this alarm, to be held beside others'. */
function likeWith(
  event: AuditEvent,
  { likes = [], times = 0 }: Pick<Tracked, 'likes' | 'times'>,
  alarm: FacetAlarm,
): Pick<Held, 'likes' | 'times'> {
  const like = likenessOf(event, alarm);
  const most = Math.max(times, alarm.times ?? 0);
  const all = likes.includes(like) ? likes : [...likes, like].slice(-LIKES_MAX);
  return most === 0 ? { likes: all } : { likes: all, times: most };
}

/** Things that one alert tells of, by kind and by sensitive effect or data; there are fewer. */
const LIKES_MAX = 16;

/** Those whom nobody registered share a place already, under their workload. */
const isAlone = ({ alarm, isUnregistered }: OfAlarm) => alarm.isLasting === true || isUnregistered;

interface Placing {
  readonly alert: Alert;
  readonly trackedKey: string;
  /** What it has so far; left out: it is new. */
  readonly known?: Tracked;
  /** The cause of which it was part until its other agents fell silent. */
  readonly left?: string | undefined;
  /** It may be the first of whom that cause has again. */
  readonly isFirst?: boolean;
}

/** Its place: in a common cause, or one of its own where there is room. */
function placed(
  draft: Draft,
  event: AuditEvent,
  { alert, trackedKey, known, left, isFirst }: Placing,
  of: OfAlarm,
): Placed {
  const asking = askingOf(of);
  const alike = { alarm: of.alarm, alert, trackedKey, asking, left };
  const isQueued = known !== undefined && known.part === undefined;
  const rolled = isAlone(of) || isQueued ? undefined : joinRollOut(draft, event, alike);
  const common = rolled ?? (isAlone(of) ? undefined : commonCause(draft, event, alike));
  const beside = common?.told ?? [];
  if (common?.part !== undefined) {
    const { alertId, incidentId, cause } = common.part;
    if (rolled === undefined) noteRollOut(draft, event, alike, common.part);
    const held: Held = { part: alertId, cause, ...(rolled && { isRolledOut: true }) };
    return { alert: { ...alert, incident_id: incidentId }, held, beside };
  }
  const apart = common?.apart === undefined ? {} : { apart: common.apart };
  if (isQueued) {
    const { held, spent } = known;
    return { alert, held: { ...(held && { held }), ...(spent && { spent }), ...apart }, beside };
  }
  if (isFirst === true && known !== undefined) {
    const { part, cause } = known;
    const waits = known.waits ?? { ms: epochMs(of.now), assurance: event.agent.assurance };
    if (known.waits === undefined) scheduleRound(draft, { alert: trackedKey }, waits.ms);
    return { alert, held: { ...(part && { part }), ...(cause && { cause }), waits }, beside };
  }
  const spent = takeRoom(draft, event, asking);
  const held = spent === undefined ? {} : { held: countHeld(draft, event, asking), spent };
  return { alert, held: { ...held, ...apart }, beside };
}

/** A new alert, whether it is held back, and what is told beside it. */
export function heldAs(
  draft: Draft,
  event: AuditEvent,
  { fresh, trackedKey }: { readonly fresh: Alert; readonly trackedKey: string },
  of: OfAlarm,
): Placed {
  if (fresh.posture === true || !isBudgeted(fresh.kind, fresh.severity)) {
    return { alert: fresh, held: {}, beside: [] };
  }
  const { alert, held, beside } = placed(draft, event, { alert: fresh, trackedKey }, of);
  return { alert, held: { ...held, ...likeWith(event, {}, of.alarm) }, beside };
}

export interface Further {
  readonly tracked: Tracked;
  readonly trackedKey: string;
  readonly merged: Alert;
  /** It comes again after whoever looked at it is done (`merge-alert.ts`). */
  readonly isAgain: boolean;
  /** It was part of a cause, whose other agents fell silent. */
  readonly isLeft: boolean;
  /** And it may be the first of them that comes again. */
  readonly isFirst: boolean;
  /** Its cause came again without it, and now of it too. */
  readonly isBack: boolean;
  /** Its tool was given to many and has not settled. */
  readonly isRolledOut: boolean;
}

/** Whether it has become so much graver than the others of its cause that it is another thing; else how far it may go. */
function outgrown(
  draft: Draft,
  { tracked, merged }: Further,
  { alarm }: OfAlarm,
): { readonly isOut: boolean; readonly cause: Tracked['cause'] } {
  const { cause, alert } = tracked;
  const times = alarm.times ?? 0;
  if (cause === undefined) return { isOut: false, cause };
  if (times <= cause[1] && merged.severity === alert.severity) return { isOut: false, cause };
  const level = levelOfCause(draft, cause[0]);
  if (level === undefined) return { isOut: false, cause };
  const isOut = !isWithin({ severity: merged.severity, times }, level);
  return { isOut, cause: [cause[0], Math.max(times, level.times)] };
}

/**
 * What was held back and goes on queues once there is room, or when it has become so grave that none is needed;
 * what is part of a common cause, when it comes again long after, is no longer alike, or is left alone.
 */
export function heldStill(draft: Draft, event: AuditEvent, further: Further, of: OfAlarm): Placed {
  const { tracked, trackedKey, merged, isAgain, isLeft, isBack } = further;
  const { held, part, apart, likes } = tracked;
  const still = (as: Held): Placed => ({ alert: merged, held: as, beside: [] });
  if (merged.posture === true || !isBudgeted(merged.kind, merged.severity)) return still({});
  const alike = likeWith(event, tracked, of.alarm);
  const like: Held = apart === undefined ? alike : { ...alike, apart };
  const isOther = likes !== undefined && isGraver(likenessOf(event, of.alarm), likes);
  const { isOut, cause } = outgrown(draft, further, of);
  if (isOut || isLeft || isBack || (isOther && !isAlone(of))) {
    const now = { ...merged, detected_at: of.now };
    const left = isLeft ? part : undefined;
    const isFirst = further.isFirst && !isOut && !isOther;
    const at = { alert: now, trackedKey, known: tracked, left, isFirst };
    const anew = placed(draft, event, at, of);
    // What was told last is told still, where only the cause has something new.
    const alert = isBack && anew.held.part === part ? merged : anew.alert;
    return { ...anew, alert, held: { ...like, ...anew.held } };
  }
  if (part !== undefined && !isAgain) {
    const as: Held = { part, ...(cause && { cause }), ...like };
    if (!further.isRolledOut) return still(as);
    const now = { ...merged, detected_at: of.now };
    const alike = { alarm: of.alarm, alert: now, trackedKey, asking: askingOf(of) };
    const beside = joinRollOut(draft, event, alike)?.told ?? [];
    return { ...still({ ...as, isRolledOut: true }), beside };
  }
  if (held === undefined && part === undefined) return still(like);
  const asking = askingOf(of);
  const spent = takeRoom(draft, event, asking);
  if (spent === undefined) return still(like);
  return still({ held: held ?? countHeld(draft, event, asking), spent, ...like });
}
