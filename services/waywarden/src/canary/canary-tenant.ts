/**
 * Made-up attacks live in a tenant of their own, by their token: a mark in events could be forged to be invisible.
 */
import { CANARY_TENANT, TENANT_ID_LENGTH_MAX, tenantId } from '@waywarden/schemas';

/** Authenticated, or no rule could act. */
export const CANARY_TOKEN = {
  id: 'waywarden/canary',
  tenant: CANARY_TENANT,
  source: { kind: 'gateway', instance: 'waywarden-canary' },
  assurance: 'authenticated',
} as const;

/** Why a person may not use the name; undefined when it is another. */
export function tenantProblem(tenant: string): string | undefined {
  if (!tenantId.safeParse(tenant).success) {
    return `${JSON.stringify(tenant)} is no tenant id: give 1 to ${TENANT_ID_LENGTH_MAX} characters without "|".`;
  }
  if (tenant !== CANARY_TENANT) return undefined;
  return `${CANARY_TENANT} is the tenant of Waywarden's own made-up attacks, whose alerts nobody looks at: give another.`;
}
