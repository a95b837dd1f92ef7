/** From an event to a privilege step; undefined when it can take no part in an assembly. */
import {
  type AuditEvent,
  type ExerciseState,
  epochMs,
  ID_LENGTH_MAX,
  type PrivilegeStep,
  type Registry,
  type RegistryAgent,
  type StepWords,
  sourceNameOf,
} from '@waywarden/schemas';
import { recordCountOf } from '../baselines/volume/measures.ts';
import { DELEGATIONS, delegateOf, mayHaveHappened } from '../domain/acts.ts';
import { CLOCK_SKEW_MAX_MS } from '../domain/day.ts';
import { grantsOfScopes } from '../domain/registry/resolve-grants.ts';

export function exerciseState(
  event: Pick<AuditEvent, 'args' | 'outcome' | 'effect'>,
): ExerciseState | undefined {
  if (event.args?.features?.['dry_run'] === true) return undefined;
  switch (event.outcome) {
    case 'success':
      return 'exercised';
    case 'denied':
      return 'attempted';
    case 'unknown':
    case 'cancelled':
    case 'tool_error':
      return mayHaveHappened(event.effect) ? 'possibly' : undefined;
    case 'protocol_error':
      return undefined;
  }
}

/** Only calls whose request and end can be paired are told before their end. */
function stateOf(event: AuditEvent): ExerciseState | undefined {
  const isPaired = event.call_uid !== undefined && event.capabilities.length > 0;
  if (event.phase === 'completed') {
    const isVoid = isPaired && event.outcome === 'protocol_error' && mayHaveHappened(event.effect);
    return exerciseState(event) ?? (isVoid ? 'settled' : undefined);
  }
  const isDry = event.args?.features?.['dry_run'] === true;
  return isPaired && !isDry && event.outcome !== 'denied' ? 'requested' : undefined;
}

/** Written out: an object from entries becomes a dictionary. */
function addIdentity(identity: StepInMaking, event: AuditEvent): void {
  const { task, credential, delegation, tool, source, target } = event;
  if (event.native_id !== undefined) identity.native_id = event.native_id;
  if (event.call_uid !== undefined) identity.call_uid = event.call_uid;
  if (event.agent.instance_uid !== undefined) identity.instance_uid = event.agent.instance_uid;
  if (tool !== undefined) {
    identity.tool =
      tool.server === undefined ? { name: tool.name } : { name: tool.name, server: tool.server };
  }
  if (target !== undefined) identity.target = target;
  if (task?.id !== undefined) identity.task_id = task.id;
  if (task?.workflow !== undefined) identity.workflow = task.workflow;
  if (credential?.uid !== undefined) identity.credential_uid = credential.uid;
  if (credential?.fp !== undefined) identity.credential_fp = credential.fp;
  if (event.principal?.uid !== undefined) identity.principal_uid = event.principal.uid;
  if (event.span_id !== undefined) identity.span_id = event.span_id;
  if (event.parent_span_id !== undefined) identity.parent_span_id = event.parent_span_id;
  const ref = delegation?.chain?.at(-1)?.ref;
  if (ref !== undefined) identity.delegation_ref = ref;
  if (delegation?.parent_agent_uid !== undefined) {
    identity.parent_agent_uid = delegation.parent_agent_uid;
  }
  const delegate = delegateOf(event);
  if (delegate !== undefined) identity.delegate_uid = delegate;
  const lateMs = epochMs(event.observed_time) - epochMs(event.event_time);
  const isMeasured = event.event_time_quality === 'measured';
  if (isMeasured && lateMs > CLOCK_SKEW_MAX_MS) identity.reported_late_ms = lateMs;
  if (source.seq !== undefined) identity.source_seq = { source: source.instance, seq: source.seq };
  identity.source = sourceNameOf(event);
  if (event.result?.trust !== undefined) identity.result_trust = event.result.trust;
  const domain = event.args?.features?.['destination_domain'];
  if (typeof domain === 'string') identity.destination_domain = domain;
  const destinations = event.args?.features?.['destinations'];
  if (typeof destinations === 'number' && destinations > 1) identity.destinations = destinations;
  const outside = event.args?.outside_fps;
  if (outside !== undefined) identity.outside_fps = outside;
}

function addRegistered(step: StepInMaking, context: StepContext): void {
  const { registered, registryVersion } = context;
  if (registered !== undefined) step.agent_class = registered.class;
  if (registered?.role !== undefined) step.agent_role = registered.role;
  if (registered?.plane !== undefined) step.plane = registered.plane;
  step.policy_version = context.policyVersion;
  if (registryVersion !== undefined) step.registry_version = registryVersion;
}

export function toPrivilegeStep(
  event: AuditEvent,
  context: StepContext,
): PrivilegeStep | undefined {
  const exercise = stateOf(event);
  if (exercise === undefined) return undefined;
  const argValues = event.args?.values ?? [];
  const resultValues = event.result?.values ?? [];
  const { words } = context;
  const carries = argValues.length > 0 || resultValues.length > 0 || words !== undefined;
  if (event.capabilities.length === 0 && !DELEGATIONS.has(event.activity) && !carries) {
    return undefined;
  }
  const step: StepInMaking = {
    event_id: event.event_id,
    tenant_id: event.tenant_id,
    chain_id: event.chain_id,
    agent_uid: event.agent.uid,
    agent_assurance: event.agent.assurance,
    claims: event.claims,
    event_time: event.event_time,
    event_time_quality: event.event_time_quality,
    activity: event.activity,
    effect: event.effect,
    outcome: event.outcome,
    exercise,
    capabilities: event.capabilities,
  };
  addIdentity(step, event);
  step.arg_values = argValues;
  step.result_values = resultValues;
  step.grants = context.grants === null ? null : [...context.grants];
  addRegistered(step, context);
  step.values_truncated =
    event.args?.values_truncated === true || event.result?.values_truncated === true;
  if (event.args?.values_truncated === true) step.args_truncated = true;
  if (words !== undefined) step.words = words;
  addStepDetails(step, event, context);
  return step as PrivilegeStep;
}

/** What combinations ask of a call beside its capabilities; present only where known. */

/**
 * A privilege step while it is made. Fields are put in one by one, in printing order: spreads cost more than all
 * the rest.
 */
type StepInMaking = { -readonly [K in keyof PrivilegeStep]?: PrivilegeStep[K] };

interface StepContext {
  readonly grants: readonly string[] | null;
  readonly registered: RegistryAgent | undefined;
  readonly policyVersion: string;
  readonly registryVersion: string | undefined;
  readonly registry: Registry | undefined;
  readonly words?: StepWords | undefined;
}

const RECEIVERS: ReadonlySet<string> = new Set([
  'agent',
  'identity',
  'principal',
  'user',
  'group',
  'role',
]);
const PROVEN: ReadonlySet<string> = new Set(['attested', 'authenticated']);
const HANDOFFS_MAX = 64;

function granteeOf(event: AuditEvent): string | undefined {
  if (!event.capabilities.some(({ symbol }) => symbol.startsWith('grant:'))) return undefined;
  const named = event.args?.features?.['grantee'];
  if (typeof named === 'string' && named !== '') return named.slice(0, ID_LENGTH_MAX);
  return RECEIVERS.has(event.target?.resource_type ?? '') ? event.target?.resource_id : undefined;
}

/** A hijacked agent would name a lenient one. */
function handoffsOf(event: AuditEvent, registry: Registry | undefined): string[] | undefined {
  const name = event.task?.workflow;
  if (name === undefined || registry === undefined || !PROVEN.has(event.claims.workflow)) {
    return undefined;
  }
  const declared = registry.workflows.find((workflow) => workflow.name === name)?.handoffs ?? [];
  const pairs = declared.map(({ from, to }) => `${from}>${to}`).slice(0, HANDOFFS_MAX);
  return pairs.length === 0 ? undefined : pairs;
}

function scopesOf(event: AuditEvent, registry: Registry | undefined): string[] | undefined {
  const granted = registry === undefined ? null : grantsOfScopes(event, registry);
  return granted === null ? undefined : [...granted];
}

function approvalOf({ approval }: AuditEvent): PrivilegeStep['approval'] {
  if (approval === undefined || approval.mode === 'none') return undefined;
  return { mode: approval.mode, ...(approval.by === undefined ? {} : { by: approval.by }) };
}

/** One by one: a spread would leave a dictionary. */
function addStepDetails(
  into: StepInMaking,
  event: AuditEvent,
  { registered, registry }: Pick<StepContext, 'registered' | 'registry'>,
): void {
  if (event.args?.features?.['dry_run_claimed'] === true) into.dry_run_claimed = true;
  const records = recordCountOf(event);
  if (records !== undefined) into.records = records;
  if (event.task?.subjects !== undefined) into.task_subjects = event.task.subjects;
  if (event.task?.subject_fps !== undefined) into.task_subject_fps = event.task.subject_fps;
  const grantee = granteeOf(event);
  if (grantee !== undefined) into.grantee_uid = grantee;
  const approval = approvalOf(event);
  if (approval !== undefined) into.approval = approval;
  const parent = event.credential?.parent_uid;
  if (parent !== undefined) into.credential_parent_uid = parent;
  const scopes = scopesOf(event, registry);
  if (scopes !== undefined) into.scope_grants = scopes;
  const root = event.delegation?.root_agent_uid;
  if (root !== undefined) into.root_agent_uid = root;
  const owner = registered?.owner?.person ?? registered?.owner?.team;
  if (owner !== undefined) into.agent_owner = owner;
  const handoffs = handoffsOf(event, registry);
  if (handoffs !== undefined) into.handoffs = handoffs;
}
