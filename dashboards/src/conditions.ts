/**
 * Pieces of SQL that several panels share. A macro without arguments is followed by a closing
 * bracket: plugin versions before 4.18 take the next bracketed text for its arguments. Tests hold
 * every panel to that.
 */
import { IS_TENANT, variable } from './variables.ts';

/** Roll-up buckets that overlap the period: their time is the start of a minute or an hour. */
const MINUTES = 'minute >= toStartOfMinute($__fromTime) AND minute <= ($__toTime)';

const PERIOD_SECONDS = '(toUnixTimestamp($__toTime) - toUnixTimestamp($__fromTime))';
/** Up to six hours are read by the minute, longer periods by the hour. */
const IS_SHORT = `${PERIOD_SECONDS} <= 21600`;

/** For curves, which need the grain. */
export const MINUTE_ROWS = `agent_calls_per_minute_v1 FINAL WHERE ${IS_TENANT} AND ${MINUTES}`;

const SUMMED = 'calls, denied, errors, privileged, args_bytes, result_bytes, version';

function since(bucket: string, grain: 'Minute' | 'Hour', before: boolean): string {
  const from = before
    ? 'toDateTime(2 * toUnixTimestamp($__fromTime) - toUnixTimestamp($__toTime))'
    : '($__fromTime)';
  return `${bucket} >= toStartOf${grain}(${from}) AND ${bucket} <= ($__toTime)`;
}

/**
 * From the coarsest roll-up that fits: the condition on the period's length is constant, so
 * ClickHouse reads one of the two.
 */
export function callRows(before = false): string {
  const rows = (name: string, bucket: string, grain: 'Minute' | 'Hour', when: string) =>
    `SELECT agent_uid, ${SUMMED}, ${bucket} >= toStartOf${grain}($__fromTime) AS is_now
  FROM ${name} FINAL WHERE ${IS_TENANT} AND ${since(bucket, grain, before)} AND ${when}`;
  return `(
  ${rows('agent_calls_per_minute_v1', 'minute', 'Minute', IS_SHORT)}
  UNION ALL
  ${rows('agent_calls_per_hour_v1', 'hour', 'Hour', `NOT (${IS_SHORT})`)}
)`;
}

/** Raw events in the period of event time, repeats left out. */
export const EVENT_ROWS = `audit_events_v1 FINAL WHERE ${IS_TENANT} AND $__timeFilter(event_time)`;

/** Calls that were made, of all activities, among `EVENT_ROWS`. */
export const IS_CALL = "activity = 'tool_call' AND phase = 'completed'";

/** Alerts first seen in the period, each in its present state. */
export const ALERT_ROWS = `alerts_latest_v1 WHERE ${IS_TENANT} AND $__timeFilter(first_detected_at)`;

export function outcomesPerMinute(condition = 'true'): string {
  return `SELECT time, ${perMinute('(n - least(n, refused + broken))')} AS done,
  ${perMinute('refused')} AS denied, ${perMinute('broken')} AS failed
FROM (
  SELECT $__timeInterval(minute) AS time, sum(calls) AS n, sum(denied) AS refused, sum(errors) AS broken
  FROM ${MINUTE_ROWS} AND ${condition} GROUP BY time
) ORDER BY time`;
}

/** Two columns, `confidence` and `basis`: how sure, and by what. */
export const SURE =
  "confidence, if(confidence_basis = '', 'not_reported', confidence_basis) AS basis";

/** For a curve: a number of things per bucket as a number a minute. */
export function perMinute(count: string): string {
  return `${count} * 60 / ($__interval_s)`;
}

/** A hidden column `agent_key` and a link of the visible one to the agent's dashboard. */
export const AGENT_KEY = 'hex(agent_uid) AS agent_key';
export const AGENT_LINK = {
  title: 'What this agent did',
  url: `/d/waywarden-agent?${variable('__url_time_range')}&${variable('datasource', 'queryparam')}&${variable('tenant', 'queryparam')}&var-agent=${variable('__data.fields.agent_key')}`,
} as const;

/** Needs the column `alert_id`. */
export const ALERT_LINK = {
  title: 'The alert with its evidence',
  url: `${variable('console', 'raw')}/alerts/${variable('__data.fields.alert_id')}`,
} as const;
