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
  /** As it was received; empty when it was too long to be held. */
  readonly body: string | Uint8Array;
  /** Its bytes, where they are not held. */
  readonly size?: number | undefined;
  /** How the body is read when it is sent again. */
  readonly form: 'event' | 'cloudevent';
  readonly line: number;
  readonly tenantId: string;
  readonly source: string;
  /** The token that brought it: sent again, it is believed no further than that token is then. */
  readonly tokenId?: string | undefined;
  /** RFC 3339; letters are kept for a short time from here. */
  readonly receivedAt?: string | undefined;
  readonly code: string;
  /** Where in the event; empty when the whole is meant. */
  readonly field?: string | undefined;
  readonly detail: string;
}

/** Beside those of the schemas: where in a request or file, and whose. */
export const DEAD_LETTER_HEADERS = {
  line: 'ww_dead_line',
  tenant: HEADERS.deadTenant,
  size: 'ww_dead_size',
  form: 'ww_dead_form',
  token: 'ww_dead_token',
  field: 'ww_dead_field',
  /** Of a mark: place of the letter that was sent again, and the event that came of it. */
  redriven: 'ww_dead_redriven',
  event: 'ww_dead_event',
} as const;

const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu;

export function deadLetterRecord(
  letter: DeadLetter,
  seal: DeadLetterSeal | undefined,
): AppendRecord {
  const body = typeof letter.body === 'string' ? Buffer.from(letter.body) : letter.body;
  const isHeld = letter.size === undefined;
  return {
    topic: TOPICS.auditDeadletter.name,
    key: letter.source,
    value: seal === undefined || !isHeld ? null : seal.seal(body),
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
