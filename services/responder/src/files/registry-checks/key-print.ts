/**
 * Which key a JWK is, whatever else stands in it: two people with one key are one, and a second `kid` or
 * another spelling of the same key makes no second. Undefined where it is no key that we can use.
 */
import { jwsPublicKey } from '@waywarden/schemas';

export function keyPrint(jwk: Readonly<Record<string, unknown>>): string | undefined {
  try {
    const { publicKey } = jwsPublicKey('', jwk);
    return publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  } catch {
    return undefined;
  }
}
