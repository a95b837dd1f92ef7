/** Whether a person's act is what they signed, by the key beside it; whose key it was, the registry says. */
import { audienceOf, type RecordedDecision } from '@waywarden/responder';
import {
  ACT_TOPIC,
  decisionSchema,
  type JwsKeyRing,
  jwsPublicKey,
  operatorActSchema,
  verifyDetached,
} from '@waywarden/schemas';

const ENCODER = new TextEncoder();

function ringOf(key: Readonly<Record<string, unknown>>): JwsKeyRing | undefined {
  const { kid } = key;
  if (typeof kid !== 'string') return undefined;
  try {
    return new Map([[kid, jwsPublicKey(kid, key)]]);
  } catch {
    return undefined;
  }
}

function actIn(text: string) {
  try {
    return operatorActSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Undefined: no act, or a good one. */
export async function actProblem(recorded: RecordedDecision): Promise<string | undefined> {
  const { seq, tenant_id: tenant, act } = decisionSchema.parse(recorded);
  const signed = act?.signed;
  if (act === undefined || signed === undefined) return undefined;
  const ring = ringOf(signed.key);
  if (ring === undefined) return `Decision ${seq} names a key that can't be used.`;
  const binding = { topic: ACT_TOPIC, audience: audienceOf(tenant) };
  const value = ENCODER.encode(signed.text);
  const verdict = await verifyDetached(value, signed.signature, ring, binding);
  if (!verdict.ok) return `Decision ${seq}: its act is not signed (${verdict.reason}).`;
  const signedAct = actIn(signed.text);
  const isSame =
    signedAct?.act_id === act.act_id &&
    signedAct.act === act.act &&
    signedAct.tenant_id === tenant &&
    signedAct.reason === act.reason &&
    signedAct.by === act.by.at(-1);
  return isSame ? undefined : `Decision ${seq} records another act than was signed.`;
}
