/**
 * Whether a statistical alert is held back for want of budget (`alert-budget.ts`), or is part of what many agents
 * have in common (`common-cause.ts`). What it is held back for stays the same while it goes on, so that the many
 * agents of one outage don't each take a place of their own with their second call.
 */
import type { Alert, AuditEvent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { FacetAlarm } from '../facets/facet.ts';
import { type Asking, countHeld, isBudgeted, takeRoom } from './alert-budget.ts';
import { commonCause } from './common-cause.ts';
import { isAfresh, type Tracked } from './merge-alert.ts';

/** As which one it is held back, and why; left out when there is room, or none is needed. */
type Held = Pick<Tracked, 'held' | 'spent' | 'part'>;

interface OfAlarm extends Asking {
  readonly alarm: FacetAlarm;
}

function askingOf({ isUnregistered, now, alarm }: OfAlarm): Asking {
  return { isUnregistered, now, isLasting: alarm.isLasting === true };
}

/** A new alert, whether it is held back, and what is told beside it. */
export function heldAs(
  draft: Draft,
  event: AuditEvent,
  { fresh, trackedKey }: { readonly fresh: Alert; readonly trackedKey: string },
  of: OfAlarm,
): { readonly alert: Alert; readonly held: Held; readonly beside: readonly Alert[] } {
  if (fresh.posture === true || !isBudgeted(fresh.kind, fresh.severity)) {
    return { alert: fresh, held: {}, beside: [] };
  }
  // Those whom nobody registered share a place already, under their workload.
  const isAlone = of.alarm.isLasting === true || of.isUnregistered;
  const asking = askingOf(of);
  const alike = { alarm: of.alarm, alert: fresh, trackedKey, asking };
  const common = isAlone ? undefined : commonCause(draft, event, alike);
  if (common !== undefined) {
    const alert = { ...fresh, incident_id: common.incidentId };
    return { alert, held: { part: common.alertId }, beside: common.told };
  }
  const spent = takeRoom(draft, event, asking);
  const held = spent === undefined ? {} : { held: countHeld(draft, event, asking), spent };
  return { alert: fresh, held, beside: [] };
}

/**
 * What was held back and goes on queues once there is room, or when it has become so grave that none is needed;
 * what is part of a common cause, when it comes again long after.
 */
export function heldStill(
  draft: Draft,
  event: AuditEvent,
  {
    tracked,
    merged,
    fresh,
  }: { readonly tracked: Tracked; readonly merged: Alert; readonly fresh: Alert },
  of: OfAlarm,
): Held {
  const { held, part, alert } = tracked;
  if (!isBudgeted(merged.kind, merged.severity)) return {};
  if (part !== undefined && !isAfresh(alert, fresh)) return { part };
  if (held === undefined && part === undefined) return {};
  const asking = askingOf(of);
  const spent = takeRoom(draft, event, asking);
  if (spent === undefined) return {};
  return { held: held ?? countHeld(draft, event, asking), spent };
}
