/**
 * AgentDojo's runs and their labels, kept apart: a run holds what a detector may see; its label is
 * joined by `trace_id` only where results are judged.
 */
import type { AuditEvent } from '@waywarden/schemas';
import { z } from 'zod';

export const runLabel = z.object({
  trace_id: z.string(),
  attack: z.boolean(),
  injection_task: z.string().nullable().optional(),
  attack_succeeded: z.boolean().nullable().optional(),
  malicious_steps: z.array(z.number().int()).nullable().optional(),
  unsure_steps: z.array(z.number().int()).nullable().optional(),
});
export type RunLabel = z.infer<typeof runLabel>;

export interface Run {
  readonly traceId: string;
  /** The person's task, which several runs repeat: the cluster. */
  readonly task: string;
  readonly model: string;
  /** The run's calls in order. */
  readonly events: readonly AuditEvent[];
}

/** With a malicious step, whether the attack reached its goal or not. */
export function isPositive(label: RunLabel): boolean {
  return (label.malicious_steps?.length ?? 0) > 0;
}

/** Nothing was planted: what may be learnt from. */
export function isBenign(label: RunLabel): boolean {
  return !label.attack;
}
