/** The example receiver of the guide believes what the responder signs, and is believed in turn. */
import { generateKeyPairSync } from 'node:crypto';
import {
  jwsPublicKey,
  jwsSigningKey,
  signDetached,
  TOPICS,
  verifyDetached,
} from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
// @ts-expect-error The example is plain JavaScript, as its readers will copy it.
import { readCommand, writeReceipt } from '../../docs/examples/receiver.mjs';

const pair = generateKeyPairSync('ed25519');
const kid = 'key-1';
const command = {
  ...{ command_id: 'c', tenant_id: 'acme', receivers: ['gw', 'other'] },
  target: { agent_uid: 'agent/a' },
};
const value = new TextEncoder().encode(JSON.stringify(command));
const signingKey = jwsSigningKey(kid, pair.privateKey.export({ format: 'jwk' }));
const record = async (topic: string, audience = 'waywarden:acme') => ({
  value,
  recordKey: 'acme|agent/a',
  signature: await signDetached(value, signingKey, { topic, audience, iat: 1 }),
});
const keys = { kid, ...pair, tenant: 'acme', receiver: 'gw' };

describe('docs/examples/receiver.mjs', () => {
  it('reads a signed command, and neither another topic’s record nor changed bytes or keys', async () => {
    const signed = await record(TOPICS.revocationCommands.name);
    expect(readCommand(signed, keys)).toEqual(command);
    const changed = { ...signed, value: new TextEncoder().encode('{}') };
    expect(() => readCommand(changed, keys)).toThrow('bad signature');
    expect(() => readCommand({ ...signed, recordKey: 'acme|agent/b' }, keys)).toThrow('record key');
    const receipt = await record(TOPICS.revocationReceipts.name);
    expect(() => readCommand(receipt, keys)).toThrow('something else');
  });

  it('leaves alone what is signed for another tenant or asked of another receiver', async () => {
    const topic = TOPICS.revocationCommands.name;
    const foreign = await record(topic, 'waywarden:globex');
    expect(() => readCommand(foreign, keys)).toThrow('another tenant');
    const signed = await record(topic);
    expect(() => readCommand(signed, { ...keys, receiver: 'idp' })).toThrow('another receiver');
  });

  it('writes a receipt whose signature Waywarden verifies', async () => {
    const now = new Date(0);
    const written = writeReceipt(command, { receiver: 'gw', state: 'applied', now }, keys);
    const ring = new Map([[kid, jwsPublicKey(kid, pair.publicKey.export({ format: 'jwk' }))]]);
    const topic = TOPICS.revocationReceipts.name;
    expect(await verifyDetached(written.value, written.signature, ring, { topic })).toMatchObject({
      ok: true,
    });
  });
});
