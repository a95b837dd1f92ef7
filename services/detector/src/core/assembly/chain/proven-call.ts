/**
 * Whether a call is proven, in whatever chain it is: as far as a sighting of it is (`flow/sightings-of.ts`).
 * What is not takes nothing from what is.
 */
import { assuranceAtLeast, type PrivilegeStep } from '@waywarden/schemas';

/** That the call was this agent's and had this outcome is proven. */
export function isProvenCall({ agent_assurance: who, claims }: PrivilegeStep): boolean {
  return (
    assuranceAtLeast(who, 'authenticated') && assuranceAtLeast(claims.outcome, 'authenticated')
  );
}
