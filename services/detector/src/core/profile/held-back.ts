/**
 * Whether a statistical alert is held back for want of budget (`alert-budget.ts`), with what agents have in common
 * (`common-cause.ts`). What it is held back for stays the same while it goes on, so that the many agents of one
 * outage don't each take a place of their own with their second call.
 */
import type { Alert, AuditEvent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { FacetAlarm } from '../facets/facet.ts';
import { type Asking, countHeld, isBudgeted, takeRoom } from './alert-budget.ts';
import { commonCause, commonWords } from './common-cause.ts';
import type { Tracked } from './merge-alert.ts';

/** As which one it is held back, and why; left out when there is room, or none is needed. */
type Held = Pick<Tracked, 'held' | 'spent' | 'cause'>;

interface OfAlarm extends Asking {
  readonly alarm: FacetAlarm;
}

function askingOf({ isUnregistered, now, alarm }: OfAlarm, cause: string | undefined): Asking {
  return { isUnregistered, now, isLasting: alarm.isLasting === true, cause };
}

/** A new alert, in the incident of its common cause where it has one, and whether it is held back. */
export function heldAs(
  draft: Draft,
  event: AuditEvent,
  fresh: Alert,
  of: OfAlarm,
): { readonly alert: Alert; readonly held: Held } {
  if (fresh.posture === true || !isBudgeted(fresh.kind, fresh.severity)) {
    return { alert: fresh, held: {} };
  }
  // Those whom nobody registered share a place already, under their workload.
  const isAlone = of.alarm.isLasting === true || of.isUnregistered;
  const common = isAlone ? undefined : commonCause(draft, event, fresh);
  const alert =
    common === undefined
      ? fresh
      : {
          ...fresh,
          incident_id: common.incidentId,
          summary: `${fresh.summary} ${commonWords(common)}`,
        };
  const asking = askingOf(of, common?.key);
  const spent = takeRoom(draft, event, asking);
  const cause = common === undefined ? {} : { cause: common.key };
  const held = spent === undefined ? {} : { held: countHeld(draft, event, asking), spent };
  return { alert, held: { ...cause, ...held } };
}

/** What was held back and goes on queues once there is room, or when it has become so grave that none is needed. */
export function heldStill(
  draft: Draft,
  event: AuditEvent,
  { tracked, merged }: { readonly tracked: Tracked; readonly merged: Alert },
  of: OfAlarm,
): Held {
  const { held, cause } = tracked;
  const common = cause === undefined ? {} : { cause };
  if (held === undefined || !isBudgeted(merged.kind, merged.severity)) return common;
  const spent = takeRoom(draft, event, askingOf(of, cause));
  return spent === undefined ? common : { ...common, held, spent };
}
