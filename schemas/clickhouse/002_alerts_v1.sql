-- One row an alert revision; the present state of an alert is its highest revision.
CREATE TABLE IF NOT EXISTS alerts_v1
(
    tenant_id LowCardinality(String),
    alert_id UUID,
    revision UInt32,
    state LowCardinality(String),
    count UInt64,
    incident_id UUID,
    kind LowCardinality(String),
    hygiene Bool,
    rule_id LowCardinality(String),
    rule_version LowCardinality(String),
    severity LowCardinality(String),
    confidence Nullable(Float64),
    score Float64,
    evaluable Bool,
    agent_uid String CODEC(ZSTD(1)),
    instance_uid String CODEC(ZSTD(1)),
    chain_id String CODEC(ZSTD(1)),
    task_id String CODEC(ZSTD(1)),
    credential_uid String CODEC(ZSTD(1)),
    first_event_time DateTime64(9, 'UTC'),
    last_event_time DateTime64(9, 'UTC'),
    first_detected_at DateTime64(9, 'UTC'),
    detected_at DateTime64(9, 'UTC'),
    title String CODEC(ZSTD(1)),
    summary String CODEC(ZSTD(1)),
    evidence_event_ids Array(String),
    combination LowCardinality(String),
    policy_version LowCardinality(String),
    detector_version LowCardinality(String),
    raw String CODEC(ZSTD(3)),
    log_topic LowCardinality(String),
    log_incarnation LowCardinality(String),
    log_partition UInt32,
    log_offset UInt64,
    stored_at DateTime64(9, 'UTC'),
    version UInt64 MATERIALIZED 18446744073709551615 - log_offset
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (tenant_id, alert_id, revision)
SETTINGS non_replicated_deduplication_window = 10000;
