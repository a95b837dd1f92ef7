/** The class table: what an agent of each class may hold and do; the policy overrides fields. */
import { z } from 'zod';
import { duration } from '../alerts/policy-combination.ts';
import { isCritical, isSensitive, matchesGrant } from '../vocabulary/capability.ts';
import type { ACTOR_CLASSES } from '../vocabulary/event-vocabulary.ts';
import { name } from '../vocabulary/text-limits.ts';

export type ActorClass = (typeof ACTOR_CLASSES)[number];

/** Beside its age. */
export const CREDENTIAL_BOUNDS = ['window', 'session', 'task', 'age'] as const;
export const APPROVAL_SCOPES = ['none', 'critical', 'sensitive', 'effects'] as const;

/** By grant, principal, reads, or workflow. */
export const CREDENTIAL_BREADTHS = ['grants', 'entitlement', 'reads', 'envelope'] as const;
export const APPROVALS = ['at_change', 'trigger', 'policy', 'human'] as const;

const rowFields = {
  credential_life: duration.optional(),
  credential_bound: z.enum(CREDENTIAL_BOUNDS).optional(),
  /** After its slot. */
  window_grace: duration.optional(),
  breadth: name.optional(),
  approval: name.optional(),
  approval_for: z.enum(APPROVAL_SCOPES).optional(),
  unattended_calls: z.number().int().nonnegative().optional(),
  /** Effects, capabilities or scopes. */
  step_up: z.array(name).optional(),
  /** Access is taken away then. */
  revocation_triggers: z.array(name).optional(),
  ladder: z.array(name).optional(),
  /** When nobody answers in time. */
  unanswered: z.enum(['act', 'keep']).optional(),
  /** Instead of the shipped ones. */
  sensitive: z.array(name).optional(),
  critical: z.array(name).optional(),
  /** In a row, none refused, faster than the median. */
  rubber_stamp: z.object({ approvals: z.number().int().positive(), median: duration }).optional(),
};

export const classPolicy = z.object({
  ...rowFields,
  /** By the target's environment. */
  environments: z.record(name, z.object(rowFields)).optional(),
});
export type ClassPolicy = z.infer<typeof classPolicy>;
type RowFields = Omit<ClassPolicy, 'environments'>;

export interface ClassRow extends RowFields {
  readonly approval_for: (typeof APPROVAL_SCOPES)[number];
  readonly ladder: string[];
  readonly unanswered: 'act' | 'keep';
}

const RUBBER_STAMP = { approvals: 20, median: '5s' };

export const SHIPPED_CLASSES: Readonly<Record<ActorClass, ClassRow>> = {
  scheduled_job: {
    credential_bound: 'window',
    window_grace: '15m',
    breadth: 'grants',
    approval: 'at_change',
    approval_for: 'none',
    revocation_triggers: ['outside_profile', 'outside_task_envelope', 'behavior_deviation'],
    unanswered: 'keep',
    ladder: ['block_tool', 'revoke_credential'],
    rubber_stamp: RUBBER_STAMP,
  },
  human_triggered: {
    credential_life: '8h',
    credential_bound: 'session',
    breadth: 'entitlement',
    approval: 'trigger',
    approval_for: 'none',
    revocation_triggers: ['outside_task_envelope', 'outside_profile'],
    unanswered: 'keep',
    ladder: ['kill_session'],
    rubber_stamp: RUBBER_STAMP,
  },
  assistive: {
    credential_life: '30m',
    credential_bound: 'age',
    breadth: 'reads',
    approval: 'human',
    approval_for: 'effects',
    unattended_calls: 0,
    revocation_triggers: ['class_drift', 'approval_bypass'],
    unanswered: 'keep',
    ladder: ['block_tool', 'require_step_up'],
    rubber_stamp: RUBBER_STAMP,
  },
  semi_autonomous: {
    credential_bound: 'task',
    breadth: 'envelope',
    approval: 'human',
    approval_for: 'sensitive',
    unattended_calls: 200,
    revocation_triggers: ['outside_task_envelope', 'approval_bypass', 'behavior_deviation'],
    unanswered: 'act',
    ladder: ['require_step_up', 'revoke_token'],
    rubber_stamp: RUBBER_STAMP,
  },
  autonomous: {
    credential_life: '15m',
    credential_bound: 'task',
    breadth: 'envelope',
    approval: 'policy',
    approval_for: 'critical',
    unattended_calls: 200,
    revocation_triggers: [
      'outside_task_envelope',
      'behavior_deviation',
      'privilege_assembly',
      'toxic_combination',
      'telemetry_gap',
    ],
    unanswered: 'act',
    ladder: ['require_step_up', 'revoke_token', 'block_issuance', 'disable_agent'],
    rubber_stamp: RUBBER_STAMP,
  },
  // Nothing on trust.
  unknown: {
    credential_life: '15m',
    credential_bound: 'task',
    window_grace: '0s',
    breadth: 'reads',
    approval: 'human',
    approval_for: 'effects',
    unattended_calls: 0,
    revocation_triggers: [
      'unregistered_agent',
      'class_drift',
      'approval_bypass',
      'outside_task_envelope',
      'behavior_deviation',
    ],
    unanswered: 'act',
    ladder: ['block_tool', 'require_step_up', 'revoke_token', 'block_issuance', 'disable_agent'],
    rubber_stamp: RUBBER_STAMP,
  },
};

type ClassTable = Readonly<Partial<Record<ActorClass, ClassPolicy>>>;

export function classRow(
  classes: ClassTable | undefined,
  actorClass: ActorClass,
  environment?: string,
): ClassRow {
  const { environments, ...own } = classes?.[actorClass] ?? {};
  const there =
    environment !== undefined &&
    environments !== undefined &&
    Object.hasOwn(environments, environment)
      ? environments[environment]
      : undefined;
  const shipped = SHIPPED_CLASSES[actorClass];
  return {
    ...shipped,
    ...own,
    ...there,
    approval_for: there?.approval_for ?? own.approval_for ?? shipped.approval_for,
    ladder: there?.ladder ?? own.ladder ?? shipped.ladder,
    unanswered: there?.unanswered ?? own.unanswered ?? shipped.unanswered,
  };
}

export function isSensitiveFor(row: ClassRow, symbol: string): boolean {
  return row.sensitive === undefined
    ? isSensitive(symbol)
    : row.sensitive.some((pattern) => matchesGrant(pattern, symbol));
}

export function isCriticalFor(row: ClassRow, symbol: string): boolean {
  return row.critical === undefined
    ? isCritical(symbol)
    : row.critical.some((pattern) => matchesGrant(pattern, symbol));
}
