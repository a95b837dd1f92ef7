-- On what a confidence rests, or why there is none. Of rows that were stored before it is read out of the record, so
-- that they equal what is archived anew, which `verify` compares.
ALTER TABLE alerts_v1
    ADD COLUMN IF NOT EXISTS confidence_basis LowCardinality(String)
    DEFAULT JSONExtractString(raw, 'confidence_basis') AFTER confidence;
ALTER TABLE revocation_commands_v1
    ADD COLUMN IF NOT EXISTS confidence_basis LowCardinality(String)
    DEFAULT JSONExtractString(raw, 'confidence_basis') AFTER confidence;
-- A view has the columns that there were when it was made.
DROP VIEW IF EXISTS alerts_latest_v1;
CREATE VIEW IF NOT EXISTS alerts_latest_v1 AS
SELECT *
FROM alerts_v1 FINAL
WHERE (tenant_id, alert_id, revision) IN
(
    SELECT tenant_id, alert_id, max(revision)
    FROM alerts_v1
    GROUP BY tenant_id, alert_id
);
