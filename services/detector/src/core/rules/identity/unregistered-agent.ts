import {
  type AuditEvent,
  assuranceAtLeast,
  chainKey,
  ID_LENGTH_MAX,
  isPrivileged,
  type PrivilegeStep,
  sourceNameOf,
  TOPICS,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { type FindingRule, finding, hadEffect } from '../../alerting/finding.ts';
import { dateOfTime } from '../../domain/day.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { asText, JoinedNames } from '../../state/agent/joined-names.ts';
import { isOutOfService, notInServiceWords } from '../../wording/identity.ts';
import { pathWorkload } from './path-workload.ts';

/** Activities of the steps that tell a observation; no source's event becomes one. */
export const SIGHTED = {
  first: 'agent_sighted',
  again: 'agent_sighted_again',
  worse: 'agent_sighted_worse',
} as const;

/** Reads, effects, privileged effects. */
export function gravityOf(call: {
  readonly capabilities: readonly { readonly symbol: string }[];
  readonly hadEffect: boolean;
}): number {
  if (call.capabilities.some(({ symbol }) => isPrivileged(symbol))) return 2;
  return call.hadEffect ? 1 : 0;
}

/** The sender would choose the count. */
export function hasProvenPath({ agent }: AuditEvent): boolean {
  return agent.uid.startsWith('spiffe://') && assuranceAtLeast(agent.assurance, 'authenticated');
}

const sources = new JoinedNames('/', asText);

export function workloadOf(transaction: Transaction, event: AuditEvent): string {
  const { kind, instance } = event.source;
  const text = hasProvenPath(event)
    ? pathWorkload(transaction, event.tenant_id, event.agent.uid)
    : sources.of(kind, instance);
  return text.slice(0, ID_LENGTH_MAX);
}

interface Observation {
  readonly activity: string;
  readonly policyVersion: string;
  /** It never goes back. */
  readonly now: string;
  readonly workload: string;
}

function observation(event: AuditEvent, seen: Observation): PrivilegeStep {
  const { activity, policyVersion, now, workload } = seen;
  return {
    event_id: event.event_id,
    ...(event.native_id === undefined ? {} : { native_id: event.native_id }),
    tenant_id: event.tenant_id,
    chain_id: uuidV5(WAYWARDEN_NAMESPACE, `workload|${event.tenant_id}|${workload}`),
    agent_uid: event.agent.uid,
    agent_assurance: event.agent.assurance,
    claims: event.claims,
    event_time: now,
    event_time_quality: event.event_time_quality,
    activity,
    ...(event.tool === undefined ? {} : { tool: { name: event.tool.name } }),
    effect: hadEffect(event) ? event.effect : 'read',
    outcome: event.outcome,
    exercise: 'exercised',
    capabilities: event.capabilities,
    ...(event.task?.id === undefined ? {} : { task_id: event.task.id }),
    arg_values: [],
    result_values: [],
    grants: null,
    policy_version: policyVersion,
    values_truncated: false,
    workload,
  };
}

interface Sighted {
  readonly day: string;
  readonly gravity: number;
}

/** The agent's first, its first of a later day, or worse than all before. */
export function sightUnregistered(
  transaction: Transaction,
  event: AuditEvent,
  context: { readonly policyVersion: string; readonly now: string },
): Output | undefined {
  const key = agentStateKey(event, 'unregistered');
  const day = dateOfTime(context.now);
  const last = transaction.get<Sighted>(key);
  const { capabilities } = event;
  const gravity = gravityOf({ capabilities, hadEffect: hadEffect(event) });
  const isWorse = last !== undefined && gravity > last.gravity;
  if (last?.day === day && !isWorse) return undefined;
  transaction.put(key, { day, gravity: Math.max(gravity, last?.gravity ?? 0) });
  const activity = last === undefined ? SIGHTED.first : isWorse ? SIGHTED.worse : SIGHTED.again;
  const step = observation(event, {
    activity,
    ...context,
    workload: workloadOf(transaction, event),
  });
  return {
    topic: TOPICS.privilegeSteps.name,
    key: chainKey(event.tenant_id, step.chain_id),
    type: 'event',
    value: step,
    id: `${event.event_id}/${activity}`,
    subject: event.agent.uid,
    time: context.now,
  };
}

/** An agent acts that the registry knows as proposed, suspended or retired. */
export const notInService: FindingRule = (_transaction, event, { registered, now }) => {
  const state = registered?.state;
  if (state === undefined || !isOutOfService(state)) return undefined;
  const gone = state !== 'proposed';
  const severity =
    RULE_SEVERITIES['agent-not-in-service'][gone ? 'gone' : hadEffect(event) ? 'effect' : 'plain'];
  return finding({
    kind: 'unregistered_agent',
    ruleId: 'agent-not-in-service',
    severity,
    dedupeKey: `${state}|${severity}`,
    causeKey: `service|${event.agent.uid}`,
    ...notInServiceWords(event, state, now),
    sources: [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI03'] },
  });
};
