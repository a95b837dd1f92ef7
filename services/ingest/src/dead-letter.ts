/**
 * A record of `audit.deadletter`: the original bytes, sealed, and in headers why it is there, so that
 * an operator can count and sort without opening any. Bodies may hold clear arguments, hence sealed
 * with a key of ingest and kept for a short time only.
 */
import type { AppendRecord } from '@waywarden/event-log';
import { HEADERS, TOPICS } from '@waywarden/schemas';

/** Turns the clear body into what is stored; `keyId` names the key for whoever opens it. */
export interface DeadLetterSeal {
  readonly keyId: string;
  readonly seal: (body: Uint8Array) => Uint8Array;
}

export interface DeadLetter {
  readonly body: string;
  readonly line: number;
  readonly tenantId: string;
  readonly source: string;
  readonly code: string;
  readonly detail: string;
}

/** Beside those of the schemas: where in a request or file, and whose. */
export const DEAD_LETTER_HEADERS = {
  line: 'ww_dead_line',
  tenant: 'ww_dead_tenant',
  size: 'ww_dead_size',
} as const;

const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu;

export function deadLetterRecord(
  letter: DeadLetter,
  seal: DeadLetterSeal | undefined,
): AppendRecord {
  const body = new TextEncoder().encode(letter.body);
  return {
    topic: TOPICS.auditDeadletter.name,
    key: letter.source,
    value: seal === undefined ? null : seal.seal(body),
    headers: {
      [HEADERS.type]: 'event',
      [HEADERS.deadReason]: letter.code,
      [HEADERS.deadDetail]: letter.detail.replace(UNPRINTABLE, ' '),
      [HEADERS.deadSource]: letter.source,
      [DEAD_LETTER_HEADERS.line]: String(letter.line),
      [DEAD_LETTER_HEADERS.tenant]: letter.tenantId,
      [DEAD_LETTER_HEADERS.size]: String(body.length),
      ...(seal !== undefined && { [HEADERS.keyId]: seal.keyId }),
    },
  };
}
