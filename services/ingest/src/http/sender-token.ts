/**
 * Which token a request carries: as Bearer, by HTTP Basic (Langfuse), or as `x-api-key`
 * (LangSmith). Of several the first that is known counts; where none is, the first says why.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { TokenEntry, TokenStore } from '../adapters/token-store.ts';
import type { Issuer } from '../identity/issuers.ts';
import { looksLikeJwt, proveToken, senderOfProof } from '../identity/prove-token.ts';
import { HttpRefusal } from '../intake/http-error.ts';

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

export interface SenderJudges {
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
