/** What combinations ask of a call beside its capabilities; present only where known. */
import {
  type AuditEvent,
  ID_LENGTH_MAX,
  type PrivilegeStep,
  type Registry,
  type RegistryAgent,
  type StepWords,
} from '@waywarden/schemas';
import { recordCountOf } from '../baselines/volume/measures.ts';
import { grantsOfScopes } from '../domain/registry/resolve-grants.ts';

/**
 * A privilege step while it is made. Fields are put in one by one, in printing order: spreads cost more than all
 * the rest.
 */
export type StepInMaking = { -readonly [K in keyof PrivilegeStep]?: PrivilegeStep[K] };

export interface StepContext {
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
export function addStepDetails(
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
