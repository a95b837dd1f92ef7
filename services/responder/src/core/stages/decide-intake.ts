/**
 * Intake: puts alerts, receipts, policy and registry into the one order of `response.journal`; copies that stages
 * forward are left out.
 */
import {
  type Alert,
  canonicalJson,
  formatLogTime,
  type Receipt,
  TOPICS,
  type Watermark,
} from '@waywarden/schemas';
import type { Decide, Output, StageRecord, Transaction } from '@waywarden/stage';
import { toJournal } from '../model/journal-output.ts';
import { type RegistryRecord, toControlRecord } from './registry-record.ts';

export const ARRIVAL_TOPICS = [TOPICS.alerts.name, TOPICS.revocationReceipts.name] as const;
export const RULE_TOPICS = [TOPICS.registry.name] as const;
export const INTAKE_TOPICS = [...ARRIVAL_TOPICS, ...RULE_TOPICS] as const;

const LAST_WATERMARK = 'watermark';

function intakeWatermark(transaction: Transaction, record: StageRecord): readonly Output[] {
  const watermark = record.value as Watermark;
  const last = transaction.get<number>(LAST_WATERMARK) ?? 0;
  if (watermark.seq <= last) return [];
  transaction.put(LAST_WATERMARK, watermark.seq);
  const id = `watermark|${record.partition}|${watermark.seq}`;
  return [toJournal({ kind: 'watermark', watermark }, id, watermark.time)];
}

function intakeAlert(transaction: Transaction, record: StageRecord): readonly Output[] {
  if (record.type === 'watermark') return intakeWatermark(transaction, record);
  if (record.type === 'control') return [];
  const alert = record.value as Alert;
  const id = `alert|${alert.tenant_id}|${alert.alert_id}|${alert.revision}`;
  return [toJournal({ kind: 'alert', alert }, id, alert.detected_at)];
}

export interface VerifiedReceipt {
  readonly receipt: Receipt;
  /** Unix seconds. */
  readonly signedAt: number | undefined;
  /** Unix ms; undefined: unknown. */
  readonly arrivedMs?: number | undefined;
}

function intakeReceipt(record: StageRecord): readonly Output[] {
  const { receipt, signedAt, arrivedMs } = record.value as VerifiedReceipt;
  const signed = {
    ...(signedAt === undefined ? {} : { signed_at: signedAt }),
    ...(arrivedMs === undefined ? {} : { arrived_at: formatLogTime({ ms: arrivedMs, ns: 0 }) }),
  };
  // A receiver may say `applied` twice with another `usable_until`.
  return [toJournal({ kind: 'receipt', receipt, ...signed }, `receipt|${canonicalJson(receipt)}`)];
}

function intakeRegistry(record: StageRecord): readonly Output[] {
  const control = toControlRecord(record.value as RegistryRecord, record.offset + 1);
  const id = `control|${control.tenant_id}|${control.kind}|${control.version}|${control.seq}`;
  return [toJournal({ kind: 'control', control }, id)];
}

export const decideIntake: Decide = (transaction, record) => {
  switch (record.topic) {
    case TOPICS.alerts.name:
      return intakeAlert(transaction, record);
    case TOPICS.revocationReceipts.name:
      return intakeReceipt(record);
    case TOPICS.registry.name:
      return intakeRegistry(record);
    default:
      return [];
  }
};
