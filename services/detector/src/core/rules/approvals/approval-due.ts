/** Whose decision a call needs by its class's row, and whether it was given. */
import {
  type AuditEvent,
  assuranceAtLeast,
  type ClassRow,
  isCriticalFor,
  isSensitiveFor,
  matchesGrant,
  type Registry,
} from '@waywarden/schemas';
import { shortAgentName } from '../../domain/short-text.ts';
import type { Approver } from '../../wording/approvals.ts';

export type ApprovalDue = 'none' | 'policy' | 'human';

type Scope = ClassRow['approval_for'];
const SCOPES: ReadonlySet<string> = new Set<Scope>(['effects', 'sensitive', 'critical']);

interface Reach {
  readonly isCritical: boolean;
  readonly isSensitive: boolean;
}

function isInScope(scope: Scope, { isCritical, isSensitive }: Reach): boolean {
  if (scope === 'effects') return true;
  return scope === 'sensitive' ? isSensitive : scope === 'critical' && isCritical;
}

function isSteppedUp({ step_up: named = [] }: ClassRow, event: AuditEvent, reach: Reach): boolean {
  return named.some(
    (one) =>
      one === event.effect ||
      (SCOPES.has(one) && isInScope(one as Scope, reach)) ||
      event.capabilities.some(({ symbol }) => matchesGrant(one, symbol)),
  );
}

/** A row with a human for critical effects leaves sensitive ones to the policy. */
export function approvalDue(row: ClassRow, event: AuditEvent): ApprovalDue {
  const symbols = event.capabilities.map(({ symbol }) => symbol);
  const isCritical = symbols.some((one) => isCriticalFor(row, one));
  const isSensitive = isCritical || symbols.some((one) => isSensitiveFor(row, one));
  const reach = { isCritical, isSensitive };
  if (isInScope(row.approval_for, reach) || isSteppedUp(row, event, reach)) return 'human';
  const isPolicys = row.approval_for === 'critical' && row.approval === 'policy';
  return isSensitive && isPolicys ? 'policy' : 'none';
}

const WORKLOAD = /^spiffe:\/\//;
const AGENTS_UID = /^spiffe:\/\/|(^|[/:])agents?[/:]/;

interface Named {
  readonly uids: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  readonly owners: ReadonlySet<string | undefined>;
}

const known = new WeakMap<Registry['agents'], Named>();

function namedBy({ agents }: Registry): Named {
  const before = known.get(agents);
  if (before !== undefined) return before;
  const owners = new Set(agents.map(({ owner }) => owner?.person));
  const uids = new Set(agents.map(({ uid }) => uid));
  const names = new Set(agents.map(({ uid }) => shortAgentName(uid)));
  const named = { uids, names, owners };
  known.set(agents, named);
  return named;
}

function isServicesApproval({ approval, principal }: AuditEvent): boolean {
  return principal?.type === 'service' && principal.uid === approval?.by;
}

function isProvenPrincipal({ approval, principal, claims }: AuditEvent): boolean {
  const isAbout = principal !== undefined && principal.uid === approval?.by;
  return isAbout && assuranceAtLeast(claims.principal, 'authenticated');
}

function isAPerson(event: AuditEvent, { owners }: Named): boolean {
  const { approval, principal } = event;
  if (owners.has(approval?.by)) return true;
  const isPerson = principal?.type === undefined || principal.type === 'human';
  return isPerson && isProvenPrincipal(event);
}

/**
 * Whether the approver's uid has an agent's form; a registered owner, or a proven principal said to be a person, is
 * a person. Assertions excuse nothing.
 */
function hasAgentsForm(event: AuditEvent, by: string, named: Named): boolean {
  if (!AGENTS_UID.test(by)) return false;
  if (!WORKLOAD.test(by) && named.owners.has(by)) return false;
  return event.principal?.type !== 'human' || !isProvenPrincipal(event);
}

/** By uid, name, delegation, registry, form, or the service it acts for: maker and checker must be apart. */
export function isAgentsApproval(event: AuditEvent, registry: Registry): boolean {
  const by = event.approval?.by;
  if (by === undefined) return false;
  const { agent, delegation } = event;
  const named = namedBy(registry);
  if (by === agent.uid || by === delegation?.root_agent_uid) return true;
  if (by === delegation?.parent_agent_uid || named.uids.has(by)) return true;
  if (hasAgentsForm(event, by, named) || isServicesApproval(event)) return true;
  return (by === agent.name || by === shortAgentName(agent.uid)) && !isAPerson(event, named);
}

export function isNobodysApproval(event: AuditEvent, registry: Registry): boolean {
  const by = event.approval?.by;
  if (by === undefined) return true;
  const named = namedBy(registry);
  return named.names.has(by) && !isAPerson(event, named);
}

export function approverOf(event: AuditEvent, isNobodys: boolean): Approver {
  if (isNobodys) return event.approval?.by === undefined ? 'nobody' : 'agentsName';
  return isServicesApproval(event) ? 'service' : 'agent';
}

/** `nobodys`: by nobody who is known to be a person. */
export type ApprovalGiven = 'proven' | 'asserted' | 'nobodys' | 'none' | 'unreported';

/** Asserted is not proven. */
export function approvalGiven(
  event: AuditEvent,
  due: 'policy' | 'human',
  registry: Registry,
): ApprovalGiven {
  const { approval, claims } = event;
  if (approval === undefined) return 'unreported';
  const byPerson = approval.mode === 'human' && !isAgentsApproval(event, registry);
  if (!byPerson && !(due === 'policy' && approval.mode === 'policy')) return 'none';
  if (byPerson && due === 'human' && isNobodysApproval(event, registry)) return 'nobodys';
  return assuranceAtLeast(claims.approval, 'authenticated') ? 'proven' : 'asserted';
}
