/** The clear body of a letter, for whoever holds ingest's key file, or why it can't be had. */
import { type KeyFile, tenantFingerprintKey } from '@waywarden/schemas';
import { openDeadLetter } from '../adapters/dead-letter-seal.ts';
import type { Letter } from './letter.ts';

export type Opened =
  | { readonly ok: true; readonly body: Uint8Array }
  | { readonly ok: false; readonly code: 'body_not_kept' | 'other_key'; readonly reason: string };

export function openLetter(letter: Letter, sealed: Uint8Array | null, keyFile: KeyFile): Opened {
  if (sealed === null || letter.tenant === null) {
    const reason = 'only its size was kept, so it can only be sent by its source';
    return { ok: false, code: 'body_not_kept', reason };
  }
  const body = openDeadLetter(tenantFingerprintKey(keyFile, letter.tenant), sealed);
  if (body !== undefined) return { ok: true, body };
  const reason = `it was sealed with key ${letter.key_id}, which is not the key in use, or its bytes were changed`;
  return { ok: false, code: 'other_key', reason };
}
