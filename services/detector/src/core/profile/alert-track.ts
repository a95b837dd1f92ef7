/**
 * One alert, many revisions: an alert is emitted when it is new, when anything but its count
 * changes, and when the count has doubled. What repeats in one task after the other is one alert whose
 * subject is the latest of them, since that is what can still be stopped. The identity comes from the first
 * accepted completing event, so the same order gives the same id, and `first_detected_at` never moves.
 */
import {
  type Alert,
  type Assurance,
  type AuditEvent,
  assuranceAtLeast,
  PRINT_LENGTH,
  shortPrint,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { FacetAlarm, FacetScore, Same } from '../facets/facet.ts';
import { agentKey } from '../kept/agent-key.ts';
import { findPrint, withoutRecord } from '../kept/print-table.ts';
import { isFirstOfRound } from './cause-rounds.ts';
import { sameWith } from './found.ts';
import { type Further, type Held, heldAs, heldStill } from './held-back.ts';
import { isSharedStill, isUnnamed } from './kept-causes.ts';
import { ledWith } from './led-work.ts';
import { isPlainAmount } from './likeness.ts';
import { hasTwiceTheCount, isAfresh, merge, type Tracked, wordedWith } from './merge-alert.ts';
import { type AlertContext, newAlert, provenBy } from './new-alert.ts';
import { isRolledOut } from './roll-out.ts';
import { type Said, saidOf, saidWith } from './said-revisions.ts';
import { isStatistical } from './statistical-kind.ts';
import { toldAs } from './told-alert.ts';
import { alertKeyOf } from './told-texts.ts';

interface Counted extends Pick<Tracked, 'alert' | 'emittedCount'> {
  readonly same: Same | undefined;
  /** Left out: its first revision says all of it. */
  readonly said?: Said | undefined;
}

/** What is kept of an alert beside it; field by field, as spreads took longer than all of the rest. */
function trackedAs(
  { alert, emittedCount, same, said }: Counted,
  { amount, day }: Pick<Tracked, 'amount' | 'day'>,
  held: Held & Pick<Tracked, 'led' | 'worded'>,
): Tracked {
  const tracked: { -readonly [K in keyof Tracked]: Tracked[K] } = { alert, emittedCount };
  if (amount !== undefined) tracked.amount = amount;
  if (day !== undefined) tracked.day = day;
  if (same !== undefined) tracked.same = same;
  if (said !== undefined) tracked.said = said;
  return Object.assign(tracked, held);
}

/** Keeps the alert as it is and gives it as it is told. */
function told(draft: Draft, key: string, tracked: Tracked): Alert {
  draft.put(key, tracked);
  return toldAs(tracked);
}

/** What people judge with it; nothing of what a rule says. */
function judgedBy(known: Same | undefined, alarm: FacetAlarm): Same | undefined {
  return isStatistical(alarm.kind) ? sameWith(known, alarm) : undefined;
}

/** Alerts of an agent that are followed; the one with the longest unheard-of cause begins anew. */
export const TRACKED_MAX = 32;

/**
 * What is only asserted is an alert of its own: in one with what is proven it would lend that its severity, its subject
 * or its words, and an answer that rests on the proof would reach whom somebody only named.
 */
const UNPROVEN = 'unproven|';

/** Where an alert is kept; its place among those of its agent is the last from now on. */
function trackedKey(
  draft: Draft,
  event: AuditEvent,
  { alarm, decisive }: { readonly alarm: FacetAlarm; readonly decisive: Assurance },
): string {
  const isProven = assuranceAtLeast(decisive, 'authenticated');
  const key = `${alarm.ruleId}|${alertKeyOf(draft, event, alarm)}`;
  const own = shortPrint(isProven ? key : UNPROVEN + key);
  const keyOf = (print: string) => agentKey(event, 'alert', print);
  const list = agentKey(event, 'tracked');
  const before = draft.get<string>(list) ?? '';
  const at = findPrint(before, own, PRINT_LENGTH);
  if (at >= 0 && at === before.length - PRINT_LENGTH) return keyOf(own);
  const others = at < 0 ? before : withoutRecord(before, at, PRINT_LENGTH);
  const isFull = others.length >= TRACKED_MAX * PRINT_LENGTH;
  if (isFull) draft.delete(keyOf(others.slice(0, PRINT_LENGTH)));
  draft.put(list, (isFull ? others.slice(PRINT_LENGTH) : others) + own);
  return keyOf(own);
}

type Among = Pick<Further, 'isLeft' | 'isFirst' | 'isBack' | 'isRolledOut'>;
const NOT_AMONG: Among = { isLeft: false, isFirst: false, isBack: false, isRolledOut: false };

/** What is so now of the cause of which an alert is part. */
function amongOthers(
  draft: Draft,
  event: AuditEvent,
  tracked: Tracked,
  { alarm, now, trackedKey }: { alarm: FacetAlarm; now: string; trackedKey: string },
): Among {
  const { part } = tracked;
  if (part === undefined) return NOT_AMONG;
  if (isRolledOut(draft, event, alarm, { part, now })) return { ...NOT_AMONG, isRolledOut: true };
  const { event_time: time } = event;
  if (isSharedStill(draft, tracked, time))
    return { ...NOT_AMONG, isBack: isUnnamed(draft, tracked) };
  const isFirst = isPlainAmount(event, alarm) && isFirstOfRound(draft, tracked, trackedKey, time);
  return { ...NOT_AMONG, isLeft: true, isFirst };
}

const isHeld = ({ held }: Held) => held !== undefined;

/**
 * The alert revision to emit for this alarm, none when it is only counted; after it, what is told of others for it.
 */
export function raise(
  draft: Draft,
  event: AuditEvent,
  score: FacetScore,
  context: AlertContext,
): readonly Alert[] {
  const alarm = score.alarm;
  if (alarm === undefined) return [];
  const decisive = provenBy(event, alarm);
  const key = trackedKey(draft, context.followed ?? event, { alarm, decisive });
  const known = draft.get<Tracked>(key);
  // What was found wrong is answered: nobody looks at it again for what is more than that.
  const tracked = known?.isAnswered === true ? undefined : known;
  const fresh = newAlert(event, score, alarm, { open: tracked?.alert, context, decisive });
  const of = { isUnregistered: context.isUnregistered, now: context.now, alarm };
  if (tracked === undefined) {
    const { alert, held, beside } = heldAs(draft, event, { fresh, trackedKey: key }, of);
    const first = { alert, emittedCount: 1, same: judgedBy(undefined, alarm) };
    return [told(draft, key, trackedAs(first, alarm, held)), ...beside];
  }
  const { alert: before, emittedCount } = tracked;
  const among = amongOthers(draft, event, tracked, { alarm, now: context.now, trackedKey: key });
  const isAgain = among.isLeft || (!among.isRolledOut && isAfresh(before, fresh, alarm));
  const further = merge(tracked, { fresh, score, alarm, isAgain });
  const place = { tracked, trackedKey: key, merged: further, isAgain, ...among };
  const { alert: merged, held, beside } = heldStill(draft, event, place, of);
  const same = judgedBy(tracked.same, alarm);
  const isReworded = merged.summary !== before.summary;
  const isOtherwise = isAgain || isHeld(held) !== isHeld(tracked) || held.part !== tracked.part;
  const led = ledWith(tracked.led, { before, fresh, merged, renews: alarm.renews, isOtherwise });
  const worded = wordedWith(tracked, fresh, merged);
  const kept = {
    ...held,
    ...(led === undefined ? {} : { led }),
    ...(worded === undefined ? {} : { worded }),
  };
  // Its cause comes again, and it is told there; until that is known, not at all.
  const isCausedAgain = (among.isLeft || among.isBack) && held.part === tracked.part;
  const isSilent = isCausedAgain && (held.waits !== undefined || !hasTwiceTheCount(tracked));
  const changed =
    merged.severity !== before.severity ||
    isReworded ||
    merged.decisive_assurance !== before.decisive_assurance ||
    merged.evaluable !== before.evaluable ||
    merged.subject !== before.subject ||
    isAgain ||
    held.held !== tracked.held ||
    held.part !== tracked.part ||
    held.apart !== tracked.apart ||
    hasTwiceTheCount(tracked);
  if (!changed || isSilent) {
    const counted = { alert: merged, emittedCount, same, said: saidOf(tracked) };
    draft.put(key, trackedAs(counted, isReworded ? alarm : tracked, kept));
    return beside;
  }
  const revised = { ...merged, revision: merged.revision + 1, detected_at: context.now };
  const said = saidWith(tracked, revised.revision, same);
  const next = { alert: revised, emittedCount: revised.count, same, said };
  return [told(draft, key, trackedAs(next, isReworded ? alarm : tracked, kept)), ...beside];
}
