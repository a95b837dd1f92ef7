/** The policy file. Rules are shadow by default. Defaults are stated only here. */
import { z } from 'zod';
import { combination, combinationProblems, duration } from '../alerts/policy-combination.ts';
import { RULE_MODES } from '../commands/decision.ts';
import { DRAINS } from '../commands/revocation-command.ts';
import { TARGET_LEVEL_NAMES } from '../commands/target.ts';
import { assurance } from '../events/audit-event.ts';
import { ACTOR_CLASSES } from '../vocabulary/event-vocabulary.ts';
import { severity } from '../vocabulary/severity.ts';
import { agentUid, id, name, text } from '../vocabulary/text-limits.ts';
import { classPolicy } from './class-table.ts';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** 0 for other text. */
export function durationMs(textOfDuration: string): number {
  const match = /^(\d{1,6})(ms|s|m|h|d)$/.exec(textOfDuration);
  if (!match) return 0;
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

export const limits = z.object({
  subjects: z.number().int().nonnegative().default(10),
  fleet_share: z.number().min(0).max(1).default(0.05),
  window: duration.default('10m'),
  lateness: duration.default('30m'),
  clock_skew: duration.default('2m'),
  request_deadline: duration.default('15m'),
  overrun_grace: duration.default('2m'),
  silence_factor: z.number().positive().default(3),
  receipt_within: duration.optional(),
  origin_subjects: z.number().int().positive().optional(),
  probe_after: duration.optional(),
  answer_within: duration.optional(),
  step_up_for: duration.optional(),
  by_hand_of_two: z.array(name).optional(),
  bulk_records: z.number().int().positive().default(500),
});

/** In two places they are more than chance. */
export const LINKING_KINDS = [
  'iban',
  'email',
  'url',
  'phone',
  'account',
  'document_number',
  'secret',
  'token',
  'shingle',
] as const;

export const links = z.object({
  chains_max: z.number().int().positive().default(8),
  horizon: duration.default('7d'),
  hops_max: z.number().int().positive().default(6),
  kinds: z.array(name).default([...LINKING_KINDS]),
  common_values: z.array(text).default([]),
});

export const CLASS_TRIGGERS = 'class_triggers';
export const CLASS_LADDER = 'class_ladder';

export const ruleAction = z.object({ action: name, level: z.enum(TARGET_LEVEL_NAMES) });

/** A name, in which `*` stands for any text. */
const selector = z.array(text).min(1);

export const rule = z.object({
  id: name,
  when: z.object({
    kind: z.array(name).min(1),
    severity_min: severity.default('high'),
    confidence_min: z.number().min(0).max(1).optional(),
    classes: z.array(z.enum(ACTOR_CLASSES)).optional(),
    agents: selector.optional(),
    owners: selector.optional(),
    workflows: selector.optional(),
    tools: selector.optional(),
  }),
  assurance_min: assurance.default('authenticated'),
  mode: z.enum(RULE_MODES).default('shadow'),
  actions: z.array(ruleAction).min(1),
  expires: duration.default('1h'),
  drain: z.enum(DRAINS).default('finish_unit_then_stop'),
});
export type Rule = z.infer<typeof rule>;

export const taskEndPolicy = z.object({
  mode: z.enum(RULE_MODES).default('shadow'),
  expires: duration.default('24h'),
  idle: duration.optional(),
  deadlines: z.boolean().optional(),
});

export const policy = z
  .object({
    version: z.literal(1),
    extends: z.literal('shipped').optional(),
    limits: limits.prefault({}),
    links: links.prefault({}),
    never_revoke: z.array(agentUid).default([]),
    classes: z.partialRecord(z.enum(ACTOR_CLASSES), classPolicy).default({}),
    combinations: z.array(combination).default([]),
    rules: z.array(rule).default([]),
    /** Absent: nothing. */
    task_end: taskEndPolicy.optional(),
    receivers: z.array(id).default([]),
  })
  .superRefine((value, context) => {
    const duplicate = (ids: readonly string[], path: string) => {
      for (const [at, one] of ids.entries()) {
        if (ids.indexOf(one) !== at) {
          context.addIssue({
            code: 'custom',
            path: [path, at, 'id'],
            message: `${one} is given twice`,
          });
        }
      }
    };
    duplicate(
      value.rules.map((r) => r.id),
      'rules',
    );
    duplicate(
      value.combinations.map((c) => c.id),
      'combinations',
    );
    for (const [at, one] of value.combinations.entries()) {
      for (const { path, message } of combinationProblems(one)) {
        context.addIssue({ code: 'custom', path: ['combinations', at, ...path], message });
      }
    }
  });
export type Policy = z.infer<typeof policy>;

/** `*` in a selector of a rule stands for any text, also none; everything else for itself, in time linear in both. */
export function selects(selector: string, name: string): boolean {
  const parts = selector.split('*');
  const [head = '', ...rest] = parts;
  const tail = rest.pop();
  if (tail === undefined) return selector === name;
  if (!name.startsWith(head) || name.length < head.length + tail.length) return false;
  let at = head.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.endsWith(tail) && at <= name.length - tail.length;
}
