/** A revocation command. A target names its level and every id of it; else it is invalid (`unsupported`). */
import { z } from 'zod';
import { commandTarget, evidence, type Target } from '../alerts/alert.ts';
import { assurance } from '../events/audit-event.ts';
import { severity } from '../vocabulary/severity.ts';
import { id, name, tenantId, text, timestamp } from '../vocabulary/text-limits.ts';

export const TARGET_LEVELS = {
  call: { ids: ['call_uid'], actions: ['hold', 'hold_payment'] },
  task: { ids: ['task_id'], actions: ['revoke_token', 'kill_session', 'require_step_up'] },
  conversation: { ids: ['conversation_id'], actions: ['kill_session'] },
  instance: { ids: ['instance_uid'], actions: ['kill_session', 'require_step_up'] },
  credential: {
    ids: ['credential_uid'],
    actions: ['revoke_token', 'revoke_credential', 'rotate_secret'],
  },
  delegation: { ids: ['parent_agent_uid', 'delegation_ref'], actions: ['revoke_delegation'] },
  tool: { ids: ['tool'], actions: ['block_tool', 'reduce_scope'] },
  grant: { ids: ['grant_id'], actions: ['revoke_grant'] },
  origin: { ids: [], oneOf: ['fp', 'resource_id', 'sender'], actions: ['quarantine_origin'] },
  agent: {
    ids: [],
    actions: ['signal_risk', 'require_step_up', 'block_issuance', 'disable_agent', 'open_case'],
  },
} as const satisfies Record<
  string,
  { ids: readonly (keyof Target)[]; oneOf?: readonly (keyof Target)[]; actions: readonly string[] }
>;

/** They take nothing. */
const OF_ANY_LEVEL: ReadonlySet<string> = new Set(['restore', 'probe']);

export type TargetLevel = keyof typeof TARGET_LEVELS;
export const TARGET_LEVEL_NAMES = Object.keys(TARGET_LEVELS) as readonly TargetLevel[];

const ALL_IDS = [
  'call_uid',
  'payment_id',
  'task_id',
  'conversation_id',
  'instance_uid',
  'credential_uid',
  'parent_agent_uid',
  'delegation_ref',
  'tool',
  'grant_id',
  'fp',
  'resource_id',
  'sender',
] as const satisfies readonly (keyof Target)[];

/** Empty: complete. */
export function targetProblems(action: string, subject: Target): readonly string[] {
  if (!Object.hasOwn(TARGET_LEVELS, subject.level)) return [`level ${subject.level} is unknown`];
  const level: { ids: readonly string[]; oneOf?: readonly string[]; actions: readonly string[] } =
    TARGET_LEVELS[subject.level as TargetLevel];
  const problems: string[] = [];
  if (!OF_ANY_LEVEL.has(action) && !level.actions.includes(action)) {
    problems.push(`${action} is no action of level ${subject.level}`);
  }
  const needed = action === 'hold_payment' ? [...level.ids, 'payment_id'] : level.ids;
  for (const key of needed) {
    if (subject[key as keyof Target] === undefined) problems.push(`${key} is missing`);
  }
  const given = ALL_IDS.filter((key) => subject[key] !== undefined);
  if (level.oneOf && given.filter((key) => level.oneOf?.includes(key)).length !== 1) {
    problems.push(`exactly one of ${level.oneOf.join(', ')} is needed`);
  }
  for (const key of given) {
    if (!needed.includes(key) && !level.oneOf?.includes(key)) {
      problems.push(`${key} is no id of level ${subject.level}`);
    }
  }
  return problems;
}

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
