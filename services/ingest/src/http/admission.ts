/**
 * Whether a request's body is read at all: the token first, so that nobody unknown makes the server
 * hold anything, then a place, so that nobody known makes it hold more than there is room for.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { TokenEntry } from '../adapters/token-store.ts';
import type { EventIntake } from '../intake/event-intake.ts';
import { HttpRefusal } from '../intake/http-error.ts';
import { type Hold, type InHand, type Sender, senderOf } from '../intake/in-hand.ts';
import type { Connections } from './connection-limits.ts';
import { type BodyForm, bodyForm, packingOf } from './media-type.ts';
import { type SenderJudges, tokenOf } from './sender-token.ts';
import type { Packing } from './unpacker.ts';

export interface AdmissionParts extends SenderJudges {
  readonly intake: EventIntake;
  readonly inHand: InHand;
  readonly nowMs: () => number;
  readonly bodyBytesMax: number;
  readonly refusedTo: (token: TokenEntry, refusal: HttpRefusal) => void;
}

interface AdmittedAs<Form> {
  readonly token: TokenEntry;
  readonly hold: Hold;
  readonly form: Form;
  readonly packing: Packing | undefined;
}

export type Admitted = AdmittedAs<BodyForm>;

function packingIn(headers: IncomingHttpHeaders): Packing | undefined {
  const packing = packingOf(headers);
  if (packing === undefined) throw new HttpRefusal('unsupported_media_type');
  return packing === 'none' ? undefined : packing;
}

interface Asked<Form> {
  readonly request: FastifyRequest;
  readonly token: TokenEntry;
  readonly form: Form | undefined;
}

function placeOf<Form>(
  { request, token, form }: Asked<Form>,
  parts: AdmissionParts,
  connections: Connections,
): AdmittedAs<Form> {
  const { headers } = request;
  if (form === undefined) throw new HttpRefusal('unsupported_media_type');
  const packing = packingIn(headers);
  // Node undoes `chunked` alone, and would hand on what else was done to the body as if it were bare.
  const coding = headers['transfer-encoding']?.toLowerCase() ?? 'chunked';
  if (coding !== 'chunked') throw new HttpRefusal('bad_request');
  const length = Number(headers['content-length'] ?? 0);
  if (length > parts.bodyBytesMax) throw new HttpRefusal('body_too_large');
  const { unwell } = parts.intake;
  if (unwell === 'append_overdue') throw new HttpRefusal('log_unavailable');
  if (unwell === 'disk_full') throw new HttpRefusal('disk_full');
  if (connections.isTooMany(request.raw.socket)) throw new HttpRefusal('busy');
  const sender = senderOf(token);
  const hold = parts.inHand.take(sender, length);
  if (hold === undefined) throw new HttpRefusal('busy', sender);
  return { token, form, packing, hold };
}

export async function admitAs<Form>(
  request: FastifyRequest,
  parts: AdmissionParts,
  connections: Connections,
  judge: (headers: IncomingHttpHeaders) => Form | undefined,
): Promise<AdmittedAs<Form>> {
  const { headers } = request;
  const token = await tokenOf(headers, parts, parts.nowMs());
  try {
    return placeOf({ request, token, form: judge(headers) }, parts, connections);
  } catch (error) {
    if (error instanceof HttpRefusal) parts.refusedTo(token, error);
    throw error;
  }
}

export function admit(
  request: FastifyRequest,
  parts: AdmissionParts,
  connections: Connections,
): Promise<Admitted> {
  return admitAs(request, parts, connections, bodyForm);
}

const RETRY_AFTER_S = 2;
const RETRY_AFTER_S_MAX = 30;

/** In seconds, spread up to twofold so that not all who were refused come again at once. */
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
