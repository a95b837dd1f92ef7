-- One row a record that could not be taken: from ingest (its topic), or from the archiver itself
-- when a record of another topic is no JSON object. `raw` is base64, since it may be anything.
CREATE TABLE IF NOT EXISTS dead_letters_v1
(
    log_topic LowCardinality(String),
    log_incarnation LowCardinality(String),
    log_partition UInt32,
    log_offset UInt64,
    dead_letter_id String CODEC(ZSTD(1)),
    source String CODEC(ZSTD(1)),
    reason LowCardinality(String),
    detail String CODEC(ZSTD(1)),
    received_at DateTime64(9, 'UTC'),
    size UInt64,
    raw String CODEC(ZSTD(3)),
    stored_at DateTime64(9, 'UTC'),
    version UInt64 MATERIALIZED 18446744073709551615 - log_offset
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (log_topic, log_incarnation, log_partition, log_offset)
TTL toDateTime(stored_at) + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000;
