/** The sequencer's records: numbered watermarks and controls with a MAC, alike in every partition. */
import type { AppendRecord, LogRecord } from '@waywarden/event-log';
import {
  type BaselineControl,
  type ControlRecord,
  HEADERS,
  isRecordType,
  type MacKey,
  type MacKeyRing,
  macHeaders,
  type RecordType,
  TOPICS,
  uuidV5,
  type VerdictControl,
  verifyMac,
  WAYWARDEN_NAMESPACE,
  type Watermark,
} from '@waywarden/schemas';

const TOPIC = TOPICS.auditEvents.name;
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

export interface SequencePosition {
  readonly seq: number;
  /** With its next offset. */
  readonly registryIncarnation: string;
  readonly registryNext: number;
  readonly snapshotsIncarnation: string;
  readonly snapshotsNext: number;
  readonly verdictsIncarnation: string;
  readonly verdictsNext: readonly number[];
  readonly logTime: string | null;
}

export const SEQUENCE_START: SequencePosition = {
  seq: 0,
  registryIncarnation: '',
  registryNext: 0,
  snapshotsIncarnation: '',
  snapshotsNext: 0,
  verdictsIncarnation: '',
  verdictsNext: [],
  logTime: null,
};

export type SequencedContent = ControlRecord | BaselineControl | VerdictControl | Watermark;

export interface SequencedRecord {
  readonly position: SequencePosition;
  readonly record: LogRecord;
}

export interface SealOptions {
  readonly key: MacKey;
  readonly producedAt: string;
}

/** Copies differ in the partition only. */
export function toSequenced(
  content: SequencedContent,
  position: SequencePosition,
  { key, producedAt }: SealOptions,
): AppendRecord {
  const type: RecordType = 'kind' in content ? 'control' : 'watermark';
  const progress = {
    registry_incarnation: position.registryIncarnation,
    registry_next: position.registryNext,
    snapshots_incarnation: position.snapshotsIncarnation,
    snapshots_next: position.snapshotsNext,
    verdicts_incarnation: position.verdictsIncarnation,
    verdicts_next: position.verdictsNext,
    log_time: position.logTime,
  };
  const value = ENCODER.encode(JSON.stringify({ ...content, ...progress }));
  const headers = {
    [HEADERS.ceSpecversion]: '1.0',
    [HEADERS.ceId]: uuidV5(WAYWARDEN_NAMESPACE, `sequence|${position.seq}`),
    [HEADERS.ceSource]: 'urn:waywarden:sequencer',
    [HEADERS.ceType]: `dev.waywarden.${type}`,
    ...(position.logTime === null ? {} : { [HEADERS.ceTime]: position.logTime }),
    [HEADERS.contentType]: 'application/json',
    [HEADERS.type]: type,
    [HEADERS.producedAt]: producedAt,
  };
  const bare = { topic: TOPIC, key: null, value, headers };
  return { ...bare, headers: { ...headers, ...macHeaders(bare, key) } };
}

/** Undefined: not the sequencer's. */
export function readSequenced(record: LogRecord, keys: MacKeyRing): SequencedRecord | undefined {
  const type = record.headers[HEADERS.type];
  if (!isRecordType(type) || type === 'event' || record.value === null) return undefined;
  if (verifyMac(record, keys) !== 'ok') return undefined;
  const value: Readonly<Record<string, unknown>> = JSON.parse(DECODER.decode(record.value));
  const { seq, log_time: time } = value;
  if (typeof seq !== 'number') return undefined;
  const textOf = (one: unknown) => (typeof one === 'string' ? one : '');
  const numberOf = (one: unknown) => (typeof one === 'number' ? one : 0);
  const numbersOf = (one: unknown) => (Array.isArray(one) ? one.map(numberOf) : []);
  return {
    record,
    position: {
      seq,
      registryIncarnation: textOf(value['registry_incarnation']),
      registryNext: numberOf(value['registry_next']),
      snapshotsIncarnation: textOf(value['snapshots_incarnation']),
      snapshotsNext: numberOf(value['snapshots_next']),
      verdictsIncarnation: textOf(value['verdicts_incarnation']),
      verdictsNext: numbersOf(value['verdicts_next']),
      logTime: typeof time === 'string' ? time : null,
    },
  };
}
