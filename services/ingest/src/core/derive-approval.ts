/**
 * What is stored of an approval. The plain hash of arguments becomes our keyed one where it is of
 * those that ran; any other stays, since nobody can tell here what it was made of. A latency of
 * more than a year is none.
 */
import { type AuditEvent, type InputEvent, isPlainHash } from '@waywarden/schemas';
import { plainSection } from './derive-sections.ts';
import type { Unmapped } from './unmapped.ts';

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
