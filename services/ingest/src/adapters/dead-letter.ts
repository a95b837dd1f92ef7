/** A record of `audit.deadletter`: sealed bytes, and headers to count by. */
import type { AppendRecord } from '@waywarden/event-log';
import { HEADERS, TOPICS } from '@waywarden/schemas';

export interface DeadLetterSeal {
  readonly keyId: string;
  readonly seal: (body: Uint8Array) => Uint8Array;
}

interface DeadLetter {
  /** Empty when too long. */
  readonly body: string | Uint8Array;
  readonly size?: number | undefined;
  readonly form: 'event' | 'cloudevent';
  readonly line: number;
  readonly tenantId: string;
  readonly source: string;
  /** Sent again, believed as that token is then. */
  readonly tokenId?: string | undefined;
  readonly receivedAt?: string | undefined;
  readonly code: string;
  readonly field?: string | undefined;
  readonly detail: string;
}

export const DEAD_LETTER_HEADERS = {
  line: 'ww_dead_line',
  tenant: HEADERS.deadTenant,
  size: 'ww_dead_size',
  form: 'ww_dead_form',
  token: 'ww_dead_token',
  field: 'ww_dead_field',
  redriven: 'ww_dead_redriven',
  event: 'ww_dead_event',
} as const;

const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu;

export function deadLetterRecord(
  letter: DeadLetter,
  seal: DeadLetterSeal | undefined,
): AppendRecord {
  const body = typeof letter.body === 'string' ? Buffer.from(letter.body) : letter.body;
  const isInHand = letter.size === undefined;
  return {
    topic: TOPICS.auditDeadletter.name,
    key: letter.source,
    value: seal === undefined || !isInHand ? null : seal.seal(body),
    headers: {
      [HEADERS.type]: 'event',
      [HEADERS.deadReason]: letter.code,
      [HEADERS.deadDetail]: letter.detail.replace(UNPRINTABLE, ' '),
      [HEADERS.deadSource]: letter.source,
      [DEAD_LETTER_HEADERS.line]: String(letter.line),
      [DEAD_LETTER_HEADERS.tenant]: letter.tenantId,
      [DEAD_LETTER_HEADERS.size]: String(letter.size ?? body.length),
      [DEAD_LETTER_HEADERS.form]: letter.form,
      ...(letter.field !== undefined &&
        letter.field !== '' && {
          [DEAD_LETTER_HEADERS.field]: letter.field.replace(UNPRINTABLE, ' '),
        }),
      ...(letter.tokenId !== undefined && { [DEAD_LETTER_HEADERS.token]: letter.tokenId }),
      ...(letter.receivedAt !== undefined && { [HEADERS.producedAt]: letter.receivedAt }),
      ...(seal !== undefined && { [HEADERS.keyId]: seal.keyId }),
    },
  };
}
