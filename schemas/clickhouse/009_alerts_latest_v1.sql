-- The present state of each alert: its highest revision, whatever order the revisions arrived in.
-- A view, not a table: a second copy of the state would have to be kept equal to the revisions. The
-- revision is chosen before anything else is read, so `raw` is read for the chosen rows only.
CREATE VIEW IF NOT EXISTS alerts_latest_v1 AS
SELECT *
FROM alerts_v1 FINAL
WHERE (tenant_id, alert_id, revision) IN
(
    SELECT tenant_id, alert_id, max(revision)
    FROM alerts_v1
    GROUP BY tenant_id, alert_id
);
