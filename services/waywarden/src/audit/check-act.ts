/**
 * Whether what a person ordered is what they signed: their signature in the decision, over the act that
 * the decision records, by the key that stands beside it. So an audit need not believe the desk that
 * took it. Whether that key was the person's is the registry's to say, of the time of the decision.
 */
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

/** What is wrong with the act that the decision records; undefined where it records none, or a good one. */
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
