-- Completed calls of an agent in a minute of event time, computed from audit_events_v1 FINAL and
-- replaced as a whole: no counting up, so a refresh may be repeated. `version` is the number of raw
-- rows that it was computed from, which only grows. Every cell is an exact function of the rows
-- (no sketches), so that `verify` can hold it against them.
CREATE TABLE IF NOT EXISTS agent_calls_per_minute_v1
(
    tenant_id LowCardinality(String),
    agent_uid String CODEC(ZSTD(1)),
    minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    calls UInt64,
    denied UInt64,
    errors UInt64,
    tools UInt64,
    targets UInt64,
    privileged UInt64,
    args_bytes UInt64,
    result_bytes UInt64,
    duration_ms_max Float64,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(minute)
ORDER BY (tenant_id, agent_uid, minute);
