/** Record headers: `ce_*` of CloudEvents 1.0 (Kafka binding, 3.2.4), `ww_*` ours. */
export const CE_HEADER_PREFIX = 'ce_';

export const HEADERS = {
  /** The binding's own header. */
  contentType: 'content-type',
  ceSpecversion: 'ce_specversion',
  ceId: 'ce_id',
  ceSource: 'ce_source',
  ceType: 'ce_type',
  ceSubject: 'ce_subject',
  ceTime: 'ce_time',
  ceDataschema: 'ce_dataschema',
  cePartitionkey: 'ce_partitionkey',
  type: 'ww_type',
  /** Of the cause: incarnation, partition, offset, index. */
  src: 'ww_src',
  /** Of the lease. */
  epoch: 'ww_epoch',
  /** Outside every comparison. */
  producedAt: 'ww_produced_at',
  /** Detached JWS. */
  sig: 'ww_sig',
  /** By the key `keyId`. */
  mac: 'ww_mac',
  keyId: 'ww_key_id',
  /** Keyed hash of the body: repeats and conflicts. */
  body: 'ww_body',
  /** Code, sentence, origin. */
  deadReason: 'ww_dead_reason',
  deadDetail: 'ww_dead_detail',
  deadSource: 'ww_dead_source',
  deadTenant: 'ww_dead_tenant',
} as const;

/** Of the dataset, or time itself. */
export const RECORD_TYPES = ['event', 'watermark', 'control'] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

export function isRecordType(text: string | undefined): text is RecordType {
  return text === 'event' || text === 'watermark' || text === 'control';
}
