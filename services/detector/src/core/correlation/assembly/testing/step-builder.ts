/**
 * Builders for tests: what a test sets is what it is about. Values are named, not hashed, and every
 * claim is proven unless a test says otherwise. Test code; nothing that ships imports it.
 */
import {
  type Alert,
  eventId,
  formatLogTime,
  type Policy,
  type PrivilegeStep,
} from '@waywarden/schemas';
import type { StageRecord } from '@waywarden/stage';
import { decideAssembly } from '../../../stages/decide-assembly.ts';
import { MapTransaction } from '../../../testing/map-draft.ts';

/** 2026-11-24T09:00:00Z. */
const START_MS = 1_795_510_800_000;
export const TENANT = 'acme';
const STEPS = 'waywarden.privilege.steps.v1';

const CLAIMS = {
  task: 'authenticated',
  workflow: 'authenticated',
  principal: 'authenticated',
  delegation: 'authenticated',
  trace: 'authenticated',
  conversation: 'authenticated',
  approval: 'authenticated',
  outcome: 'authenticated',
  class: 'authenticated',
} as const satisfies PrivilegeStep['claims'];

export interface StepSketch {
  readonly id: string;
  readonly agent: string;
  /** Seconds after the start. */
  readonly at: number;
  readonly capabilities?: readonly string[];
  readonly args?: Readonly<Record<string, string>>;
  readonly result?: Readonly<Record<string, string>>;
  readonly grants?: readonly string[] | null;
  /** Whatever else, as on the wire. */
  readonly wire?: Partial<PrivilegeStep>;
}

export function idOf(id: string): string {
  return eventId({
    tenantId: TENANT,
    sourceKind: 'test',
    sourceInstance: 'test',
    agentUid: 'any',
    nativeId: id,
    phase: 'completed',
  });
}

function effectOf(symbol: string): PrivilegeStep['effect'] {
  const verb = symbol.split(':', 1)[0];
  if (verb === 'send' || verb === 'publish') return 'send';
  if (verb === 'create' || verb === 'write') return 'create';
  return verb === 'initiate' || verb === 'approve' ? 'pay' : 'read';
}

export function step(sketch: StepSketch): PrivilegeStep {
  const capabilities = sketch.capabilities ?? [];
  const values = (of: Readonly<Record<string, string>> = {}) =>
    Object.entries(of).map(([fp, kind]) => ({ fp, kind }));
  return {
    event_id: idOf(sketch.id),
    native_id: sketch.id,
    tenant_id: TENANT,
    chain_id: 'chain-1',
    agent_uid: sketch.agent,
    agent_assurance: 'authenticated',
    claims: CLAIMS,
    event_time: formatLogTime({ ms: START_MS + Math.round(sketch.at * 1000), ns: 0 }),
    event_time_quality: 'measured',
    activity: 'tool_call',
    tool: { name: sketch.id },
    effect: effectOf(capabilities[0] ?? ''),
    outcome: 'success',
    exercise: 'exercised',
    capabilities: capabilities.map((symbol) => ({ symbol, basis: 'catalogue' as const })),
    task_id: 'task-1',
    arg_values: values(sketch.args),
    result_values: values(sketch.result),
    grants: sketch.grants === undefined ? [...capabilities] : sketch.grants && [...sketch.grants],
    policy_version: 'p1',
    values_truncated: false,
    ...sketch.wire,
  };
}

export function stepRecord(value: PrivilegeStep, offset = 0): StageRecord {
  const key = `${value.tenant_id}|${value.chain_id}`;
  return { topic: STEPS, partition: 0, offset, key, type: 'event', value, source: 's/0' };
}

export function policyRecord(policy: Policy, version = 'p1', seq = 1): StageRecord {
  const value = { kind: 'policy', seq, tenant_id: TENANT, version, policy };
  return {
    topic: STEPS,
    partition: 0,
    offset: 0,
    key: null,
    type: 'control',
    value,
    source: 's/0',
  };
}

export function watermarkRecord(atSeconds: number, seq: number, source = 's/0'): StageRecord {
  const value = { seq, time: formatLogTime({ ms: START_MS + atSeconds * 1000, ns: 0 }) };
  return { topic: STEPS, partition: 0, offset: 0, key: null, type: 'watermark', value, source };
}

function isAlert(value: unknown): value is Alert {
  return typeof value === 'object' && value !== null && 'alert_id' in value;
}

/** A stage with a policy, fed step by step. */
export class Bench {
  readonly transaction = new MapTransaction();
  readonly alerts: Alert[] = [];

  constructor(policy: Policy) {
    this.decide(policyRecord(policy));
  }

  decide(record: StageRecord): readonly Alert[] {
    const alerts = decideAssembly(this.transaction, record)
      .map((output) => output.value)
      .filter(isAlert);
    this.alerts.push(...alerts);
    return alerts;
  }

  feed(...steps: readonly PrivilegeStep[]): readonly Alert[] {
    return steps.flatMap((one) => this.decide(stepRecord(one)));
  }

  /** The last revision of each alert that stands open. */
  open(): readonly Alert[] {
    const last = new Map(this.alerts.map((alert) => [alert.alert_id, alert]));
    return [...last.values()]
      .filter((alert) => alert.state === 'open')
      .sort((a, b) => (a.alert_id < b.alert_id ? -1 : 1));
  }
}
