/**
 * Hash of a received body: the native id of an event that has none, and how a repeat is told from a
 * conflict. Not keyed: it leaves the process only inside an event id, which is a hash of it.
 */
import { hash } from 'node:crypto';

export function bodyHash(body: string | Uint8Array): string {
  return hash('sha256', body, 'base64url');
}
