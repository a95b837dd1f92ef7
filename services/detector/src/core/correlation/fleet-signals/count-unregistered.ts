/** Unregistered agents of one workload: one standing alert, reported anew each day. */
import type { Alert, PrivilegeStep } from '@waywarden/schemas';
import { EVIDENCE_MAX } from '../../alerting/alarm.ts';
import { restate } from '../../alerting/standing-alert.ts';
import { dateOfTime } from '../../domain/day.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { gravityOf, SIGHTED } from '../../rules/identity/unregistered-agent.ts';
import { rememberInRing } from '../../state/agent/bounded-lists.ts';
import { unregisteredWords } from '../../wording/identity.ts';
import { chainStep, compareSteps } from '../assembly/model/chain-step.ts';
import { type NoteCounter, noteAlert } from './note-alert.ts';

/** The oldest begins anew. */
const WORKLOADS_MAX = 10_000;

const BY_GRAVITY = ['plain', 'effect', 'grave'] as const;

interface Counted {
  readonly agents: number;
  readonly gravity: number;
  readonly earliest: readonly PrivilegeStep[];
  readonly gravest: PrivilegeStep;
  readonly latest: PrivilegeStep;
  readonly last: Alert;
}

function alertOf(
  counted: Omit<Counted, 'last'>,
  { workload, alertKey, at }: Record<'workload' | 'alertKey' | 'at', string>,
): Alert {
  const { agents, earliest, gravest, latest } = counted;
  const [first = latest] = earliest;
  // The gravest and the latest have room.
  const named = earliest.slice(0, EVIDENCE_MAX - 2);
  return noteAlert({
    kind: 'unregistered_agent',
    ruleId: 'unregistered-agent',
    severity: RULE_SEVERITIES['unregistered-agent'][BY_GRAVITY[counted.gravity] ?? 'plain'],
    ...{ alertKey, causeKey: `unregistered|${workload}`, subject: first },
    ...{ count: agents, score: counted.gravity + 1, detectedAt: at },
    ...unregisteredWords(agents, { first, latest }, workload),
    evidence: [
      ...named.map((one) => [one, 'unregistered'] as const),
      ...(isAmong(named, gravest) ? [] : [[gravest, 'gravest call'] as const]),
      ...(isAmong([...named, gravest], latest) ? [] : [[latest, 'latest'] as const]),
    ],
    taxonomy: { owasp: ['ASI03'] },
  });
}

const isAmong = (steps: readonly PrivilegeStep[], { event_id: id }: PrivilegeStep) =>
  steps.some((one) => one.event_id === id);

function isNews(last: Alert, now: Alert): boolean {
  const isSameDay = dateOfTime(now.last_event_time) === dateOfTime(last.last_event_time);
  const isSame = JSON.stringify(last.subject) === JSON.stringify(now.subject);
  return !isSameDay || !isSame || last.severity !== now.severity;
}

const earlier = (a: PrivilegeStep, b: PrivilegeStep) =>
  compareSteps(chainStep(0, a), chainStep(0, b));

function gravity(step: PrivilegeStep): number {
  const hadEffect = step.effect !== 'read' && step.effect !== 'unknown';
  return gravityOf({ capabilities: step.capabilities, hadEffect });
}

function withObservation(before: Counted | undefined, step: PrivilegeStep): Omit<Counted, 'last'> {
  const isNew = before === undefined || step.activity === SIGHTED.first;
  const known = before?.earliest ?? [];
  const graver = before === undefined ? 1 : gravity(step) - before.gravity;
  const isLatest = before === undefined || earlier(before.latest, step) < 0;
  const isGravest = graver > 0 || (graver === 0 && before && earlier(step, before.gravest) < 0);
  return {
    agents: (before?.agents ?? 0) + (isNew ? 1 : 0),
    gravity: Math.max(before?.gravity ?? 0, gravity(step)),
    earliest: isNew ? [...known, step].sort(earlier).slice(0, EVIDENCE_MAX) : known,
    gravest: isGravest || before === undefined ? step : before.gravest,
    latest: isLatest ? step : before.latest,
  };
}

/** Undefined when only the count moved. */
export const countUnregistered: NoteCounter = (transaction, step, logTime) => {
  const { tenant_id: tenant, workload = '' } = step;
  const key = `unregistered/${JSON.stringify([tenant, workload])}`;
  const before = transaction.get<Counted>(key);
  if (before === undefined) rememberInRing(transaction, 'unregistered', key, WORKLOADS_MAX);
  const counted = withObservation(before, step);
  const fresh = alertOf(counted, { workload, alertKey: key, at: logTime });
  const alert = restate(before?.last, fresh, before && isNews(before.last, fresh));
  transaction.put(key, { ...counted, last: alert ?? before?.last ?? fresh } satisfies Counted);
  return alert;
};
