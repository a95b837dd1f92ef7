-- One row a response decision: enforced, warned, shadow, withheld. Kept without limit: it is the
-- hash-chained record of who was cut off and why.
CREATE TABLE IF NOT EXISTS decisions_v1
(
    tenant_id LowCardinality(String),
    decision_id UUID,
    seq UInt64,
    alert_ids Array(String),
    alert_revision UInt32,
    agent_uid String CODEC(ZSTD(1)),
    rule_id LowCardinality(String),
    mode LowCardinality(String),
    issued_command_ids Array(String),
    action LowCardinality(String),
    withheld_reason LowCardinality(String),
    policy_version LowCardinality(String),
    decided_at DateTime64(9, 'UTC'),
    prev_hash String,
    hash String,
    raw String CODEC(ZSTD(3)),
    log_topic LowCardinality(String),
    log_incarnation LowCardinality(String),
    log_partition UInt32,
    log_offset UInt64,
    stored_at DateTime64(9, 'UTC'),
    version UInt64 MATERIALIZED 18446744073709551615 - log_offset
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, decision_id)
SETTINGS non_replicated_deduplication_window = 10000;
