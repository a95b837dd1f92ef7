/** The responder's two stages: trust, parsing, signatures. */
import { createHash } from 'node:crypto';
import type { AppendRecord, EventLog, LogRecord } from '@waywarden/event-log';
import {
  type EnforcementNotice,
  HEADERS,
  type JwsKeyRing,
  type JwsSigningKey,
  journalEntrySchema,
  type MacKey,
  type MacKeyRing,
  macHeaders,
  type RevocationCommand,
  signDetached,
  TOPICS,
  validateAlert,
  verifyMac,
  watermarkSchema,
} from '@waywarden/schemas';
import { type LocalState, type Parsed, parseJson, Stage, type StageEvents } from '@waywarden/stage';
import type { Sha256 } from '../core/model/decision-chain.ts';
import { ARRIVAL_TOPICS, decideIntake, RULE_TOPICS } from '../core/stages/decide-intake.ts';
import { createDecideResponse } from '../core/stages/decide-response.ts';
import {
  parseRegistryRecord,
  type RegistryTrust,
  refuseRegistryRecord,
} from '../sequencer/read-registry-record.ts';
import type { ReceiptClock } from './receipt-clock.ts';
import { parseReceipt, type ReceiverKeys } from './receiver-keys.ts';
import { restoreResponse } from './restore-response.ts';
import type { WatchedAgents } from './watched-agents.ts';

const DECODER = new TextDecoder();

export const sha256Hex: Sha256 = (text) => createHash('sha256').update(text).digest('hex');

export interface IntakeTrust {
  readonly alertKeys: MacKeyRing;
  readonly registry: RegistryTrust;
  readonly receiverKeys: ReceiverKeys;
}

export function admitIntake(trust: IntakeTrust) {
  return async (record: LogRecord): Promise<string | undefined> => {
    switch (record.topic) {
      case TOPICS.registry.name:
        return refuseRegistryRecord(record, trust.registry);
      case TOPICS.revocationReceipts.name:
        return trust.receiverKeys.refuse(record);
      default: {
        const verdict = verifyMac(record, trust.alertKeys);
        return verdict === 'ok' ? undefined : `mac_${verdict}`;
      }
    }
  };
}

function parseAlertRecord(record: LogRecord): Parsed {
  const parsed = parseJson(record);
  if ('refused' in parsed) return parsed;
  switch (record.headers[HEADERS.type]) {
    case 'control':
      return parsed; // From the registry topic instead.
    case 'watermark':
      return watermarkSchema.safeParse(parsed.value).success
        ? parsed
        : { refused: 'watermark_invalid' };
    default:
      return validateAlert(parsed.value) ? parsed : { refused: 'alert_invalid' };
  }
}

export function parseIntake(receiverKeys: ReceiverKeys) {
  return (record: LogRecord): Parsed => {
    if (record.topic === TOPICS.revocationReceipts.name) return parseReceipt(record);
    if (record.topic !== TOPICS.registry.name) return parseAlertRecord(record);
    const read = parseRegistryRecord(record);
    if ('refused' in read) return read;
    if (read.record.kind === 'registry') {
      receiverKeys.learn(read.record.tenant_id, read.record.registry);
    }
    return { value: read.record };
  };
}

/** Compiled: zod takes ten times as long. */
function isJournalEntry(value: unknown): boolean {
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'alert') {
    return 'alert' in value && validateAlert(value.alert);
  }
  return journalEntrySchema.safeParse(value).success;
}

function parseJournal(record: LogRecord): Parsed {
  const parsed = parseJson(record);
  if ('refused' in parsed) return parsed;
  return isJournalEntry(parsed.value) ? parsed : { refused: 'journal_entry_invalid' };
}

/** Commands are noted before anybody can have them. */
function sealOutputs({ signingKey, macKey, watched, receipts, wallClock }: ResponseSetup) {
  return async (record: AppendRecord): Promise<AppendRecord> => {
    if (record.topic === TOPICS.alerts.name) {
      return { ...record, headers: { ...record.headers, ...macHeaders(record, macKey) } };
    }
    if (record.topic !== TOPICS.revocationCommands.name || record.value === null) return record;
    const signed: RevocationCommand | EnforcementNotice = JSON.parse(DECODER.decode(record.value));
    if ('command_id' in signed) {
      watched.note(signed);
      receipts.note(signed);
    }
    const iat = Math.floor(Date.parse(wallClock()) / 1000);
    const binding = { topic: record.topic, audience: signed.audience, iat };
    const signature = await signDetached(record.value, signingKey, binding);
    return { ...record, headers: { ...record.headers, [HEADERS.sig]: signature } };
  };
}

export interface StageSetup {
  readonly log: EventLog;
  readonly state: LocalState;
  readonly wallClock: () => string;
  readonly events?: StageEvents;
  readonly failpoint?: (name: string) => void;
}

function intakeOf(trust: IntakeTrust) {
  const parse = parseIntake(trust.receiverKeys);
  return { decide: decideIntake, admit: admitIntake(trust), parse };
}

/** So that a pause is soon in force. */
const ARRIVALS_MAX = 16;

/** `gate`: rules and calls come first. */
export function intakeStage(
  setup: StageSetup,
  trust: IntakeTrust,
  gate: (topic: string) => Promise<boolean>,
): Stage {
  const given = { ...setup, ...intakeOf(trust), gate, batchRecordsMax: ARRIVALS_MAX };
  return new Stage({ ...given, name: 'responder-intake', topics: ARRIVAL_TOPICS });
}

/** Waiting alerts must not hold rules up. */
export function rulesStage(setup: StageSetup, trust: IntakeTrust): Stage {
  return new Stage({ ...setup, ...intakeOf(trust), name: 'responder-rules', topics: RULE_TOPICS });
}

export interface ResponseSetup extends StageSetup {
  readonly signingKey: JwsSigningKey;
  readonly neverRevoke: readonly string[];
  readonly registryKeys: JwsKeyRing;
  readonly macKey: MacKey;
  readonly watched: WatchedAgents;
  readonly receipts: Pick<ReceiptClock, 'note'>;
  readonly nobodyAnswers: boolean;
}

export const RESPONSE_STAGE = 'responder-response';

export async function responseStage(given: ResponseSetup): Promise<Stage> {
  const { signingKey, macKey: __, watched: ___, receipts: ____, ...rest } = given;
  const { neverRevoke, nobodyAnswers, registryKeys, ...setup } = rest;
  const name = RESPONSE_STAGE;
  const decide = createDecideResponse({ sha256: sha256Hex, neverRevoke, nobodyAnswers });
  const restored = await restoreResponse({
    ...{ ...setup, name, decide, registryKeys },
    commandKeys: new Map([[signingKey.kid, signingKey]]),
  });
  if (restored !== undefined) setup.events?.historyShortened?.(restored.gap);
  return new Stage({
    ...setup,
    name,
    topics: [TOPICS.responseJournal.name],
    decide,
    parse: parseJournal,
    underLease: true,
    seal: sealOutputs(given),
  });
}
