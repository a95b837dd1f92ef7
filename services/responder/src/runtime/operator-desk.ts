/** Takes signed manual acts into the journal, once, within minutes. */
import type { EventLog } from '@waywarden/event-log';
import {
  ACT_TOPIC,
  durationMs,
  HEADERS,
  type JournalEntry,
  operatorActSchema,
  TOPICS,
  uuidV5,
  verifyDetached,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import { audienceOf } from '../core/commands/build-command.ts';
import { HAND_RULE_LASTS } from '../core/model/built-in-rules.ts';
import { keyPrint } from '../files/registry-checks/entries.ts';
import type { ReceiverKeys } from './receiver-keys.ts';

const ACT_AGE_MS_MAX = 10 * 60_000;
const ENCODER = new TextEncoder();

export interface SignedActText {
  readonly act: string;
  readonly signature: string;
}

export interface OperatorDeskParts {
  readonly log: EventLog;
  readonly keys: Pick<ReceiverKeys, 'ringOfOperator' | 'isKeyShared'>;
  readonly wallClock: () => string;
}

const DECIDES: ReadonlySet<string> = new Set(['approve', 'decline']);

/** Stricter than the schema, which must read old acts. */
const deskAct = operatorActSchema
  .refine(({ reason }) => reason.trim() !== '', {
    path: ['reason'],
    message: 'say why: it stands in the decision',
  })
  .refine(({ act, alert_id: of, verdict }) => act !== 'verdict' || (of && verdict), {
    path: ['verdict'],
    message: 'true_positive or false_positive, of which alert (alert_id)',
  })
  .refine(({ act, decision_id: of }) => of !== undefined || !DECIDES.has(act), {
    path: ['decision_id'],
    message: 'which decision',
  })
  .refine(({ expires }) => expires === undefined || isOrderLength(durationMs(expires)), {
    path: ['expires'],
    message: `more than nothing and at most ${HAND_RULE_LASTS}; for good is a change of the registry`,
  });

function isOrderLength(ms: number): boolean {
  return ms > 0 && ms <= durationMs(HAND_RULE_LASTS);
}

function parsedAct(text: string) {
  try {
    return deskAct.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function actProblems(text: string): string {
  try {
    const { error } = deskAct.safeParse(JSON.parse(text));
    return (error?.issues ?? []).map((one) => `${one.path.join('.')}: ${one.message}`).join('; ');
  } catch {
    return 'It is no JSON.';
  }
}

/** Undefined: it stands in the journal. */
export async function takeSignedAct(
  { log, keys, wallClock }: OperatorDeskParts,
  { act: text, signature }: SignedActText,
): Promise<string | undefined> {
  const act = parsedAct(text);
  if (act === undefined) return 'act_invalid';
  const ring = keys.ringOfOperator(act.tenant_id, act.by);
  if (ring === undefined) return 'operator_without_key';
  // Two keys, not two names.
  if (keys.isKeyShared(act.tenant_id, act.by)) return 'operator_key_shared';
  const binding = { topic: ACT_TOPIC, audience: audienceOf(act.tenant_id) };
  const verdict = await verifyDetached(ENCODER.encode(text), signature, ring, binding);
  if (!verdict.ok) return `signature_${verdict.reason}`;
  const at = wallClock();
  if (Math.abs(Date.parse(at) - Date.parse(act.at)) > ACT_AGE_MS_MAX) return 'act_too_old';
  const key = ring.get(verdict.kid);
  const jwk = { ...key?.publicKey.export({ format: 'jwk' }), kid: verdict.kid };
  const signed = { text, signature, key: jwk, key_print: keyPrint(jwk) ?? '' };
  const entry: JournalEntry = { kind: 'act', act, signed };
  await log.append([
    {
      topic: TOPICS.responseJournal.name,
      partition: 0,
      key: null,
      value: ENCODER.encode(JSON.stringify(entry)),
      headers: {
        [HEADERS.ceId]: uuidV5(WAYWARDEN_NAMESPACE, `journal|act|${act.act_id}`),
        [HEADERS.type]: 'event',
        [HEADERS.producedAt]: at,
      },
    },
  ]);
  return undefined;
}
