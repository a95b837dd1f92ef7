/**
 * The adapter format: what any detector writes to be scored, one line a revision of an alert.
 *
 * It is the alert of the contracts with all but a few fields optional, plus `responses`, so that
 * Waywarden's own alerts are valid lines and another detector needs to know no more than the events'
 * native ids. Rejected: a format of its own, which would have to be kept in step with the contract.
 * docs/benchmarks-adapters.md says what each field is used for.
 */
import { z } from 'zod';

const agentOf = z.object({ agent_uid: z.string() });
const target = z.object({
  level: z.string(),
  agent_uid: z.string().optional(),
  task_id: z.string().optional(),
  /** Of an action that undoes something, what. */
  credential_uid: z.string().optional(),
  grant_id: z.string().optional(),
  payment_id: z.string().optional(),
  resource_id: z.string().optional(),
});

const assembly = z.object({
  combination: z.string().optional(),
  proof: z.array(z.string()),
  contributors: z.array(agentOf).optional(),
  completed_by: z.string().optional(),
  residual_access: z
    .array(z.object({ what: z.string(), neutralise: z.array(z.string()).optional() }))
    .optional(),
  cut: z.array(z.object({ action: z.string(), target })).optional(),
  cut_sound: z.boolean().optional(),
});

const response = z.object({
  rule_id: z.string().optional(),
  mode: z.string().optional(),
  action: z.string(),
  target,
  /** Null: it was carried out without a person. */
  withheld_reason: z.string().nullable(),
});
export type Response = z.infer<typeof response>;

export const adapterAlert = z.object({
  alert_id: z.string().min(1),
  revision: z.number().int().positive().optional(),
  state: z.enum(['open', 'withdrawn']).optional(),
  kind: z.string().min(1),
  hygiene: z.boolean().optional(),
  /** Whether a threshold on a score decided it; absent: by its kind. */
  statistical: z.boolean().optional(),
  severity: z.string().optional(),
  first_detected_at: z.iso.datetime({ offset: true }).optional(),
  detected_at: z.iso.datetime({ offset: true }),
  subject: agentOf,
  evidence: z
    .array(
      z.object({
        native_id: z.string().optional(),
        event_id: z.string().optional(),
        agent_uid: z.string().optional(),
      }),
    )
    .optional(),
  assembly: assembly.optional(),
  responses: z.array(response).optional(),
});
export type AdapterAlert = z.infer<typeof adapterAlert>;

export type ReadAlert =
  | { readonly ok: true; readonly alert: AdapterAlert }
  | { readonly ok: false; readonly problem: string };

export function readAlert(value: unknown): ReadAlert {
  const parsed = adapterAlert.safeParse(value);
  return parsed.success
    ? { ok: true, alert: parsed.data }
    : { ok: false, problem: z.prettifyError(parsed.error) };
}
