/** Which key a JWK is, whatever else stands in it. Undefined: unusable. */
import { jwsPublicKey } from '@waywarden/schemas';

export function keyPrint(jwk: Readonly<Record<string, unknown>>): string | undefined {
  try {
    const { publicKey } = jwsPublicKey('', jwk);
    return publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  } catch {
    return undefined;
  }
}
