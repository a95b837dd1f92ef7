/** Policy and registry per tenant, reduced to what decisions ask; older records are ignored. */
import {
  type ClassPolicy,
  type ControlRecord,
  durationMs,
  type Policy,
  type Receiver,
  type Registry,
  type Rule,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';

interface PolicyLimits {
  readonly subjectsMax: number;
  readonly fleetShareMax: number;
  readonly windowMs: number;
  /** So many subjects of one origin make the origin the target. */
  readonly originSubjects: number;
}

interface PolicyTimes {
  readonly receiptWithinMs: number;
  readonly answerWithinMs: number;
  readonly probeAfterMs: number;
  readonly stepUpFor: string;
  readonly overrunGraceMs: number;
  readonly silenceFactor: number;
}

export interface TenantPolicy extends PolicyLimits, PolicyTimes {
  readonly seq: number;
  readonly version: string;
  readonly rules: readonly Rule[];
  readonly neverRevoke: readonly string[];
  readonly receivers: readonly string[];
  readonly classes: Readonly<Record<string, ClassPolicy>>;
  readonly taskEnd?: NonNullable<Policy['task_end']>;
  readonly byHandOfTwo: readonly string[];
}

interface KnownReceiver {
  readonly id: string;
  readonly subjects: readonly string[];
  readonly required: boolean;
  readonly issuer: boolean;
  readonly probes?: boolean;
}

export interface TenantRegistry {
  readonly seq: number;
  readonly version: string;
  /** The fleet of `fleet_share`. */
  readonly liveAgents: number;
  readonly neverRevoke: readonly string[];
  readonly classes: Readonly<Record<string, string>>;
  readonly blackouts?: Readonly<Record<string, readonly string[]>>;
  readonly receivers: readonly KnownReceiver[];
  /** Of agents that have one: person and team. */
  readonly owners?: Readonly<Record<string, readonly string[]>>;
  readonly reviewedBy?: Readonly<Record<string, string>>;
  /** Of a task. */
  readonly deadlines?: Readonly<Record<string, number>>;
  /** Their end of a task ends it for all. */
  readonly orchestrators?: Readonly<Record<string, readonly string[]>>;
}

const RECEIPT_WITHIN_MS = 60_000;
const ORIGIN_SUBJECTS = 2;
const ANSWER_WITHIN_MS = 15 * 60_000;
const PROBE_AFTER_MS = 5 * 60_000;
const STEP_UP_FOR = '30d';
const EARLIER_POLICY = {
  classes: {},
  silenceFactor: 3,
  receiptWithinMs: RECEIPT_WITHIN_MS,
  originSubjects: ORIGIN_SUBJECTS,
  answerWithinMs: ANSWER_WITHIN_MS,
  probeAfterMs: PROBE_AFTER_MS,
  stepUpFor: STEP_UP_FOR,
  overrunGraceMs: 0,
  byHandOfTwo: [],
};

const policyKey = (tenantId: string) => `policy|${tenantId}`;
const registryKey = (tenantId: string) => `registry|${tenantId}`;

export function tenantPolicy(transaction: Transaction, tenantId: string): TenantPolicy | undefined {
  const stored = transaction.get<TenantPolicy>(policyKey(tenantId));
  return stored && { ...EARLIER_POLICY, ...stored };
}

export function tenantRegistry(
  transaction: Transaction,
  tenantId: string,
): TenantRegistry | undefined {
  return transaction.get(registryKey(tenantId));
}

const msOr = (text: string | undefined, otherwise: number) =>
  text === undefined ? otherwise : durationMs(text);

function reducePolicy(policy: Policy, seq: number, version: string): TenantPolicy {
  return {
    seq,
    version,
    rules: policy.rules,
    neverRevoke: policy.never_revoke,
    receivers: policy.receivers,
    subjectsMax: policy.limits.subjects,
    fleetShareMax: policy.limits.fleet_share,
    windowMs: durationMs(policy.limits.window),
    classes: policy.classes,
    silenceFactor: policy.limits.silence_factor,
    receiptWithinMs: msOr(policy.limits.receipt_within, RECEIPT_WITHIN_MS),
    originSubjects: policy.limits.origin_subjects ?? ORIGIN_SUBJECTS,
    answerWithinMs: msOr(policy.limits.answer_within, ANSWER_WITHIN_MS),
    probeAfterMs: msOr(policy.limits.probe_after, PROBE_AFTER_MS),
    stepUpFor: policy.limits.step_up_for ?? STEP_UP_FOR,
    ...(policy.task_end === undefined ? {} : { taskEnd: policy.task_end }),
    overrunGraceMs: durationMs(policy.limits.overrun_grace),
    byHandOfTwo: policy.limits.by_hand_of_two ?? [],
  };
}

function reduceReceiver(receiver: Receiver): KnownReceiver {
  const { id, subjects, required, issuer, probes } = receiver;
  return { id, subjects, required, issuer, ...(probes === true ? { probes } : {}) };
}

function reduceRegistry(registry: Registry, seq: number, version: string): TenantRegistry {
  return {
    seq,
    version,
    liveAgents: registry.agents.filter((agent) => agent.state === 'live').length,
    neverRevoke: registry.agents.filter((agent) => agent.never_revoke).map((agent) => agent.uid),
    classes: Object.fromEntries(registry.agents.map((agent) => [agent.uid, agent.class])),
    blackouts: Object.fromEntries(
      registry.agents.flatMap(({ uid, blackout = [] }) =>
        blackout.length === 0 ? [] : [[uid, blackout]],
      ),
    ),
    owners: Object.fromEntries(
      registry.agents.flatMap(({ uid, owner }) => {
        const named = [owner?.person, owner?.team].filter((one) => one !== undefined);
        return named.length === 0 ? [] : [[uid, named]];
      }),
    ),
    receivers: registry.receivers.map(reduceReceiver),
    deadlines: Object.fromEntries(
      registry.workflows.flatMap(({ name, envelope }) =>
        envelope?.deadline === undefined ? [] : [[name, durationMs(envelope.deadline)]],
      ),
    ),
    orchestrators: Object.fromEntries(
      registry.workflows.flatMap(({ name, orchestrators = [] }) =>
        orchestrators.length === 0 ? [] : [[name, orchestrators]],
      ),
    ),
    reviewedBy: Object.fromEntries(
      registry.agents.flatMap(({ uid, risk_review: review }) =>
        review === undefined ? [] : [[uid, review.by]],
      ),
    ),
  };
}

/** Returns the rules that are gone. */
export function applyControl(transaction: Transaction, control: ControlRecord): readonly string[] {
  const { tenant_id: tenantId, seq, version } = control;
  if (control.kind === 'registry') {
    const current = tenantRegistry(transaction, tenantId);
    if (current && current.seq >= seq) return [];
    transaction.put(registryKey(tenantId), reduceRegistry(control.registry, seq, version));
    return [];
  }
  const current = tenantPolicy(transaction, tenantId);
  if (current && current.seq >= seq) return [];
  const next = reducePolicy(control.policy, seq, version);
  transaction.put(policyKey(tenantId), next);
  const retained = new Set(next.rules.map((rule) => rule.id));
  return (current?.rules ?? []).map((rule) => rule.id).filter((id) => !retained.has(id));
}

/** `*`, `prefix*`, or itself. */
function matchesSubject(pattern: string, agentUid: string): boolean {
  return pattern.endsWith('*') ? agentUid.startsWith(pattern.slice(0, -1)) : pattern === agentUid;
}

export interface ChosenReceivers {
  readonly all: readonly string[];
  readonly required: readonly string[];
  /** Those that give out credentials, and so can promise that no new one is given. */
  readonly issuers: readonly string[];
}

/** Receivers that the registry names for this agent; else those of the policy, all required. */
export function receiversFor(
  policy: TenantPolicy,
  registry: TenantRegistry | undefined,
  agentUid: string,
  action?: string,
): ChosenReceivers {
  const isForAll = action === 'quarantine_origin';
  const named = (registry?.receivers ?? []).filter(
    ({ subjects }) => isForAll || subjects.some((pattern) => matchesSubject(pattern, agentUid)),
  );
  if (named.length === 0) {
    return { all: policy.receivers, required: policy.receivers, issuers: [] };
  }
  const ids = (which: (receiver: KnownReceiver) => boolean) =>
    named.filter(which).map((receiver) => receiver.id);
  const issuers = ids(({ issuer }) => issuer);
  const isIssuance = action === 'block_issuance' && issuers.length > 0;
  return {
    all: ids(() => true),
    required: isIssuance ? issuers : ids(({ required }) => required),
    issuers,
  };
}

export function probersFor(
  registry: TenantRegistry | undefined,
  agentUid: string,
): readonly string[] {
  return (registry?.receivers ?? [])
    .filter(({ probes }) => probes === true)
    .filter(({ subjects }) => subjects.some((pattern) => matchesSubject(pattern, agentUid)))
    .map(({ id }) => id);
}
