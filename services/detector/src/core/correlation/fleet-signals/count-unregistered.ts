/** Unregistered agents of one workload: one standing alert, reported anew each day. */

import type { Alert, PrivilegeStep } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { EVIDENCE_MAX } from '../../alerting/alarm.ts';
import { restate } from '../../alerting/standing-alert.ts';
import { dateOfTime } from '../../domain/day.ts';
import { SEVERITIES } from '../../domain/severities.ts';
import {
  SHOWN_NAME_LENGTH_MAX,
  SUMMARY_NAME_LENGTH_MAX,
  shortAgentName,
  shorten,
  shortenFront,
  TITLE_LENGTH_MAX,
  TITLE_NAME_LENGTH_MAX,
} from '../../domain/short-text.ts';
import { gravityOf, SIGHTED } from '../../rules/identity/unregistered-agent.ts';
import { rememberInRing } from '../../state/agent/remember-in-ring.ts';
import { chainStep, compareSteps } from '../assembly/model/chain-step.ts';
import { noteAlert } from './note-alert.ts';

/** The oldest begins anew. */
const WORKLOADS_MAX = 10_000;

const BY_GRAVITY = ['plain', 'effect', 'grave'] as const;

interface Ends {
  readonly first: PrivilegeStep;
  readonly latest: PrivilegeStep;
}

interface Counted {
  readonly agents: number;
  readonly gravity: number;
  readonly earliest: readonly PrivilegeStep[];
  readonly gravest: PrivilegeStep;
  readonly latest: PrivilegeStep;
  readonly last: Alert;
}

const called = ({ tool }: PrivilegeStep) => (tool === undefined ? '' : `, calling ${tool.name}`);
const when = (time: string) => `${time.slice(0, 10)} at ${time.slice(11, 19)}`;

function words(agents: number, { first, latest }: Ends, workload: string) {
  const who = shortenFront(shortAgentName(first.agent_uid), TITLE_NAME_LENGTH_MAX);
  const from = shortenFront(workload, SHOWN_NAME_LENGTH_MAX);
  const many =
    agents === 1
      ? `${who} acts and is not registered`
      : `${agents} agents act and are not registered`;
  return {
    title: shorten(`${many} (from ${from})`, TITLE_LENGTH_MAX),
    summary:
      `${agents === 1 ? `${who} is` : `${agents} agents are`} in no entry of the registry, so nobody answers for what they may do. ` +
      `The first was ${who}${called(first)} on ${when(first.event_time)}, the latest ${shortAgentName(latest.agent_uid)}${called(latest)} on ${when(latest.event_time)}. ` +
      'They are treated as the strictest class and counted by where they come from, however many names they use.',
  };
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
    severity: SEVERITIES['unregistered-agent'][BY_GRAVITY[counted.gravity] ?? 'plain'],
    ...{ alertKey, causeKey: `unregistered|${workload}`, subject: first },
    ...{ count: agents, score: counted.gravity + 1, detectedAt: at },
    ...words(agents, { first, latest }, workload),
    expected: 'an entry of the registry for every agent that acts',
    observed: `${agents} without one, from ${shorten(workload, SUMMARY_NAME_LENGTH_MAX)}`,
    evidence: [
      ...named.map((one) => [one, 'unregistered'] as const),
      ...(isAmong(named, gravest) ? [] : [[gravest, 'gravest call'] as const]),
      ...(isAmong([...named, gravest], latest) ? [] : [[latest, 'latest'] as const]),
    ],
    notVisible: ['Agents are counted by name: one that acts under two names counts twice.'],
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
export function countUnregistered(
  transaction: Transaction,
  step: PrivilegeStep,
  logTime: string,
): Alert | undefined {
  const { tenant_id: tenant, workload = '' } = step;
  const key = `unregistered/${JSON.stringify([tenant, workload])}`;
  const before = transaction.get<Counted>(key);
  if (before === undefined) rememberInRing(transaction, 'unregistered', key, WORKLOADS_MAX);
  const counted = withObservation(before, step);
  const fresh = alertOf(counted, { workload, alertKey: key, at: logTime });
  const alert = restate(before?.last, fresh, before && isNews(before.last, fresh));
  transaction.put(key, { ...counted, last: alert ?? before?.last ?? fresh } satisfies Counted);
  return alert;
}
