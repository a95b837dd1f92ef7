/**
 * Names of the record headers. `ce_*` are CloudEvents 1.0 attributes in Kafka binary mode (Kafka
 * protocol binding, section 3.2.4); `ww_*` are ours and never part of an event's content.
 */
export const CE_HEADER_PREFIX = 'ce_';

export const HEADERS = {
  /** Not `ce_datacontenttype`: the binding gives this attribute its own header. */
  contentType: 'content-type',
  ceSpecversion: 'ce_specversion',
  ceId: 'ce_id',
  ceSource: 'ce_source',
  ceType: 'ce_type',
  ceSubject: 'ce_subject',
  ceTime: 'ce_time',
  ceDataschema: 'ce_dataschema',
  cePartitionkey: 'ce_partitionkey',
  /** One of RECORD_TYPES. */
  type: 'ww_type',
  /** Topic incarnation, partition, offset and index of the record that caused this one. */
  src: 'ww_src',
  /** Epoch of the lease under which it was written, where one service of several writes. */
  epoch: 'ww_epoch',
  /** Wall clock when it was written; outside every comparison. */
  producedAt: 'ww_produced_at',
  /** Detached JWS over the value (commands, receipts, registry). */
  sig: 'ww_sig',
  /** MAC of the record (alerts, links, snapshots, watermarks), by the key that `keyId` names. */
  mac: 'ww_mac',
  keyId: 'ww_key_id',
  /**
   * Of an event: a keyed hash of the body that it was derived from, by which a repeat is told from
   * a conflict, by ingest after a restart and by the profile stage.
   */
  body: 'ww_body',
  /** Dead letters: why (one code), the sentence for people, and where the original came from. */
  deadReason: 'ww_dead_reason',
  deadDetail: 'ww_dead_detail',
  deadSource: 'ww_dead_source',
  deadTenant: 'ww_dead_tenant',
} as const;

/**
 * `event`: a record of the topic's own dataset (`ce_type` says which); `watermark`: time itself.
 */
export const RECORD_TYPES = ['event', 'watermark', 'control'] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

export function isRecordType(text: string | undefined): text is RecordType {
  return text === 'event' || text === 'watermark' || text === 'control';
}
