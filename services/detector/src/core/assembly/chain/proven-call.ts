/** That the call was this agent's and had this outcome is proven. What is not takes nothing from what is. */
import { assuranceAtLeast, type PrivilegeStep } from '@waywarden/schemas';

export function isProvenCall({ agent_assurance: who, claims }: PrivilegeStep): boolean {
  return (
    assuranceAtLeast(who, 'authenticated') && assuranceAtLeast(claims.outcome, 'authenticated')
  );
}
