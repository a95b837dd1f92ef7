/**
 * What combinations ask of a call beside its capabilities: how many records, who got the access that
 * it granted, who approved it, from which credential its own was derived, who owns and controls the
 * agent, which hand-offs its workflow declares.
 *
 * Present only where the event or the registry tells: most calls carry none of it.
 */
import type { AuditEvent, PrivilegeStep, Registry, RegistryAgent } from '@waywarden/schemas';
import { recordCount } from './record-count.ts';
import { grantsOfScopes } from './resolve-grants.ts';

type Details = { [K in keyof PrivilegeStep]?: PrivilegeStep[K] | undefined };

/** Kinds of target of a grant that are themselves who receives it. */
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
const ID_LENGTH_MAX = 512;

function granteeOf(event: AuditEvent): string | undefined {
  if (!event.capabilities.some(({ symbol }) => symbol.startsWith('grant:'))) return undefined;
  const named = event.args?.features?.['grantee'];
  if (typeof named === 'string' && named !== '') return named.slice(0, ID_LENGTH_MAX);
  return RECEIVERS.has(event.target?.resource_type ?? '') ? event.target?.resource_id : undefined;
}

/** A workflow that is only asserted declares nothing: a hijacked agent would name a lenient one. */
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

/** Fields of a step that only some calls have. */
export function stepDetails(
  event: AuditEvent,
  registered: RegistryAgent | undefined,
  registry: Registry | undefined,
): Partial<PrivilegeStep> {
  const details: Details = {
    records: recordCount(event),
    task_subjects: event.task?.subjects,
    grantee_uid: granteeOf(event),
    approval: approvalOf(event),
    credential_parent_uid: event.credential?.parent_uid,
    scope_grants: scopesOf(event, registry),
    root_agent_uid: event.delegation?.root_agent_uid,
    agent_owner: registered?.owner?.person ?? registered?.owner?.team,
    handoffs: handoffsOf(event, registry),
  };
  for (const key in details) {
    if (details[key as keyof Details] === undefined) delete details[key as keyof Details];
  }
  return details as Partial<PrivilegeStep>;
}
