/** One agent: what it does, what of that is new, who approves it, with which credentials. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import {
  ALERT_LINK,
  ALERT_ROWS,
  callRows,
  EVENT_ROWS,
  IS_CALL,
  MINUTE_ROWS,
  outcomesPerMinute,
  perMinute,
  SURE,
} from './conditions.ts';
import { dashboard } from './dashboard.ts';
import { SEVERITY_WORDS, STATE_WORDS } from './mappings.ts';
import { COLOURS } from './palette.ts';
import { type SizedPanel, SURE_COLUMNS, stat, tablePanel, timeSeries } from './panels.ts';
import { agentVariable, IS_AGENT, IS_TENANT } from './variables.ts';

const NEW_VALUES_MAX = 100;

function numbers(): readonly SizedPanel[] {
  const number = (title: string, description: string, value: string, unit: string) =>
    stat({
      title,
      description,
      sql: `SELECT ${value} AS value FROM ${callRows()} WHERE ${IS_AGENT}`,
      unit,
      width: 4,
    });
  return [
    number('Calls', 'Completed tool calls in the period.', 'sum(calls)', units.Short),
    number(
      'Denied',
      'Share of completed calls that an enforcement point denied.',
      'sum(denied) / greatest(sum(calls), 1)',
      units.PercentUnit,
    ),
    number(
      'Failed',
      'Calls that ended in an error of tool or protocol.',
      'sum(errors)',
      units.Short,
    ),
    number(
      'Privileged calls',
      'Calls with a privileged capability.',
      'sum(privileged)',
      units.Short,
    ),
    stat({
      title: 'Tools used',
      description: 'Different tools in the period.',
      sql: `SELECT uniqExactIf((tool_server, tool_name), tool_name != '') AS tools
FROM ${EVENT_ROWS} AND ${IS_AGENT} AND ${IS_CALL}`,
      unit: units.Short,
      width: 4,
    }),
    stat({
      title: 'Open alerts',
      description: 'Alerts with this agent as subject, first seen in the period and still open.',
      sql: `SELECT count() AS alerts FROM ${ALERT_ROWS} AND ${IS_AGENT} AND state = 'open'`,
      unit: units.Short,
      attentionFrom: 1,
      width: 4,
    }),
  ];
}

function activity(): readonly SizedPanel[] {
  const effects = ['read', 'create', 'update', 'delete', 'execute', 'send', 'pay'] as const;
  return [
    timeSeries({
      title: 'Calls by outcome',
      description: 'Completed tool calls a minute. From the roll-up by the minute.',
      sql: outcomesPerMinute(IS_AGENT),
      unit: units.CountsPerMinute,
      series: { done: COLOURS.sky, denied: COLOURS.vermilion, failed: COLOURS.yellow },
      draw: 'bars',
      width: 12,
    }),
    timeSeries({
      title: 'Calls by effect',
      description: 'Completed tool calls a minute. `other` is grant, configure and unknown.',
      sql: `SELECT $__timeInterval(event_time) AS time,
  ${effects.map((name) => `${perMinute(`countIf(effect = '${name}')`)} AS ${name}`).join(',\n  ')},
  ${perMinute("countIf(effect IN ('grant', 'configure', 'unknown', ''))")} AS other
FROM ${EVENT_ROWS} AND ${IS_AGENT} AND ${IS_CALL} GROUP BY time ORDER BY time`,
      unit: units.CountsPerMinute,
      series: {
        read: COLOURS.sky,
        create: COLOURS.blue,
        update: COLOURS.green,
        delete: COLOURS.vermilion,
        execute: COLOURS.purple,
        send: COLOURS.orange,
        pay: COLOURS.yellow,
        other: COLOURS.grey,
      },
      draw: 'bars',
      width: 12,
    }),
  ];
}

function measures(): readonly SizedPanel[] {
  const modes = ['none', 'auto', 'policy', 'human', 'bypassed'] as const;
  return [
    timeSeries({
      title: 'Duration of calls',
      description: 'Percentiles of the calls that gave a duration.',
      sql: `SELECT $__timeInterval(event_time) AS time, quantileExact(0.5)(duration_ms) AS p50,
  quantileExact(0.95)(duration_ms) AS p95, max(duration_ms) AS max
FROM ${EVENT_ROWS} AND ${IS_AGENT} AND ${IS_CALL} AND duration_ms > 0 GROUP BY time ORDER BY time`,
      unit: units.Milliseconds,
      series: { p50: COLOURS.sky, p95: COLOURS.orange, max: COLOURS.vermilion },
      draw: 'lines',
      width: 8,
    }),
    timeSeries({
      title: 'Bytes in and out',
      description: 'Size of arguments sent and of results received. From the roll-up.',
      sql: `SELECT $__timeInterval(minute) AS time, sum(args_bytes) AS arguments,
  sum(result_bytes) AS results
FROM ${MINUTE_ROWS} AND ${IS_AGENT} GROUP BY time ORDER BY time`,
      unit: units.BytesIEC,
      series: { arguments: COLOURS.orange, results: COLOURS.sky },
      draw: 'bars',
      width: 8,
    }),
    timeSeries({
      title: 'Calls by approval',
      description:
        'How calls were approved, by their source: by nobody, automatically, by policy, by a person, or past an approval. Calls without the field count as `not_reported`.',
      sql: `SELECT $__timeInterval(event_time) AS time,
  ${modes.map((name) => `countIf(approval_mode = '${name}') AS ${name === 'none' ? 'nobody' : name}`).join(', ')},
  countIf(approval_mode = '') AS not_reported
FROM ${EVENT_ROWS} AND ${IS_AGENT} AND ${IS_CALL} GROUP BY time ORDER BY time`,
      unit: units.Short,
      series: {
        nobody: COLOURS.orange,
        auto: COLOURS.yellow,
        policy: COLOURS.sky,
        human: COLOURS.green,
        bypassed: COLOURS.vermilion,
        not_reported: COLOURS.grey,
      },
      draw: 'bars',
      width: 8,
    }),
  ];
}

function alerts(): SizedPanel {
  return tablePanel({
    title: 'Alerts',
    description: 'Alerts with this agent as subject, newest first; at most 50.',
    sql: `SELECT severity, state, first_detected_at AS detected, title, kind, ${SURE}, count, alert_id
FROM ${ALERT_ROWS} AND ${IS_AGENT} ORDER BY detected DESC LIMIT 50`,
    columns: {
      severity: { words: SEVERITY_WORDS, width: 110 },
      state: { words: STATE_WORDS, width: 110 },
      detected: { unit: units.DatetimeISO, width: 170 },
      title: { link: ALERT_LINK },
      kind: {},
      ...SURE_COLUMNS,
      count: {},
      alert_id: { hidden: true },
    },
    width: 12,
  });
}

/** Of all that the store holds of the agent, not of the period: new means never before. */
function novelty(): SizedPanel {
  return tablePanel({
    title: 'New in this period',
    description:
      'Tools, effects and targets that this agent used for the first time in all that is stored of it (400 days). The newest 100. What is new to an alert may differ: the detector also looks at agents of the same kind.',
    sql: `SELECT what.1 AS kind, what.2 AS value, min(event_time) AS first_seen, count() AS calls
FROM (
  SELECT event_time, arrayJoin(arrayFilter(pair -> pair.2 != '', [
    ('tool', if(tool_server = '', tool_name, concat(tool_server, '/', tool_name))),
    ('effect', effect),
    ('target', if(target_resource_id = '', '', concat(target_system, ' ', target_resource_id)))
  ])) AS what
  FROM audit_events_v1 FINAL WHERE ${IS_TENANT} AND ${IS_AGENT} AND ${IS_CALL} AND event_time <= ($__toTime)
)
GROUP BY what HAVING first_seen >= ($__fromTime)
ORDER BY first_seen DESC, kind, value LIMIT ${NEW_VALUES_MAX}`,
    columns: {
      kind: { width: 90 },
      value: {},
      first_seen: { unit: units.DatetimeISO, width: 170 },
      calls: { width: 90 },
    },
    width: 12,
  });
}

function tools(): SizedPanel {
  return tablePanel({
    title: 'Tools',
    description: 'The 50 tools with most calls in the period.',
    sql: `SELECT tool_server AS server, tool_name AS tool,
  arrayStringConcat(arraySort(groupUniqArray(effect)), ', ') AS effects, count() AS calls,
  countIf(outcome = 'denied') AS denied, countIf(outcome IN ('tool_error', 'protocol_error')) AS failed,
  max(event_time) AS last_call
FROM ${EVENT_ROWS} AND ${IS_AGENT} AND ${IS_CALL}
GROUP BY server, tool ORDER BY calls DESC, server, tool LIMIT 50`,
    columns: {
      server: {},
      tool: {},
      effects: {},
      calls: {},
      denied: {},
      failed: {},
      last_call: { unit: units.DatetimeISO },
    },
    width: 12,
  });
}

function targets(): SizedPanel {
  return tablePanel({
    title: 'Targets',
    description:
      'The 50 targets with most calls in the period. Destinations that are not kept in clear show as fingerprints.',
    sql: `SELECT target_system AS system, target_resource_type AS type, target_resource_id AS target,
  any(target_sensitivity) AS sensitivity, any(target_environment) AS environment,
  count() AS calls, max(event_time) AS last_call
FROM ${EVENT_ROWS} AND ${IS_AGENT} AND ${IS_CALL} AND target_resource_id != ''
GROUP BY system, type, target ORDER BY calls DESC, target LIMIT 50`,
    columns: {
      system: {},
      type: {},
      target: {},
      sensitivity: {},
      environment: {},
      calls: {},
      last_call: { unit: units.DatetimeISO },
    },
    width: 12,
  });
}

function credentials(): SizedPanel {
  return tablePanel({
    title: 'Credentials in use',
    description:
      'Credentials that this agent used in the period and how old each was at its last use; an old or a shared one is worth a question. No age where the source did not tell when it was issued.',
    sql: `WITH parseDateTime64BestEffortOrNull(JSONExtractString(raw, 'credential', 'issued_at'), 3, 'UTC') AS issued,
  parseDateTime64BestEffortOrNull(JSONExtractString(raw, 'credential', 'expires_at'), 3, 'UTC') AS expires
SELECT credential_uid AS credential, credential_type AS type, count() AS calls,
  max(event_time) AS last_use, max(expires) AS expires_at,
  dateDiff('second', min(issued), max(event_time)) AS age, uniqExact(src_ip) AS addresses
FROM ${EVENT_ROWS} AND ${IS_AGENT} AND credential_uid != ''
GROUP BY credential, type ORDER BY age DESC NULLS LAST, credential LIMIT 50`,
    columns: {
      credential: {},
      type: {},
      calls: {},
      last_use: { unit: units.DatetimeISO },
      expires_at: { unit: units.DatetimeISO },
      age: { unit: units.Seconds },
      addresses: {},
    },
    width: 24,
  });
}

export function agentDashboard(): Dashboard {
  return dashboard({
    uid: 'waywarden-agent',
    title: 'Waywarden: agent',
    description: 'One agent: its calls, what of them is new, its approvals and credentials.',
    from: 'now-24h',
    variables: [agentVariable()],
    rows: [
      numbers(),
      [alerts(), novelty()],
      activity(),
      measures(),
      [tools(), targets()],
      [credentials()],
    ],
  });
}
