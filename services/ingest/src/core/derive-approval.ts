/**
 * What is kept of an approval. A plain `sha256:` of the arguments that were shown, which is that of the
 * arguments that ran, becomes our keyed hash of them: so the detector can compare it, and a hash that
 * anyone could try values against is not kept. Any other is kept as it was told: it was made of other
 * arguments, or of another form of the same, which nobody can tell here.
 *
 * A latency of more than a year is none (a time since 1970, or seconds taken for hours): it is told as `unmapped`, and
 * nothing is concluded from it.
 */
import { type AuditEvent, type InputEvent, isPlainHash } from '@waywarden/schemas';
import { plainSection } from './derive-sections.ts';
import type { Unmapped } from './unmapped.ts';

/** No decision takes longer: what says so is no length of time. */
export const APPROVAL_LATENCY_MS_MAX = 366 * 86_400_000;

function withSoundLatency(
  approval: AuditEvent['approval'],
  unmapped: Unmapped,
): AuditEvent['approval'] {
  if (approval?.latency_ms === undefined) return approval;
  const { latency_ms: latency } = approval;
  if (latency <= APPROVAL_LATENCY_MS_MAX) return approval;
  unmapped.refuse('approval.latency_ms', latency);
  const { latency_ms: _, ...others } = approval;
  return others;
}

/** `ran`: our hash of the arguments that ran. */
export function deriveApproval(
  { approval: given, args }: InputEvent,
  ran: string | undefined,
  unmapped: Unmapped,
): AuditEvent['approval'] {
  const approval = withSoundLatency(plainSection('approval', given, unmapped), unmapped);
  const told = approval?.args_hash;
  if (approval === undefined || told === undefined || ran === undefined) return approval;
  if (args?.value === undefined || !isPlainHash(told, args.value)) return approval;
  return { ...approval, args_hash: ran };
}
