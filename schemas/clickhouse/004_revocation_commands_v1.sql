-- One row a command that was issued. Its id follows from target, action and containment, so that a
-- command which is issued again differs in its sequence only.
CREATE TABLE IF NOT EXISTS revocation_commands_v1
(
    tenant_id LowCardinality(String),
    command_id UUID,
    sequence UInt64,
    containment_id UUID,
    restores String,
    incident_id UUID,
    alert_ids Array(String),
    agent_uid String CODEC(ZSTD(1)),
    action LowCardinality(String),
    target_level LowCardinality(String),
    target String CODEC(ZSTD(1)),
    receivers Array(LowCardinality(String)),
    audience LowCardinality(String),
    drain LowCardinality(String),
    severity LowCardinality(String),
    confidence Nullable(Float64),
    initiating_entity LowCardinality(String),
    reason String CODEC(ZSTD(1)),
    issued_at DateTime64(9, 'UTC'),
    expires_at DateTime64(9, 'UTC'),
    raw String CODEC(ZSTD(3)),
    log_topic LowCardinality(String),
    log_incarnation LowCardinality(String),
    log_partition UInt32,
    log_offset UInt64,
    stored_at DateTime64(9, 'UTC'),
    version UInt64 MATERIALIZED 18446744073709551615 - log_offset
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, command_id, sequence)
SETTINGS non_replicated_deduplication_window = 10000;
