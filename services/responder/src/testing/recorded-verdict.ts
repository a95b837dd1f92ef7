/** A decision that records a person's verdict, as it stands in the log. Test code. */
import { ACT_TOPIC, activeSigningKey, type KeyFile, signDetached } from '@waywarden/schemas';
import { audienceOf } from '../core/commands/build-command.ts';
import {
  actEntry,
  alertEntry,
  anAlert,
  at,
  Journal,
  policyEntry,
  registryEntry,
  TENANT,
} from './response-fixtures.ts';

export const JUDGED = anAlert('a');

export interface GivenVerdict {
  readonly by?: string;
  /** Whose key signs it; left out: that of who says it. */
  readonly signer?: string;
  /** Of the alert, that was looked at. */
  readonly revision?: number;
  readonly change?: (decision: Record<string, unknown>) => object;
}

export async function recordedVerdict(
  keyOf: (person: string) => KeyFile,
  { by = 'ana', signer = by, revision, change }: GivenVerdict = {},
): Promise<{ readonly value: Uint8Array }> {
  const journal = new Journal();
  journal.add(registryEntry({ agents: [{ uid: 'agent-a' }] }), policyEntry(), alertEntry('a'));
  const entry = actEntry('verdict', by, {
    ...{ alert_id: JUDGED.alert_id, verdict: 'false_positive', at: at(1000) },
    ...(revision === undefined ? {} : { revision }),
  });
  if (entry.kind !== 'act') throw new Error('It is an act.');
  const text = JSON.stringify(entry.act);
  const binding = { topic: ACT_TOPIC, audience: audienceOf(TENANT), iat: 0 };
  const key = activeSigningKey(keyOf(signer));
  const signature = await signDetached(new TextEncoder().encode(text), key, binding);
  journal.add({ ...entry, signed: { text, signature, key: {}, key_print: 'p' } });
  const decision = { ...journal.decisions.at(-1) };
  return { value: new TextEncoder().encode(JSON.stringify(change?.(decision) ?? decision)) };
}
