/** A combination's examples as the assembly stage sees them, all claims proven. */
import {
  type Alert,
  type CombinationExample,
  type Effect,
  type ExampleCall,
  epochMs,
  eventId,
  formatLogTime,
  type Policy,
  type PrivilegeLink,
  type PrivilegeStep,
  TOPICS,
} from '@waywarden/schemas';
import type { StageRecord, Transaction } from '@waywarden/stage';
import { decideAssembly } from './decide-assembly.ts';
import { exerciseState } from './to-privilege-step.ts';

const START_MS = epochMs('2026-01-05T09:00:00Z');
const TENANT = 'example';

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

const EFFECTS: Readonly<Record<string, Effect>> = {
  send: 'send',
  publish: 'send',
  write: 'update',
  create: 'create',
  delete: 'delete',
  disable: 'configure',
  modify: 'configure',
  exec: 'execute',
  deploy: 'execute',
  grant: 'grant',
  initiate: 'pay',
  approve: 'update',
};

function effectOf(call: ExampleCall): Effect {
  const verb = call.capabilities[0]?.split(':', 1)[0] ?? '';
  return call.effect ?? EFFECTS[verb] ?? (verb === '' ? 'unknown' : 'read');
}

function exampleEventId(call: string): string {
  return eventId({
    tenantId: TENANT,
    sourceKind: 'example',
    sourceInstance: 'policy',
    agentUid: 'any',
    nativeId: call,
    phase: 'completed',
  });
}

const valuesOf = (given: Readonly<Record<string, string>> = {}) =>
  Object.entries(given).map(([fp, kind]) => ({ fp, kind }));

function optionalOf(call: ExampleCall): Partial<PrivilegeStep> {
  const target = {
    resource_id: call.hands_to ?? call.object,
    resource_type: call.hands_to === undefined ? undefined : 'agent',
    owner_uid: call.object_owner,
  };
  const by = call.approved_by === undefined ? {} : { by: call.approved_by };
  const given: { [K in keyof PrivilegeStep]?: PrivilegeStep[K] | undefined } = {
    target: withoutGaps(target),
    records: call.records,
    result_trust: call.result_trust,
    plane: call.plane,
    agent_owner: call.owner,
    principal_uid: call.principal,
    task_subjects: call.subjects,
    workflow: call.workflow,
    handoffs: call.handoffs,
    root_agent_uid: call.root_agent,
    parent_agent_uid: call.parent_agent,
    delegate_uid: call.hands_to,
    credential_fp: call.credential_value,
    credential_uid: call.credential,
    credential_parent_uid: call.parent_credential,
    scope_grants: call.scopes,
    approval: call.approval && { mode: call.approval, ...by },
    grantee_uid: call.grantee,
  };
  return withoutGaps(given) ?? {};
}

type Filled<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutGaps<T extends object>(given: T): Filled<T> | undefined {
  const filled = Object.entries(given).filter(([, value]) => value !== undefined);
  return filled.length === 0 ? undefined : (Object.fromEntries(filled) as Filled<T>);
}

export function exampleStep(call: ExampleCall): PrivilegeStep | undefined {
  const effect = effectOf(call);
  const exercise = exerciseState({ outcome: call.outcome, effect });
  if (exercise === undefined) return undefined;
  return {
    event_id: exampleEventId(call.id),
    native_id: call.id,
    tenant_id: TENANT,
    chain_id: 'example',
    agent_uid: call.agent,
    agent_assurance: 'authenticated',
    claims: CLAIMS,
    event_time: formatLogTime({ ms: START_MS + Math.round(call.at * 1000), ns: 0 }),
    event_time_quality: 'measured',
    activity: call.hands_to === undefined ? 'tool_call' : 'delegation',
    tool: { name: call.tool ?? call.id },
    effect,
    outcome: call.outcome,
    exercise,
    capabilities: call.capabilities.map((symbol) => ({ symbol, basis: 'catalogue' as const })),
    task_id: call.task ?? 'task-1',
    arg_values: valuesOf(call.args),
    result_values: valuesOf(call.result),
    grants: call.grants === undefined ? [...call.capabilities] : call.grants,
    policy_version: 'example',
    values_truncated: false,
    ...optionalOf(call),
  };
}

class ExampleTransaction implements Transaction {
  readonly #entries = new Map<string, unknown>();

  get<T>(key: string): T | undefined {
    return this.#entries.get(key) as T | undefined;
  }

  put(key: string, value: unknown): void {
    this.#entries.set(key, value);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}

function record(type: 'event' | 'control', value: unknown): StageRecord {
  const topic = TOPICS.privilegeSteps.name;
  return { topic, partition: 0, offset: 0, key: null, type, value, source: 'example/0' };
}

function isAlert(value: unknown): value is Alert {
  return typeof value === 'object' && value !== null && 'alert_id' in value;
}

function isAsk(value: unknown): value is PrivilegeLink {
  return typeof value === 'object' && value !== null && 'ask' in value;
}

interface Concluded {
  readonly transaction: Transaction;
  readonly open: readonly Alert[];
}

/** All under one policy version. */
export function runSteps(
  policy: Policy,
  steps: readonly PrivilegeStep[],
  links: readonly PrivilegeLink[] = [],
): Concluded {
  const transaction = new ExampleTransaction();
  const version = steps[0]?.policy_version ?? 'example';
  const tenant = steps[0]?.tenant_id ?? TENANT;
  const control = { kind: 'policy', seq: 1, tenant_id: tenant, version, policy };
  decideAssembly(transaction, record('control', control));
  const last = new Map<string, Alert>();
  const waiting: unknown[] = [...steps, ...links];
  for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
    for (const { value } of decideAssembly(transaction, record('event', one))) {
      if (isAlert(value)) last.set(value.alert_id, value);
      else if (isAsk(value)) waiting.push(value);
    }
  }
  return { transaction, open: [...last.values()].filter((alert) => alert.state === 'open') };
}

export function concludeSteps(
  policy: Policy,
  steps: readonly PrivilegeStep[],
  links: readonly PrivilegeLink[] = [],
): readonly Alert[] {
  return runSteps(policy, steps, links).open;
}

interface ExampleResult {
  readonly ok: boolean;
  readonly problems: readonly string[];
}

export function judgeExample(
  policy: Policy,
  id: string,
  example: CombinationExample,
  which: 'fires' | 'quiet',
): ExampleResult {
  const own = policy.combinations.filter((one) => one.id === id);
  const steps = example.steps.flatMap((call) => exampleStep(call) ?? []);
  const [alert] = concludeSteps({ ...policy, combinations: own }, steps);
  const problems: string[] = [];
  if (which === 'quiet') {
    if (alert !== undefined) problems.push(`must stay quiet and raised ${alert.kind}`);
    return { ok: problems.length === 0, problems };
  }
  if (alert === undefined) return { ok: false, problems: ['must fire and stayed quiet'] };
  if (example.kind !== undefined && example.kind !== alert.kind) {
    problems.push(`must raise ${example.kind} and raised ${alert.kind}`);
  }
  const names = new Map(example.steps.map((call) => [exampleEventId(call.id), call.id]));
  const proof = (alert.assembly?.proof ?? []).map((event) => names.get(event) ?? event);
  if (example.proof !== undefined && example.proof.join() !== proof.join()) {
    problems.push(`must be proven by ${example.proof.join(', ')} and was by ${proof.join(', ')}`);
  }
  return { ok: problems.length === 0, problems };
}
