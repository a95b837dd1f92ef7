/** The fleet: who is active, what they do, how it ends, and which of them changed most. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import {
  AGENT_KEY,
  AGENT_LINK,
  ALERT_LINK,
  ALERT_ROWS,
  callRows,
  EVENT_ROWS,
  IS_CALL,
  outcomesPerMinute,
  perMinute,
  SURE,
} from './conditions.ts';
import { dashboard } from './dashboard.ts';
import { SEVERITY_WORDS } from './mappings.ts';
import { COLOURS } from './palette.ts';
import { type SizedPanel, SURE_COLUMNS, stat, tablePanel, timeSeries } from './panels.ts';
import { IS_TENANT } from './variables.ts';

function numbers(): readonly SizedPanel[] {
  return [
    stat({
      title: 'Active agents',
      description: 'Agents that completed at least one tool call in the period.',
      sql: `SELECT uniqExactIf(agent_uid, calls > 0) AS agents FROM ${callRows()}`,
      unit: units.Short,
      width: 4,
    }),
    stat({
      title: 'Calls',
      description: 'Completed tool calls in the period.',
      sql: `SELECT sum(calls) AS calls FROM ${callRows()}`,
      unit: units.Short,
      width: 4,
    }),
    stat({
      title: 'Denied',
      description: 'Share of completed calls that an enforcement point denied.',
      sql: `SELECT sum(denied) / greatest(sum(calls), 1) AS denied FROM ${callRows()}`,
      unit: units.PercentUnit,
      decimals: 1,
      width: 4,
    }),
    stat({
      title: 'Privileged calls',
      description:
        'Calls with a privileged capability: grant, create credential, identity or payee, pay, approve, deploy, execute, delete, impersonate, modify an agent.',
      sql: `SELECT sum(privileged) AS privileged FROM ${callRows()}`,
      unit: units.Short,
      width: 4,
    }),
    stat({
      title: 'Open alerts, high or critical',
      description: 'Alerts first seen in the period that are still open. Postures are left out.',
      sql: `SELECT count() AS alerts FROM ${ALERT_ROWS}
AND state = 'open' AND NOT hygiene AND severity IN ('high', 'critical')`,
      unit: units.Short,
      attentionFrom: 1,
      width: 4,
    }),
    stat({
      title: 'Unregistered agents',
      description:
        'Agents with an open alert `unregistered_agent` from the period: they act, and the registry does not know them.',
      sql: `SELECT uniqExact(agent_uid) AS agents FROM ${ALERT_ROWS}
AND state = 'open' AND kind = 'unregistered_agent'`,
      unit: units.Short,
      attentionFrom: 1,
      width: 4,
    }),
  ];
}

function activity(): readonly SizedPanel[] {
  const effects = (...names: readonly string[]) =>
    perMinute(`countIf(effect IN (${names.map((name) => `'${name}'`).join(', ')}))`);
  return [
    timeSeries({
      title: 'Calls by outcome',
      description: 'Completed tool calls a minute. From the roll-up by the minute.',
      sql: outcomesPerMinute(),
      unit: units.CountsPerMinute,
      series: { done: COLOURS.sky, denied: COLOURS.vermilion, failed: COLOURS.yellow },
      draw: 'bars',
      width: 12,
    }),
    timeSeries({
      title: 'Calls by effect',
      description:
        'Completed tool calls a minute by what they do. `write` is create and update, `control` is grant and configure. Reads the raw events: over days of a large fleet it is slow.',
      sql: `SELECT $__timeInterval(event_time) AS time,
  ${effects('read')} AS read, ${effects('create', 'update')} AS write,
  ${effects('delete')} AS delete, ${effects('send')} AS send,
  ${effects('execute')} AS execute, ${effects('pay')} AS pay,
  ${effects('grant', 'configure')} AS control, ${effects('unknown', '')} AS unknown
FROM ${EVENT_ROWS} AND ${IS_CALL} GROUP BY time ORDER BY time`,
      unit: units.CountsPerMinute,
      series: {
        read: COLOURS.sky,
        write: COLOURS.blue,
        delete: COLOURS.vermilion,
        send: COLOURS.orange,
        execute: COLOURS.purple,
        pay: COLOURS.yellow,
        control: COLOURS.green,
        unknown: COLOURS.grey,
      },
      draw: 'bars',
      width: 12,
    }),
  ];
}

function kinds(): readonly SizedPanel[] {
  const agents = (...names: readonly string[]) =>
    `uniqExactIf(agent_uid, agent_class IN (${names.map((name) => `'${name}'`).join(', ')}))`;
  return [
    timeSeries({
      title: 'Active agents by class',
      description:
        'Agents with a call in the bucket, by the class that their events claim. The class that counts is the registry’s; the store holds the claim. Reads the raw events.',
      sql: `SELECT $__timeInterval(event_time) AS time,
  ${agents('scheduled_job')} AS scheduled_job, ${agents('human_triggered')} AS human_triggered,
  ${agents('assistive')} AS assistive, ${agents('semi_autonomous')} AS semi_autonomous,
  ${agents('autonomous')} AS autonomous, ${agents('unknown', '')} AS unknown
FROM ${EVENT_ROWS} AND ${IS_CALL} GROUP BY time ORDER BY time`,
      unit: units.Short,
      series: {
        scheduled_job: COLOURS.sky,
        human_triggered: COLOURS.green,
        assistive: COLOURS.yellow,
        semi_autonomous: COLOURS.orange,
        autonomous: COLOURS.vermilion,
        unknown: COLOURS.grey,
      },
      draw: 'bars',
      width: 12,
    }),
    timeSeries({
      title: 'Calls by sensitivity of the target',
      description: 'Completed tool calls a minute. Reads the raw events.',
      sql: `SELECT $__timeInterval(event_time) AS time,
  ${['public', 'internal', 'confidential', 'restricted', 'secret']
    .map((name) => `${perMinute(`countIf(target_sensitivity = '${name}')`)} AS ${name}`)
    .join(',\n  ')},
  ${perMinute("countIf(target_sensitivity IN ('unknown', ''))")} AS unknown
FROM ${EVENT_ROWS} AND ${IS_CALL} GROUP BY time ORDER BY time`,
      unit: units.CountsPerMinute,
      series: {
        public: COLOURS.green,
        internal: COLOURS.sky,
        confidential: COLOURS.yellow,
        restricted: COLOURS.orange,
        secret: COLOURS.vermilion,
        unknown: COLOURS.grey,
      },
      draw: 'bars',
      width: 12,
    }),
  ];
}

function movers(): SizedPanel {
  return tablePanel({
    title: 'Top movers',
    description:
      'The 20 agents whose number of calls changed most against the period before, of the same length.',
    sql: `SELECT agent_uid, ${AGENT_KEY},
  sumIf(calls, is_now) AS calls_now, sumIf(calls, NOT is_now) AS calls_before,
  toInt64(calls_now) - toInt64(calls_before) AS change,
  sumIf(privileged, is_now) AS privileged_now, sumIf(privileged, NOT is_now) AS privileged_before,
  sumIf(denied, is_now) AS denied_now
FROM ${callRows(true)}
GROUP BY agent_uid ORDER BY abs(change) DESC, agent_uid LIMIT 20`,
    columns: {
      agent_uid: { title: 'agent', link: AGENT_LINK },
      agent_key: { hidden: true },
      calls_now: {},
      calls_before: {},
      change: {},
      privileged_now: {},
      privileged_before: {},
      denied_now: {},
    },
    width: 14,
  });
}

function unproven(): SizedPanel {
  return tablePanel({
    title: 'Agents whose identity is not proven',
    description:
      'Agents that acted under a name which they only asserted, or that could not be resolved: nothing automatic is done on such evidence. The 20 with most calls. Reads the raw events.',
    sql: `SELECT agent_uid, ${AGENT_KEY}, agent_assurance AS assurance, count() AS calls,
  max(event_time) AS last_call
FROM ${EVENT_ROWS} AND agent_assurance IN ('asserted', 'inferred', 'unresolved')
GROUP BY agent_uid, assurance ORDER BY calls DESC, agent_uid LIMIT 20`,
    columns: {
      agent_uid: { title: 'agent', link: AGENT_LINK },
      agent_key: { hidden: true },
      assurance: {},
      calls: {},
      last_call: { unit: units.DatetimeISO },
    },
    width: 10,
  });
}

function sensitive(): SizedPanel {
  return tablePanel({
    title: 'Who touches restricted and secret targets',
    description: 'The 20 agents with most such calls in the period. Reads the raw events.',
    sql: `SELECT agent_uid, ${AGENT_KEY}, countIf(target_sensitivity = 'restricted') AS restricted,
  countIf(target_sensitivity = 'secret') AS secret,
  uniqExact((target_system, target_resource_id)) AS targets, max(event_time) AS last_call
FROM ${EVENT_ROWS} AND ${IS_CALL} AND target_sensitivity IN ('restricted', 'secret')
GROUP BY agent_uid ORDER BY restricted + secret DESC, agent_uid LIMIT 20`,
    columns: {
      agent_uid: { title: 'agent', link: AGENT_LINK },
      agent_key: { hidden: true },
      restricted: {},
      secret: {},
      targets: {},
      last_call: { unit: units.DatetimeISO },
    },
    width: 10,
  });
}

function alerts(): SizedPanel {
  return tablePanel({
    title: 'Open alerts',
    description: 'Of the period, the most severe first, then the newest; at most 50.',
    sql: `SELECT severity, first_detected_at AS detected, title, kind, ${SURE}, agent_uid, ${AGENT_KEY}, alert_id
FROM ${ALERT_ROWS} AND state = 'open' AND NOT hygiene
ORDER BY indexOf(['critical', 'high', 'medium', 'low', 'info'], severity), detected DESC LIMIT 50`,
    columns: {
      severity: { words: SEVERITY_WORDS, width: 110 },
      detected: { unit: units.DatetimeISO, width: 170 },
      title: { link: ALERT_LINK },
      kind: {},
      ...SURE_COLUMNS,
      agent_uid: { title: 'agent', link: AGENT_LINK },
      agent_key: { hidden: true },
      alert_id: { hidden: true },
    },
    width: 14,
  });
}

/** A week without an alarm ends what is kept apart (`volume/stretch.ts` of the detector). */
const GOES_ON_DAYS = 7;

function unlearnt(): SizedPanel {
  return tablePanel({
    title: 'Kept out of what is normal, the longest first',
    description: `What statistical alerts told is not learnt while it goes on and nobody has found it wrong. Of the period: alerts that came again within ${GOES_ON_DAYS} days, since when, and what was found. Unanswered, a volume becomes normal after 30 days.`,
    sql: `WITH found AS (
  SELECT alert, argMax(JSONExtractString(raw, 'act', 'verdict'), decided_at) AS verdict
  FROM (SELECT arrayJoin(alert_ids) AS alert, raw, decided_at FROM decisions_v1 FINAL
    WHERE ${IS_TENANT} AND rule_id = 'operator/verdict' AND withheld_reason NOT IN ('second_person_needed', 'another_person_needed'))
  GROUP BY alert)
SELECT first_event_time AS since, dateDiff('second', first_event_time, ($__toTime)) AS age,
  last_event_time AS last, title, ${SURE}, agent_uid, ${AGENT_KEY}, count,
  if(verdict = 'true_positive', 'found right', 'unanswered') AS answer, alert_id
FROM (SELECT * FROM ${ALERT_ROWS}) AS reported LEFT JOIN found ON found.alert = toString(reported.alert_id)
WHERE state = 'open' AND kind IN ('behavior_deviation', 'reach_growth') AND verdict != 'false_positive'
  AND last_event_time > ($__toTime) - INTERVAL ${GOES_ON_DAYS} DAY
ORDER BY since, alert_id LIMIT 50`,
    columns: {
      since: { unit: units.DatetimeISO, width: 170 },
      age: { title: 'for', unit: units.Seconds, width: 110 },
      last: { title: 'last seen', unit: units.DatetimeISO, width: 170 },
      title: { link: ALERT_LINK },
      ...SURE_COLUMNS,
      agent_uid: { title: 'agent', link: AGENT_LINK },
      agent_key: { hidden: true },
      count: { title: 'times' },
      answer: {},
      alert_id: { hidden: true },
    },
    width: 24,
  });
}

export function fleetDashboard(): Dashboard {
  return dashboard({
    uid: 'waywarden-fleet',
    title: 'Waywarden: fleet',
    description: 'All agents of a tenant: who is active, what they do, and who changed.',
    from: 'now-6h',
    rows: [
      numbers(),
      activity(),
      kinds(),
      [alerts(), sensitive()],
      [movers(), unproven()],
      [unlearnt()],
    ],
  });
}
