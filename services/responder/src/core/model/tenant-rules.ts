/**
 * What the responder keeps of policy and registry: the current version of each per tenant, reduced
 * to what a decision asks. A record that is not newer than the one applied is ignored, so that a
 * repeat cannot bring an old policy back.
 */
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

/** How much may be revoked automatically. */
interface PolicyLimits {
  readonly subjectsMax: number;
  readonly fleetShareMax: number;
  readonly windowMs: number;
  /** So many subjects of one origin make the origin the target. */
  readonly originSubjects: number;
}

/** How long what is waited for. */
interface PolicyTimes {
  readonly receiptWithinMs: number;
  readonly answerWithinMs: number;
  readonly probeAfterMs: number;
  /** How long a step-up stands that takes the place of an order which ended by itself. */
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
  /** Actions that two people must agree to when they are ordered by hand. */
  readonly byHandOfTwo: readonly string[];
}

interface KnownReceiver {
  readonly id: string;
  readonly subjects: readonly string[];
  readonly required: boolean;
  readonly issuer: boolean;
  /** It may be asked whether access is gone. */
  readonly probes?: boolean;
}

export interface TenantRegistry {
  readonly seq: number;
  readonly version: string;
  /** Agents whose state is live: the fleet of which `fleet_share` is a share. */
  readonly liveAgents: number;
  readonly neverRevoke: readonly string[];
  readonly classes: Readonly<Record<string, string>>;
  /** Of agents that have some: when they are not to be touched. */
  readonly blackouts?: Readonly<Record<string, readonly string[]>>;
  readonly receivers: readonly KnownReceiver[];
  /** Of agents that have had a risk review. */
  readonly reviewedBy?: Readonly<Record<string, string>>;
  /** Of workflows that have one: how long a task of it may take. */
  readonly deadlines?: Readonly<Record<string, number>>;
  /** Of workflows that name some: whose end of a task ends it for all who work in it. */
  readonly orchestrators?: Readonly<Record<string, readonly string[]>>;
}

/** Answers that a receiver gives within a second are missed after this long. */
const RECEIPT_WITHIN_MS = 60_000;
const ORIGIN_SUBJECTS = 2;
const ANSWER_WITHIN_MS = 15 * 60_000;
const PROBE_AFTER_MS = 5 * 60_000;
const STEP_UP_FOR = '30d';
/** What state of an earlier version lacks. */
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

/** The rules that the new policy no longer has, whose budgets can be dropped. */
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

/** `*` matches everything, `prefix*` what starts so, anything else itself. */
function matchesSubject(pattern: string, agentUid: string): boolean {
  return pattern.endsWith('*') ? agentUid.startsWith(pattern.slice(0, -1)) : pattern === agentUid;
}

export interface ChosenReceivers {
  readonly all: readonly string[];
  /** Those without whom a containment is never called contained. */
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
  // An origin is stopped for everybody, so everybody is told.
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
  // Who gives out no credentials can't be blamed for not withholding them.
  const isIssuance = action === 'block_issuance' && issuers.length > 0;
  return {
    all: ids(() => true),
    required: isIssuance ? issuers : ids(({ required }) => required),
    issuers,
  };
}

/** Who may be asked whether this agent's access is gone. */
export function probersFor(
  registry: TenantRegistry | undefined,
  agentUid: string,
): readonly string[] {
  return (registry?.receivers ?? [])
    .filter(({ probes }) => probes === true)
    .filter(({ subjects }) => subjects.some((pattern) => matchesSubject(pattern, agentUid)))
    .map(({ id }) => id);
}
