/**
 * What is kept of an approval. A plain `sha256:` of the arguments that were shown, which is that of the
 * arguments that ran, becomes our keyed hash of them: so the detector can compare it, and a hash that
 * anyone could try values against is not kept. Any other is kept as it was told: it was made of other
 * arguments, or of another form of the same, which nobody can tell here.
 */
import { type AuditEvent, type InputEvent, isPlainHash } from '@waywarden/schemas';
import { plainSection } from './derive-sections.ts';
import type { Unmapped } from './unmapped.ts';

/** `ran`: our hash of the arguments that ran. */
export function deriveApproval(
  { approval: given, args }: InputEvent,
  ran: string | undefined,
  unmapped: Unmapped,
): AuditEvent['approval'] {
  const approval = plainSection('approval', given, unmapped);
  const told = approval?.args_hash;
  if (approval === undefined || told === undefined || ran === undefined) return approval;
  if (args?.value === undefined || !isPlainHash(told, args.value)) return approval;
  return { ...approval, args_hash: ran };
}
