/** Unregistered agents of one workload: one standing alert, reported anew each day, a function of the set of observations. */

import {
  type Alert,
  alertId,
  incidentId,
  type PrivilegeStep,
  type Severity,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { EVIDENCE_MAX } from '../../alerting/alarm.ts';
import { dateOfTime } from '../../domain/day.ts';
import { DETECTOR_VERSION } from '../../domain/detector-version.ts';
import {
  SHOWN_NAME_LENGTH_MAX,
  shortAgentName,
  shorten,
  shortenFront,
  TITLE_LENGTH_MAX,
  TITLE_NAME_LENGTH_MAX,
} from '../../domain/short-text.ts';
import { gravityOf, SIGHTED } from '../../rules/identity/unregistered-agent.ts';
import { rememberInRing } from '../../state/agent/remember-in-ring.ts';
import { chainStep, compareSteps } from '../assembly/model/chain-step.ts';
import { noteAssurance } from './note-alert.ts';

/** The oldest begins anew. */
const WORKLOADS_MAX = 10_000;

const SEVERITIES_BY_GRAVITY: readonly Severity[] = ['low', 'medium', 'high'];

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

function evidenceOf(step: PrivilegeStep, role: string): Alert['evidence'][number] {
  const [claim] = step.capabilities;
  return {
    event_id: step.event_id,
    ...(step.native_id === undefined ? {} : { native_id: step.native_id }),
    agent_uid: step.agent_uid,
    role,
    ...(claim === undefined ? {} : { capability: claim.symbol }),
    assurance: noteAssurance(step),
  };
}

function alertOf(counted: Omit<Counted, 'last'>, workload: string, alertKey: string): Alert {
  const { agents, earliest, gravest, latest } = counted;
  const [first] = earliest;
  if (first === undefined) throw new Error('A observation was counted and none is kept.');
  const { tenant_id: tenantId } = first;
  const severity = SEVERITIES_BY_GRAVITY[counted.gravity] ?? 'low';
  return {
    alert_id: alertId({
      tenantId,
      kind: 'unregistered_agent',
      ruleId: 'unregistered-agent',
      alertKey,
    }),
    revision: 1,
    state: 'open',
    count: agents,
    incident_id: incidentId(tenantId, `unregistered|${workload}`),
    tenant_id: tenantId,
    kind: 'unregistered_agent',
    rule_id: 'unregistered-agent',
    rule_version: '1',
    severity,
    confidence: null,
    confidence_basis: 'rule',
    score: counted.gravity + 1,
    evaluable: true,
    subject: {
      agent_uid: first.agent_uid,
      ...(first.task_id === undefined ? {} : { task_id: first.task_id }),
    },
    first_event_time: first.event_time,
    last_event_time: latest.event_time,
    first_detected_at: first.event_time,
    detected_at: first.event_time,
    ...words(agents, { first, latest }, workload),
    reasons: [
      {
        feature: 'unregistered-agent',
        text: `No entry of the registry names these agents; they come from ${workload}.`.slice(
          0,
          4000,
        ),
        expected: 'an entry of the registry for every agent that acts',
        observed: `${agents} without one`,
        level: 'workload',
        threshold_source: 'static',
      },
    ],
    evidence: [
      ...earliest.map((one) => evidenceOf(one, 'unregistered')),
      ...(isAmong(earliest, gravest) ? [] : [evidenceOf(gravest, 'gravest call')]),
      ...(isAmong([...earliest, gravest], latest) ? [] : [evidenceOf(latest, 'latest')]),
    ],
    not_visible: ['Agents are counted by name: one that acts under two names counts twice.'],
    taxonomy: { owasp: ['ASI03'] },
    policy_version: first.policy_version,
    detector_version: DETECTOR_VERSION,
    decisive_assurance: noteAssurance(first),
    subject_class: 'unknown',
  };
}

const isAmong = (steps: readonly PrivilegeStep[], { event_id: id }: PrivilegeStep) =>
  steps.some((one) => one.event_id === id);

function isUnchanged(last: Alert, now: Alert): boolean {
  const isSameDay = dateOfTime(now.last_event_time) === dateOfTime(last.last_event_time);
  return isSameDay && sameSubject(last, now) && now.count < last.count * 2;
}

function sameSubject(a: Alert, b: Alert): boolean {
  return a.severity === b.severity && JSON.stringify(a.subject) === JSON.stringify(b.subject);
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
  const fresh = { ...alertOf(counted, workload, key), detected_at: logTime };
  const last = before?.last;
  if (last === undefined) {
    const first = { ...fresh, first_detected_at: logTime };
    transaction.put(key, { ...counted, last: first });
    return first;
  }
  if (isUnchanged(last, fresh)) {
    transaction.put(key, { ...counted, last });
    return undefined;
  }
  const { first_detected_at } = last;
  const revised = { ...fresh, revision: last.revision + 1, first_detected_at };
  transaction.put(key, { ...counted, last: revised });
  return revised;
}
