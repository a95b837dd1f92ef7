-- The same by the hour, from the minutes: only what adds up (a number of distinct tools does not).
CREATE TABLE IF NOT EXISTS agent_calls_per_hour_v1
(
    tenant_id LowCardinality(String),
    agent_uid String CODEC(ZSTD(1)),
    hour DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    calls UInt64,
    denied UInt64,
    errors UInt64,
    privileged UInt64,
    args_bytes UInt64,
    result_bytes UInt64,
    duration_ms_max Float64,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(hour)
ORDER BY (tenant_id, agent_uid, hour);
