-- One row a receipt as it was received. A receipt has no id of its own and may truthfully be sent
-- twice, so its place in the log is part of the key.
CREATE TABLE IF NOT EXISTS revocation_receipts_v1
(
    tenant_id LowCardinality(String),
    command_id UUID,
    receiver LowCardinality(String),
    agent_uid String CODEC(ZSTD(1)),
    state LowCardinality(String),
    applied_at DateTime64(9, 'UTC'),
    usable_until DateTime64(9, 'UTC'),
    received_at DateTime64(9, 'UTC'),
    detail String CODEC(ZSTD(1)),
    error LowCardinality(String),
    raw String CODEC(ZSTD(3)),
    log_topic LowCardinality(String),
    log_incarnation LowCardinality(String),
    log_partition UInt32,
    log_offset UInt64,
    stored_at DateTime64(9, 'UTC'),
    version UInt64 MATERIALIZED 18446744073709551615 - log_offset
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, command_id, receiver, log_incarnation, log_partition, log_offset)
SETTINGS non_replicated_deduplication_window = 10000;
