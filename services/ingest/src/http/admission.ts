/**
 * Whether a request's body is read at all, by its headers and by what is in hand: the token before
 * anything else, so that nobody unknown can make the server hold anything, then a place, so that nobody
 * known can make it hold more than there is room for. And when somebody who hears 429 may come again.
 */
import type { FastifyRequest } from 'fastify';
import type { TokenEntry, TokenStore } from '../adapters/token-store.ts';
import type { Connections } from './connection-limits.ts';
import type { EventIntake } from './event-intake.ts';
import { HttpRefusal } from './http-error.ts';
import { type Hold, type InHand, type Sender, senderOf } from './in-hand.ts';
import { type BodyForm, bodyForm, isPacked } from './media-type.ts';

export interface AdmissionParts {
  readonly intake: EventIntake;
  readonly inHand: InHand;
  readonly tokens: () => TokenStore;
  readonly nowMs: () => number;
  readonly bodyBytesMax: number;
}

const BEARER = /^Bearer ([\w.~+/=-]{8,512})$/i;

function tokenOf(request: FastifyRequest, parts: AdmissionParts): TokenEntry {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new HttpRefusal('no_token');
  const verdict = parts.tokens().judge(token, parts.nowMs());
  if (verdict.is === 'known') return verdict.entry;
  throw new HttpRefusal(`${verdict.is}_token`);
}

export interface Admitted {
  readonly token: TokenEntry;
  readonly form: BodyForm;
  readonly packed: boolean;
  readonly hold: Hold;
}

/** All that can be refused by the headers alone. */
export function admit(
  request: FastifyRequest,
  parts: AdmissionParts,
  connections: Connections,
): Admitted {
  const token = tokenOf(request, parts);
  const form = bodyForm(request.headers);
  const packed = isPacked(request.headers);
  if (form === undefined || packed === undefined) throw new HttpRefusal('unsupported_media_type');
  // Node undoes `chunked` alone, and would hand on what else was done to the body as if it were bare.
  const coding = request.headers['transfer-encoding']?.toLowerCase() ?? 'chunked';
  if (coding !== 'chunked') throw new HttpRefusal('bad_request');
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > parts.bodyBytesMax) throw new HttpRefusal('body_too_large');
  const { unwell } = parts.intake;
  if (unwell === 'append_overdue') throw new HttpRefusal('log_unavailable');
  if (unwell === 'disk_full') throw new HttpRefusal('disk_full');
  if (connections.isTooMany(request.raw.socket)) throw new HttpRefusal('busy');
  const sender = senderOf(token);
  const hold = parts.inHand.take(sender, length);
  if (hold === undefined) throw new HttpRefusal('busy', sender);
  return { token, form, packed, hold };
}

const RETRY_AFTER_S = 2;
const RETRY_AFTER_S_MAX = 30;

/**
 * Seconds until what the sender has in hand is worked off, up to twice as long for every other one, so
 * that not all who were refused come again in the same second.
 */
export class RetryAfter {
  readonly #intake: EventIntake;
  #refused = 0;

  constructor(intake: EventIntake) {
    this.#intake = intake;
  }

  seconds(sender?: Sender): number {
    const answeredMs = sender === undefined ? 0 : this.#intake.answeredMs(sender);
    const workedOff = Math.max(RETRY_AFTER_S / 2, Math.ceil(answeredMs / 1_000));
    this.#refused += 1;
    return Math.min(RETRY_AFTER_S_MAX, workedOff + (this.#refused % (workedOff + 1)));
  }
}
