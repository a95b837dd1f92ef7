/** A decision's verdict, numbered for the detector; by the person's signature. */
import type { LogRecord } from '@waywarden/event-log';
import {
  ACT_TOPIC,
  awaitsOthers,
  decisionSchema,
  type JwsKeyRing,
  type OperatorAct,
  operatorActSchema,
  type VerdictControl,
  verifyDetached,
} from '@waywarden/schemas';
import { audienceOf } from '../core/commands/build-command.ts';

const DECODER = new TextDecoder();
const ENCODER = new TextEncoder();

export type ReadVerdict = Omit<VerdictControl, 'seq'>;

export interface OperatorKeys {
  ringOfOperator(tenantId: string, by: string): JwsKeyRing | undefined;
}

function actIn(text: string): OperatorAct | undefined {
  try {
    return operatorActSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function verdictIn(value: Uint8Array) {
  const text = DECODER.decode(value);
  if (!text.includes('"verdict"')) return undefined;
  try {
    const decision = decisionSchema.safeParse(JSON.parse(text)).data;
    return decision?.act?.act === 'verdict' ? decision : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined: none taken. */
export async function readVerdict(
  { value }: Pick<LogRecord, 'value'>,
  keys: OperatorKeys,
): Promise<{ readonly verdict: ReadVerdict } | { readonly refused: string } | undefined> {
  const decision = value === null ? undefined : verdictIn(value);
  if (decision === undefined || awaitsOthers(decision.withheld_reason)) return undefined;
  const { tenant_id: tenant, act: recorded, alert_ids: alerts } = decision;
  const signed = recorded?.signed;
  const act = signed && actIn(signed.text);
  if (signed === undefined || act === undefined) return { refused: 'act_unsigned' };
  const { verdict, alert_id: alertId, revision } = act;
  const isSame =
    act.act_id === recorded?.act_id && act.act === 'verdict' && act.tenant_id === tenant;
  if (!isSame || verdict === undefined || alertId === undefined || alerts[0] !== alertId) {
    return { refused: 'act_differs' };
  }
  const ring = keys.ringOfOperator(tenant, act.by);
  if (ring === undefined) return { refused: 'operator_without_key' };
  const binding = { topic: ACT_TOPIC, audience: audienceOf(tenant) };
  const proof = await verifyDetached(ENCODER.encode(signed.text), signed.signature, ring, binding);
  if (!proof.ok) return { refused: `signature_${proof.reason}` };
  return {
    verdict: {
      kind: 'verdict',
      tenant_id: tenant,
      version: decision.decision_id,
      ...{ alert_id: alertId, agent_uid: decision.agent_uid, verdict },
      verdict_at: decision.decided_at,
      ...(revision === undefined ? {} : { revision }),
    },
  };
}
