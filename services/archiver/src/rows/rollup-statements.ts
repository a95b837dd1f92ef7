/**
 * How the roll-ups are computed from the raw rows, for the refresh and for `verify`. Exact
 * functions only: no sketches, no floating-point sums. Only completed calls count; `version` is the
 * number of raw rows in the bucket.
 */

/** Capabilities that count as privileged (contracts, Capability symbols). */
const PRIVILEGED =
  '^(grant:|create:(credential|identity|payee)|initiate:payment|approve:|deploy:|exec:|delete:|impersonate:|modify:)';

export interface RollUp {
  readonly table: string;
  /** The column that says which bucket a row is. */
  readonly bucket: string;
  readonly keys: readonly string[];
  readonly cells: readonly string[];
  /** What the stored table must equal, for the buckets that a condition on `bucket` picks. */
  readonly select: (from: string, to: string, minutes: readonly string[] | undefined) => string;
}

function quoted(minutes: readonly string[]): string {
  return minutes.map((minute) => `'${minute}'`).join(', ');
}

/** Times are our own `YYYY-MM-DD hh:mm:ss`, so they are put into the text as they are. */
function within(column: string, from: string, to: string): string {
  return `${column} >= toDateTime64('${from}', 9, 'UTC') AND ${column} < toDateTime64('${to}', 9, 'UTC')`;
}

export const PER_MINUTE: RollUp = {
  table: 'agent_calls_per_minute_v1',
  bucket: 'minute',
  keys: ['tenant_id', 'agent_uid', 'minute'],
  cells: [
    'calls',
    'denied',
    'errors',
    'tools',
    'targets',
    'privileged',
    'args_bytes',
    'result_bytes',
    'duration_ms_max',
    'version',
  ],
  select: (from, to, minutes) => `
SELECT tenant_id, agent_uid, toStartOfMinute(toDateTime(event_time, 'UTC')) AS minute,
  countIf(phase = 'completed' AND activity = 'tool_call') AS calls,
  countIf(phase = 'completed' AND outcome = 'denied') AS denied,
  countIf(phase = 'completed' AND outcome IN ('tool_error', 'protocol_error')) AS errors,
  uniqExactIf((tool_server, tool_name), phase = 'completed' AND tool_name != '') AS tools,
  uniqExactIf((target_system, target_resource_type, target_resource_id), phase = 'completed' AND target_resource_id != '') AS targets,
  countIf(phase = 'completed' AND arrayExists(c -> match(c, '${PRIVILEGED}'), capabilities)) AS privileged,
  sumIf(args_size, phase = 'completed') AS args_bytes,
  sumIf(result_size, phase = 'completed') AS result_bytes,
  maxIf(duration_ms, phase = 'completed') AS duration_ms_max,
  count() AS version
FROM audit_events_v1 FINAL
WHERE ${within('event_time', from, to)}${
    minutes === undefined ? '' : ` AND minute IN (${quoted(minutes)})`
  }
GROUP BY tenant_id, agent_uid, minute`,
};

export const PER_HOUR: RollUp = {
  table: 'agent_calls_per_hour_v1',
  bucket: 'hour',
  keys: ['tenant_id', 'agent_uid', 'hour'],
  cells: [
    'calls',
    'denied',
    'errors',
    'privileged',
    'args_bytes',
    'result_bytes',
    'duration_ms_max',
    'version',
  ],
  select: (from, to, hours) => `
SELECT tenant_id, agent_uid, toStartOfHour(minutes.minute) AS hour,
  sum(minutes.calls) AS calls, sum(minutes.denied) AS denied, sum(minutes.errors) AS errors,
  sum(minutes.privileged) AS privileged, sum(minutes.args_bytes) AS args_bytes,
  sum(minutes.result_bytes) AS result_bytes, max(minutes.duration_ms_max) AS duration_ms_max,
  sum(minutes.version) AS version
FROM agent_calls_per_minute_v1 AS minutes FINAL
WHERE minutes.minute >= toDateTime('${from}', 'UTC') AND minutes.minute < toDateTime('${to}', 'UTC')${
    hours === undefined ? '' : ` AND hour IN (${quoted(hours)})`
  }
GROUP BY tenant_id, agent_uid, hour`,
};

function insert(rollUp: RollUp, select: string): string {
  return `INSERT INTO ${rollUp.table} (${[...rollUp.keys, ...rollUp.cells].join(', ')}) ${select}`;
}

/** `YYYY-MM-DD hh:mm:ss` some seconds later. */
function later(time: string, seconds: number): string {
  const ms = Date.parse(`${time.replace(' ', 'T')}Z`) + seconds * 1000;
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function hourOf(minute: string): string {
  return `${minute.slice(0, 13)}:00:00`;
}

/** The statements that refresh some minutes, and then the hours that they lie in. */
export function refreshStatements(minutes: readonly string[]): readonly string[] {
  const sorted = [...minutes].sort();
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return [];
  const hours = [...new Set(sorted.map(hourOf))];
  const lastHour = hourOf(last);
  return [
    insert(PER_MINUTE, PER_MINUTE.select(first, later(last, 60), sorted)),
    insert(PER_HOUR, PER_HOUR.select(hourOf(first), later(lastHour, 3600), hours)),
  ];
}
