/** Signs what somebody did on the page with the key of their account, as `SignedOperatorAct` keeps it. */
import { type JwsSigningKey, type SignedOperatorAct, signDetached } from '@waywarden/schemas';

const ENCODER = new TextEncoder();

export interface ActBinding {
  readonly topic: string;
  readonly audience: string;
  readonly atMs: number;
}

export async function signAct(
  text: string,
  key: JwsSigningKey,
  { topic, audience, atMs }: ActBinding,
): Promise<SignedOperatorAct> {
  const iat = Math.floor(atMs / 1000);
  const signature = await signDetached(ENCODER.encode(text), key, { topic, audience, iat });
  const jwk = { ...key.publicKey.export({ format: 'jwk' }), kid: key.kid };
  const print = key.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return { text, signature, key: jwk, key_print: print };
}
