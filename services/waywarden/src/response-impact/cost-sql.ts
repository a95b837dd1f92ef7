/**
 * SQL of the response impact ledger's cells (day, rule, agent, cost, n). Days count back from the last record; follow-ups
 * count for their rule.
 */

export const CELLS_MAX = 20_000;

const LAST = `(SELECT least(max(event_time), now64(9)) FROM audit_events_v1 WHERE tenant_id = {tenant:String})`;
const since = (column: string) => `${column} > ${LAST} - toIntervalDay({days:UInt32})`;
const RULE = `replaceRegexpOne(rule_id, '/(escalates|retries|lapses|awaits|unanswered|reaches|probes|resumes|extends|stands)(/.*)?$', '')`;
const TENANT = 'tenant_id = {tenant:String}';
const DAY = (column: string) => `toString(toDate(${column})) AS day`;
const ASKS = "('require_step_up', 'hold', 'hold_payment')";
const FREE = `('signal_risk', 'open_case', 'probe', 'restore', '')`;

/** Renewed orders: nobody is asked once more. */
const GOES_ON = `match(rule_id, '/(resumes|extends|stands)(/|$)|/lapses/require_step_up-')`;

const RULES = `rules AS (
  SELECT arrayJoin(issued_command_ids) AS id, min(${RULE}) AS rule, max(${GOES_ON}) AS goes_on
  FROM decisions_v1 FINAL
  WHERE ${TENANT} GROUP BY id)`;

const ORDERS = `${RULES},
undone AS (SELECT DISTINCT restores AS id FROM revocation_commands_v1 FINAL WHERE ${TENANT} AND restores != ''),
orders AS (
  SELECT toString(command_id) AS id, agent_uid, action, issued_at, expires_at, target_level,
    JSONExtractString(target, 'task_id') AS task, rules.rule AS rule, rules.goes_on AS goes_on,
    toString(command_id) IN (SELECT id FROM undone) AS is_undone
  FROM revocation_commands_v1 FINAL LEFT JOIN rules ON rules.id = toString(command_id)
  WHERE ${TENANT} AND action NOT IN ${FREE})`;

const ORDERED = `WITH ${ORDERS}
SELECT ${DAY('issued_at')}, rule, agent_uid AS agent, cost, toUInt32(count()) AS n
FROM orders ARRAY JOIN arrayConcat([if(action IN ${ASKS}, 'step_ups', 'revocations')],
  if(is_undone, ['reverted'], [])) AS cost
WHERE NOT goes_on AND ${since('issued_at')} GROUP BY day, rule, agent, cost`;

/** Each alert once; watching is no withholding. */
const DECIDED = `SELECT ${DAY('decided_at')}, ${RULE} AS rule, agent_uid AS agent,
  multiIf(mode = 'enforce', 'withheld', action IN ${ASKS}, 'would_step_up', 'would_revoke') AS cost,
  toUInt32(uniqExact((alert_ids[1], rule_id))) AS n
FROM decisions_v1 FINAL WHERE ${TENANT} AND ${since('decided_at')} AND withheld_reason != ''
  AND action NOT IN ${FREE}
  AND withheld_reason NOT IN ('already_contained', 'already_so', 'alert_withdrawn', 'needed_by_other_alert')
GROUP BY day, rule, agent, cost`;

const DENIED = `WITH ${ORDERS},
denied AS (
  SELECT event_time, agent_uid, task_id, JSONExtractString(raw, 'policy', 'id') AS ground
  FROM audit_events_v1 FINAL WHERE ${TENANT} AND outcome = 'denied' AND ${since('event_time')}),
refusals AS (
  SELECT ${DAY('event_time')}, orders.rule AS rule, denied.agent_uid AS agent, task_id, is_undone
  FROM denied INNER JOIN orders ON orders.id = denied.ground)
SELECT day, rule, agent, 'denied_calls' AS cost, toUInt32(count()) AS n FROM refusals
GROUP BY day, rule, agent
UNION ALL SELECT day, rule, agent, 'denied_in_error', toUInt32(count()) FROM refusals WHERE is_undone
GROUP BY day, rule, agent
UNION ALL SELECT day, rule, agent, 'tasks_stopped', toUInt32(uniqExact(task_id)) FROM refusals
WHERE task_id != '' GROUP BY day, rule, agent`;

/** By the step-up in force. */
const ANSWERED = `WITH ${ORDERS},
asked AS (SELECT agent_uid, task, target_level, issued_at, expires_at, rule FROM orders WHERE action IN ${ASKS}),
answers AS (
  SELECT event_id, event_time, agent_uid, task_id, outcome,
    toUInt64(greatest(0, JSONExtractFloat(raw, 'approval', 'latency_ms'))) AS waited
  FROM audit_events_v1 FINAL
  WHERE ${TENANT} AND approval_mode = 'human' AND phase != 'requested' AND ${since('event_time')}),
owed AS (
  SELECT answers.event_id AS event_id, min(asked.rule) AS rule
  FROM answers INNER JOIN asked ON asked.agent_uid = answers.agent_uid
  WHERE answers.event_time >= asked.issued_at AND answers.event_time < asked.expires_at
    AND (asked.target_level != 'task' OR asked.task = answers.task_id)
  GROUP BY event_id)
SELECT ${DAY('answers.event_time')}, owed.rule AS rule, answers.agent_uid AS agent, part.1 AS cost, toUInt64(sum(part.2)) AS n
FROM answers LEFT JOIN owed ON owed.event_id = answers.event_id
ARRAY JOIN [(if(outcome = 'denied', 'refused', 'approved'), toUInt64(1)), ('waited_ms', waited)] AS part
GROUP BY day, rule, agent, cost`;

/** By a late record. */
const WITHDRAWN = `SELECT toString(toDate(min(at))) AS day, rule, agent, 'withdrawn_alerts' AS cost, toUInt32(1) AS n
FROM (SELECT decided_at AS at, ${RULE} AS rule, agent_uid AS agent, arrayJoin(alert_ids) AS alert
  FROM decisions_v1 FINAL
  WHERE ${TENANT} AND NOT startsWith(rule_id, 'operator/') AND ${since('decided_at')})
WHERE alert IN (SELECT toString(alert_id) FROM alerts_v1 WHERE ${TENANT}
  GROUP BY alert_id HAVING argMax(state, revision) = 'withdrawn')
GROUP BY rule, agent, alert`;

/** The last verdict counts. */
const FOUND = `WITH found AS (
  SELECT alert, argMax(JSONExtractString(raw, 'act', 'verdict'), decided_at) AS verdict, max(decided_at) AS at
  FROM (SELECT arrayJoin(alert_ids) AS alert, raw, decided_at FROM decisions_v1 FINAL
    WHERE ${TENANT} AND rule_id = 'operator/verdict' AND withheld_reason NOT IN ('second_person_needed', 'another_person_needed'))
  GROUP BY alert),
decided AS (
  SELECT DISTINCT arrayJoin(alert_ids) AS alert, ${RULE} AS rule, agent_uid FROM decisions_v1 FINAL
  WHERE ${TENANT} AND NOT startsWith(rule_id, 'operator/'))
SELECT ${DAY('at')}, rule, agent_uid AS agent,
  if(verdict = 'true_positive', 'true_positives', 'false_positives') AS cost, toUInt32(uniqExact(alert)) AS n
FROM found INNER JOIN decided USING (alert) WHERE ${since('at')}
GROUP BY day, rule, agent, cost`;

export const CELL_QUERIES = [ORDERED, DECIDED, DENIED, ANSWERED, WITHDRAWN, FOUND].map(
  (query) =>
    `SELECT day, rule, agent, cost, n FROM (${query}) ORDER BY day, rule, agent, cost LIMIT {limit:UInt32}`,
);
