/**
 * What is true of a simulated stream, one line an incident, near-miss or benign variation.
 *
 * Read loosely: further fields are ignored and unknown streams are counted, so that a generator may
 * say more than is scored. A line of a known stream that lacks what scoring needs is refused, since a
 * label that is silently left out flatters every detector.
 */
import { z } from 'zod';

const ids = z.array(z.string());
const time = z.iso.datetime({ offset: true });
const verdict = z.enum(['fires', 'quiet']);

const assemblyLabel = z.object({
  stream: z.literal('assembly'),
  incident_id: z.string(),
  verdict,
  kind: z.string().nullable(),
  combination: z.string(),
  variant: z.string(),
  /** All acceptable minimal proofs, each a set of native ids. */
  proofs: z.array(ids),
  contributors: ids,
  completed_by: z.string().nullable(),
  task_id: z.string().nullable().optional(),
  residual_access: ids,
  /** What would make each residual access unusable, where anything can. */
  neutralise: z.array(z.object({ what: z.string(), action: z.string() })).default([]),
  /** Alternatives: each alone stops the completer. */
  cuts: z.array(
    z.object({
      action: z.string(),
      level: z.string(),
      agent_uid: z.string(),
      task_id: z.string().nullable().optional(),
    }),
  ),
  native_ids: ids,
});
export type AssemblyLabel = z.infer<typeof assemblyLabel>;

const behaviorLabel = z.object({
  stream: z.literal('behavior'),
  incident_id: z.string(),
  verdict: z.literal('fires'),
  family: z.string(),
  /** What of a family that has several forms it is. */
  variant: z.string().optional(),
  agent_uid: z.string(),
  onset: time,
  end: time,
  strength: z.string(),
  acceptable_kinds: ids,
  task_ids: ids.default([]),
  native_ids: ids.default([]),
});
export type BehaviorLabel = z.infer<typeof behaviorLabel>;

const benignLabel = z.object({
  stream: z.literal('benign'),
  incident_id: z.string(),
  verdict: z.literal('quiet'),
  variation: z.string(),
  agents: ids,
  from: time,
  to: time,
  /** Kinds that are right here all the same. */
  acceptable_kinds: ids.default([]),
  /** How many alerts of these kinds are right; absent: however many. */
  acceptable_alerts: z.number().int().nonnegative().optional(),
});
export type BenignLabel = z.infer<typeof benignLabel>;

const label = z.discriminatedUnion('stream', [assemblyLabel, behaviorLabel, benignLabel]);
export type Label = z.infer<typeof label>;
const KNOWN_STREAMS: ReadonlySet<string> = new Set(['assembly', 'behavior', 'benign']);

export interface Labels {
  readonly assembly: readonly AssemblyLabel[];
  readonly behavior: readonly BehaviorLabel[];
  readonly benign: readonly BenignLabel[];
}

export type ReadLabel =
  | { readonly ok: true; readonly label: Label | undefined }
  | { readonly ok: false; readonly problem: string };

/** Undefined: a stream that is not scored. */
export function readLabel(value: unknown): ReadLabel {
  const stream = z.object({ stream: z.string() }).safeParse(value);
  if (stream.success && !KNOWN_STREAMS.has(stream.data.stream)) {
    return { ok: true, label: undefined };
  }
  const parsed = label.safeParse(value);
  if (!parsed.success) return { ok: false, problem: z.prettifyError(parsed.error) };
  const one = parsed.data;
  if (one.stream === 'assembly' && one.verdict === 'fires' && one.proofs.length === 0) {
    return { ok: false, problem: `${one.incident_id} fires and has no acceptable proof` };
  }
  return { ok: true, label: one };
}

export function sortLabels(labels: readonly Label[]): Labels {
  return {
    assembly: labels.filter((one) => one.stream === 'assembly'),
    behavior: labels.filter((one) => one.stream === 'behavior'),
    benign: labels.filter((one) => one.stream === 'benign'),
  };
}
