/** Whose decision a call needs by its agent's row of the class table, and how far one was given. */
import {
  type AuditEvent,
  assuranceAtLeast,
  type ClassRow,
  isCriticalFor,
  isSensitiveFor,
} from '@waywarden/schemas';

export type ApprovalDue = 'none' | 'policy' | 'human';

/**
 * A row that asks a human for critical effects and a policy for the others leaves sensitive ones to
 * the policy; every other row that names a scope wants a human there.
 */
export function approvalDue(row: ClassRow, event: AuditEvent): ApprovalDue {
  const symbols = event.capabilities.map(({ symbol }) => symbol);
  const isCritical = symbols.some((one) => isCriticalFor(row, one));
  const isSensitive = isCritical || symbols.some((one) => isSensitiveFor(row, one));
  switch (row.approval_for) {
    case 'none':
      return 'none';
    case 'effects':
      return 'human';
    case 'sensitive':
      return isSensitive ? 'human' : 'none';
    case 'critical':
      if (isCritical) return 'human';
      return isSensitive && row.approval === 'policy' ? 'policy' : 'none';
  }
}

export type ApprovalGiven = 'proven' | 'asserted' | 'none' | 'untold';

/** Whether the decision that is due was made; an approval that is only asserted is not proven. */
export function approvalGiven(event: AuditEvent, due: 'policy' | 'human'): ApprovalGiven {
  const { approval, claims } = event;
  if (approval === undefined) return 'untold';
  const decided = approval.mode === 'human' || (due === 'policy' && approval.mode === 'policy');
  if (!decided) return 'none';
  return assuranceAtLeast(claims.approval, 'authenticated') ? 'proven' : 'asserted';
}
