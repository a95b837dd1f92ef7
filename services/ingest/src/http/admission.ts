/**
 * Whether a request's body is read at all: the token first, so that nobody unknown makes the server
 * hold anything, then a place, so that nobody known makes it hold more than there is room for.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { TokenEntry, TokenStore } from '../adapters/token-store.ts';
import type { Issuer } from '../identity/issuers.ts';
import { looksLikeJwt, proveToken, senderOfProof } from '../identity/prove-token.ts';
import type { EventIntake } from '../intake/event-intake.ts';
import { HttpRefusal } from '../intake/http-error.ts';
import { type Hold, type InHand, type Sender, senderOf } from '../intake/in-hand.ts';
import type { Connections } from './connection-limits.ts';
import { type BodyForm, bodyForm, packingOf } from './read-body.ts';
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

const BEARER = /^Bearer ([\w.~+/=-]{8,16384})$/i;
const BASIC = /^Basic ([\w+/=-]{8,32768})$/i;
const TOKEN = /^[\w.~+/=-]{8,512}$/;

function basicTokens(encoded: string): readonly string[] {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const at = text.indexOf(':');
  return at < 0 ? [text] : [text.slice(at + 1), text.slice(0, at)];
}

function tokensOf(headers: IncomingHttpHeaders): readonly string[] {
  const authorization = headers.authorization ?? '';
  const bearer = BEARER.exec(authorization)?.[1];
  const basic = BASIC.exec(authorization)?.[1];
  const key = [headers['x-api-key']].flat()[0];
  const all = [bearer, ...(basic === undefined ? [] : basicTokens(basic)), key];
  return all
    .filter((one) => one !== undefined && (TOKEN.test(one) || looksLikeJwt(one)))
    .map(String);
}

/**
 * Which token a request carries: as Bearer, by HTTP Basic (Langfuse), or as `x-api-key`
 * (LangSmith). Of several the first that is known counts; where none is, the first says why.
 */
interface SenderJudges {
  readonly tokens: () => TokenStore;
  readonly issuers: () => readonly Issuer[];
}

export async function tokenOf(
  headers: IncomingHttpHeaders,
  { tokens, issuers }: SenderJudges,
  nowMs: number,
): Promise<TokenEntry> {
  const [first, ...others] = tokensOf(headers);
  if (first === undefined) throw new HttpRefusal('no_token');
  const store = tokens();
  const verdict = store.judge(first, nowMs);
  if (verdict.is === 'known') return verdict.entry;
  for (const one of others) {
    const other = store.judge(one, nowMs);
    if (other.is === 'known') return other.entry;
  }
  const named = verdict.is === 'unknown' && looksLikeJwt(first) ? issuers() : [];
  if (named.length === 0) throw new HttpRefusal(`${verdict.is}_token`);
  const proof = await proveToken(first, named, nowMs);
  if (proof.is === 'proven') return senderOfProof(proof);
  throw new HttpRefusal(proof.refusal);
}
