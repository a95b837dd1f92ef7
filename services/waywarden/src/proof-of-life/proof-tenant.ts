/**
 * Where made-up attacks live: in a tenant of their own. Nothing is learnt or judged across tenants, so no
 * agent's history, peer group or budget holds any of it, no alert of it stands in anybody's queue, and no
 * order that comes of it names a real agent. All of it is known by its tenant, on every record.
 *
 * What makes an event made-up is the token that it came with and nothing that it says: the tenant is the
 * token's, and the one token of this tenant is made anew at each start and known to this process alone.
 * Rejected: a mark in the event, signed or not, within the tenants that are watched. Every stage would
 * have to leave marked events out of what it learns and does, and whoever could forge or replay the
 * mark would be invisible.
 */
export const PROOF_TENANT = 'waywarden.proof-of-life';

/** What the token proves: who calls is authenticated, or no rule could act. */
export const PROOF_TOKEN = {
  id: 'waywarden/proof-of-life',
  tenant: PROOF_TENANT,
  source: { kind: 'gateway', instance: 'waywarden-proof-of-life' },
  assurance: 'authenticated',
} as const;

/** Why a person may not use the name; undefined when it is another. */
export function reservedTenantProblem(tenant: string): string | undefined {
  if (tenant !== PROOF_TENANT) return undefined;
  return `${PROOF_TENANT} is the tenant of Waywarden's own made-up attacks, whose alerts nobody looks at: give another.`;
}
