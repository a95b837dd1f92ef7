/** Whose decision a call needs by its agent's row of the class table, and how far one was given. */
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

/** What the row names beside: an effect (`pay`), a capability or pattern, a scope. */
function isSteppedUp({ step_up: named = [] }: ClassRow, event: AuditEvent, reach: Reach): boolean {
  return named.some(
    (one) =>
      one === event.effect ||
      (SCOPES.has(one) && isInScope(one as Scope, reach)) ||
      event.capabilities.some(({ symbol }) => matchesGrant(one, symbol)),
  );
}

/**
 * A row that asks a human for critical effects and a policy for the others leaves sensitive ones to
 * the policy; every other row that names a scope wants a human there.
 */
export function approvalDue(row: ClassRow, event: AuditEvent): ApprovalDue {
  const symbols = event.capabilities.map(({ symbol }) => symbol);
  const isCritical = symbols.some((one) => isCriticalFor(row, one));
  const isSensitive = isCritical || symbols.some((one) => isSensitiveFor(row, one));
  const reach = { isCritical, isSensitive };
  if (isInScope(row.approval_for, reach) || isSteppedUp(row, event, reach)) return 'human';
  const isPolicys = row.approval_for === 'critical' && row.approval === 'policy';
  return isSensitive && isPolicys ? 'policy' : 'none';
}

/** What runs and not who, though a registry's owner were named so. */
const WORKLOAD = /^spiffe:\/\//;
/** A workload's id, or one that names itself an agent's (`agent/helper-9`), whoever registered it. */
const AGENTS_UID = /^spiffe:\/\/|(^|[/:])agents?[/:]/;

/** Of the registry's agents: their uids, how people call them, and their owners. */
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

/** Only what it provably acts for, and is said to be a service. */
export function isServicesApproval({ approval, principal }: AuditEvent): boolean {
  return principal?.type === 'service' && principal.uid === approval?.by;
}

/** Who approved is for whom it provably acts. */
function isProvenPrincipal({ approval, principal, claims }: AuditEvent): boolean {
  const isAbout = principal !== undefined && principal.uid === approval?.by;
  return isAbout && assuranceAtLeast(claims.principal, 'authenticated');
}

/** An agent may be called as a person is: its owner, or for whom it provably acts. */
function isAPerson(event: AuditEvent, { owners }: Named): boolean {
  const { approval, principal } = event;
  if (owners.has(approval?.by)) return true;
  const isPerson = principal?.type === undefined || principal.type === 'human';
  return isPerson && isProvenPrincipal(event);
}

/**
 * Whether who approved has the form of an agent's uid, and nobody who knows says that it is a person's: people of
 * a contact centre are called so as well (`people/agents/jane`). An owner of the registry is a person; so is for
 * whom the call provably acts, but only where it is said to be one, since an agent may act for an agent of which no
 * type is told. What the call only asserts excuses nothing, or an agent would name whom it likes its person.
 */
function hasAgentsForm(event: AuditEvent, by: string, named: Named): boolean {
  if (!AGENTS_UID.test(by)) return false;
  if (!WORKLOAD.test(by) && named.owners.has(by)) return false;
  return event.principal?.type !== 'human' || !isProvenPrincipal(event);
}

/**
 * Whether the one who approved is an agent: itself by its uid or a name, who handed it the work, one of the
 * registry, a workload or agent by its form of uid, or the service it acts for. Where a person's decision is due that is
 * none; maker and checker must be apart.
 */
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

/** Whether nothing says that a person approved: nobody is named, or as an agent of the registry is called. */
export function isNobodysApproval(event: AuditEvent, registry: Registry): boolean {
  const by = event.approval?.by;
  if (by === undefined) return true;
  const named = namedBy(registry);
  return named.names.has(by) && !isAPerson(event, named);
}

/** Who approved, where it was no person, or nobody who is known to be one. */
export function approverWords(event: AuditEvent, isNobodys: boolean): string {
  if (isNobodys && event.approval?.by === undefined) return 'an approval by nobody named';
  if (isNobodys) return 'an approval under the name of an agent';
  return `${isServicesApproval(event) ? 'a service' : 'an agent'}’s approval and no person’s`;
}

/** `nobodys`: by nobody who is known to be a person. */
export type ApprovalGiven = 'proven' | 'asserted' | 'nobodys' | 'none' | 'unreported';

/** Whether the decision that is due was made; an approval that is only asserted is not proven. */
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
