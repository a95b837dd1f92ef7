/**
 * What a receiver of commands does with the bytes of a record, in Node without any library: verify a
 * command, sign a receipt. The demo's gateway does the same with the log around it
 * (services/waywarden/src/demo/gateway/command-receiver.ts).
 */
import { sign, verify } from 'node:crypto';

const TYPE = 'waywarden-record+jws';
const COMMANDS = 'waywarden.revocation.commands.v1';
const RECEIPTS = 'waywarden.revocation.receipts.v1';
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');

/**
 * The command in `value` (the record's bytes) if `signature` (header `ww_sig`) is by `publicKey`
 * (Ed25519, the responder's), for your tenant and for you, and its key is `recordKey`; else an Error that
 * says why not. On Kafka you read what is for others too: theirs you leave alone, and answer nobody.
 */
export function readCommand({ value, signature, recordKey }, { kid, publicKey, tenant, receiver }) {
  const [head = '', empty, mark = ''] = String(signature).split('.');
  if (empty !== '') throw new Error('not a detached signature');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString());
  // The key decides the algorithm, never the header.
  if (header.alg !== 'EdDSA' || header.kid !== kid) throw new Error('unknown key');
  if (header.typ !== TYPE || header.topic !== COMMANDS)
    throw new Error('signed for something else');
  if (header.aud !== `waywarden:${tenant}`) throw new Error('signed for another tenant');
  const signed = Buffer.from(`${head}.${base64url(value)}`);
  if (!verify(null, signed, publicKey, Buffer.from(mark, 'base64url'))) {
    throw new Error('bad signature');
  }
  const command = JSON.parse(Buffer.from(value).toString());
  if (recordKey !== `${command.tenant_id}|${command.target.agent_uid}`) {
    throw new Error('the record key is not that of its target');
  }
  if (command.tenant_id !== tenant || !command.receivers.includes(receiver)) {
    throw new Error('for another receiver');
  }
  return command;
}

/** Key, value and `ww_sig` of the receipt for `command`; `state` as the contract lists it. */
export function writeReceipt(command, { receiver, state, now }, { kid, privateKey }) {
  const receipt = {
    command_id: command.command_id,
    tenant_id: command.tenant_id,
    agent_uid: command.target.agent_uid,
    receiver,
    state,
    ...(state === 'applied' ? { applied_at: now.toISOString() } : {}),
  };
  const value = Buffer.from(JSON.stringify(receipt));
  const iat = Math.floor(now.getTime() / 1000);
  const head = base64url(JSON.stringify({ alg: 'EdDSA', kid, typ: TYPE, topic: RECEIPTS, iat }));
  const mark = sign(null, Buffer.from(`${head}.${base64url(value)}`), privateKey);
  return {
    recordKey: `${receipt.tenant_id}|${receipt.agent_uid}`,
    value,
    signature: `${head}..${base64url(mark)}`,
  };
}
