/** The life cycle of an alert: grouped, inhibited, throttled, revised, silenced (docs/reference-alerts.md). */
import {
  type Alert,
  type AuditEvent,
  assuranceAtLeast,
  PRINT_LENGTH,
  shortPrint,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { isOn } from '../domain/switched-off.ts';
import { type AgentRef, agentStateKey } from '../state/agent/agent-key.ts';
import type { Alarm, Score } from './alarm.ts';
import { groupOf } from './alert-group.ts';
import { isBudgeted, takePlace } from './budget.ts';
import { type AlertContext, buildAlert } from './build-alert.ts';
import {
  amountsWith,
  asReported,
  LED_MAX,
  leadOf,
  type Revision,
  revise,
  type TrackedAlert,
} from './revise.ts';
import { nextRevision } from './standing-alert.ts';

/** Followed of an agent; the one touched longest ago begins anew. */
export const TRACKED_MAX = 32;

export const trackedList = (transaction: Transaction, whose: AgentRef): readonly string[] =>
  transaction.get<readonly string[]>(agentStateKey(whose, 'tracked')) ?? [];

/** What is only asserted is an alert of its own: it must lend nothing to a proven one. */
function trackedKey(
  transaction: Transaction,
  event: AuditEvent,
  alarm: Alarm,
  fresh: Alert,
): string {
  const isProven = assuranceAtLeast(fresh.decisive_assurance ?? 'unresolved', 'authenticated');
  const own = shortPrint(
    `${isProven ? '' : 'unproven|'}${alarm.ruleId}|${alarm.dedupeKey}`,
    PRINT_LENGTH,
  );
  const before = trackedList(transaction, event);
  if (before.at(-1) !== own) {
    const others = before.filter((one) => one !== own);
    const [oldest] = others;
    const isFull = others.length >= TRACKED_MAX && oldest !== undefined;
    if (isFull) transaction.delete(agentStateKey(event, 'alert', oldest));
    transaction.put(agentStateKey(event, 'tracked'), [...(isFull ? others.slice(1) : others), own]);
  }
  return agentStateKey(event, 'alert', own);
}

type Admission = Pick<TrackedAlert, 'state' | 'by'> & {
  readonly alert: Alert;
  readonly beside: readonly Alert[];
};

interface Asked {
  readonly key: string;
  readonly alarm: Alarm;
  readonly context: AlertContext;
}

function admit(transaction: Transaction, event: AuditEvent, alert: Alert, of: Asked): Admission {
  const { key, alarm, context } = of;
  if (alert.hygiene === true || !isBudgeted(alert.kind, alert.severity)) {
    return { alert, state: 'active', beside: [] };
  }
  const { isUnregistered, now, registered } = context;
  const asking = {
    ...{ tenant: event.tenant_id, assurance: event.agent.assurance, isUnregistered, now },
    taker: event.agent.uid,
  };
  const isGrouped = isOn('groups') && !isUnregistered;
  const grouped = !isGrouped
    ? undefined
    : groupOf(transaction, event, { alert, key, alarm, registered, asking });
  if (grouped !== undefined) {
    const { alertId: by, incidentId: incident_id, reported } = grouped;
    return { alert: { ...alert, incident_id }, state: 'inhibited', by, beside: reported };
  }
  const full = isOn('budget') ? takePlace(transaction, asking) : undefined;
  if (full === undefined) return { alert, state: 'active', beside: [] };
  return { alert, state: 'throttled', by: full, beside: [] };
}

function reportedOf(
  before: TrackedAlert | undefined,
  alert: Alert,
  alarm: Alarm,
): TrackedAlert['reported'] {
  const day = alert.detected_at.slice(0, 10);
  const renews = alarm.grouping?.renews;
  const isSameDay = before?.reported.day === day && before.alert.severity === alert.severity;
  const earlier = isSameDay ? before.reported.led : [];
  const own = renews === undefined ? undefined : leadOf(alert, renews);
  const isKnown = own === undefined || earlier.includes(own) || earlier.length >= LED_MAX;
  const led = isKnown ? earlier : [...earlier, own];
  return { count: alert.count, amounts: amountsWith(before?.amounts ?? [], alarm), day, led };
}

function store(transaction: Transaction, key: string, tracked: TrackedAlert): Alert {
  transaction.put(key, tracked);
  return asReported(tracked);
}

/** Looked at again when graver, or when it comes again after it was reported. */
function isAskedAgain({ state, alert }: TrackedAlert, { alert: now, isRepeat }: Revision): boolean {
  return state === 'throttled' || isRepeat || now.severity !== alert.severity;
}

/** The revision to report, then what follows for others. */
export function raise(
  transaction: Transaction,
  event: AuditEvent,
  score: Score,
  context: AlertContext,
): readonly Alert[] {
  const { alarm } = score;
  if (alarm === undefined) return [];
  const fresh = buildAlert(event, score, alarm, context);
  const key = trackedKey(transaction, context.followed ?? event, alarm, fresh);
  const known = transaction.get<TrackedAlert>(key);
  const of = { key, alarm, context };
  if (known === undefined || known.state === 'silenced') {
    const { alert, beside, ...state } = admit(transaction, event, fresh, of);
    const reported = reportedOf(undefined, alert, alarm);
    return [
      store(transaction, key, { alert, ...state, amounts: reported.amounts, reported }),
      ...beside,
    ];
  }
  const revision = revise(known, fresh, alarm);
  const { alert, amounts, isReported } = revision;
  if (!isReported) {
    transaction.put(key, { ...known, alert, amounts } satisfies TrackedAlert);
    return [];
  }
  const next = nextRevision(alert, { detected_at: context.now });
  const isAsked = known.state !== 'active' && isAskedAgain(known, revision);
  const admitted = isAsked
    ? admit(transaction, event, next, of)
    : { ...known, alert: next, beside: [] };
  const { state, by, beside } = admitted;
  const tracked: TrackedAlert = {
    alert: admitted.alert,
    state,
    ...(by === undefined ? {} : { by }),
    amounts,
    reported: reportedOf(known, next, alarm),
  };
  return [store(transaction, key, tracked), ...beside];
}
