/** A revocation command. */
import { z } from 'zod';
import { commandTarget, evidence } from '../alerts/alert.ts';
import { assurance } from '../events/audit-event.ts';
import { severity } from '../vocabulary/severity.ts';
import { id, name, tenantId, text, timestamp } from '../vocabulary/text-limits.ts';

export const DRAINS = ['cancel', 'finish_unit_then_stop', 'leave'] as const;

export const revocationCommand = z.object({
  command_id: z.uuid(),
  containment_id: z.uuid(),
  tenant_id: tenantId,
  sequence: z.number().int().positive(),
  restores: z.uuid().optional(),
  probes: z.uuid().optional(),
  incident_id: z.uuid(),
  alert_ids: z.array(z.uuid()),
  issued_at: timestamp,
  expires_at: timestamp,
  at_expiry: z.object({ action: name, target: commandTarget, until: timestamp }).optional(),
  action: name,
  target: commandTarget,
  receivers: z.array(id),
  audience: name,
  drain: z.enum(DRAINS),
  scope: z.record(name, z.unknown()).optional(),
  severity,
  confidence: z.number().min(0).max(1).nullable(),
  confidence_basis: name.optional(),
  initiating_entity: z.enum(['policy', 'admin', 'system']),
  approvals: z.array(z.object({ by: id, at: timestamp })),
  reason: text,
  evidence: z.array(evidence),
  preconditions: z.object({
    assurance_min: assurance,
    targets_max: z.number().int().positive(),
  }),
});
export type RevocationCommand = z.infer<typeof revocationCommand>;

const TAKES_ACCESS: ReadonlySet<string> = new Set([
  'block_tool',
  'reduce_scope',
  'quarantine_origin',
  'revoke_token',
  'kill_session',
  'block_issuance',
  'revoke_credential',
  'rotate_secret',
  'revoke_grant',
  'revoke_delegation',
  'disable_agent',
]);

/** Which commands a pause holds back: those that take access unseen by people. */
export function waitsForResume({
  action,
  initiating_entity: by,
}: Pick<RevocationCommand, 'action' | 'initiating_entity'>): boolean {
  return by !== 'admin' && TAKES_ACCESS.has(action);
}
