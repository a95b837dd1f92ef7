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

/**
 * Whether the one who approved is an agent: itself, who handed it the work, or one of the registry. Where a
 * person's decision is due that is none; maker and checker must be apart.
 */
export function isAgentsApproval(event: AuditEvent, { agents }: Registry): boolean {
  const by = event.approval?.by;
  if (by === undefined) return false;
  const { agent, delegation } = event;
  if (by === agent.uid || by === delegation?.root_agent_uid) return true;
  return by === delegation?.parent_agent_uid || agents.some(({ uid }) => uid === by);
}

export type ApprovalGiven = 'proven' | 'asserted' | 'none' | 'untold';

/** Whether the decision that is due was made; an approval that is only asserted is not proven. */
export function approvalGiven(
  event: AuditEvent,
  due: 'policy' | 'human',
  registry: Registry,
): ApprovalGiven {
  const { approval, claims } = event;
  if (approval === undefined) return 'untold';
  const byPerson = approval.mode === 'human' && !isAgentsApproval(event, registry);
  if (!byPerson && !(due === 'policy' && approval.mode === 'policy')) return 'none';
  return assuranceAtLeast(claims.approval, 'authenticated') ? 'proven' : 'asserted';
}
