/** The clock of containments: ordered, applied, denied; what is open; and what was withheld, and why. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { AGENT_KEY, AGENT_LINK, ALERT_LINK, SURE } from './conditions.ts';
import { COMMANDS_MAX, CONTAINED, secondsBetween } from './containment-sql.ts';
import { dashboard } from './dashboard.ts';
import { CONTAINMENT_WORDS } from './mappings.ts';
import { COLOURS } from './palette.ts';
import { type SizedPanel, SURE_COLUMNS, stat, tablePanel, timeSeries } from './panels.ts';
import { IS_TENANT } from './variables.ts';

const LIMITS = `At most the ${COMMANDS_MAX} newest commands of the period are looked at.`;
const DECISION_ROWS = `decisions_v1 FINAL WHERE ${IS_TENANT} AND $__timeFilter(decided_at)`;

function numbers(): readonly SizedPanel[] {
  const states = (title: string, description: string, condition: string, alarming: boolean) =>
    stat({
      title,
      description: `${description} ${LIMITS}`,
      sql: `${CONTAINED}
SELECT countIf(${condition}) AS commands FROM contained`,
      unit: units.Short,
      width: 4,
      ...(alarming ? { attentionFrom: 1 } : {}),
    });
  return [
    states('Commands', 'Orders to take access away, issued in the period.', 'true', false),
    states(
      'Confirmed',
      'Applied by every receiver, and a later call of the subject was denied, or who was asked tried it and was refused.',
      "state = 'confirmed'",
      false,
    ),
    states(
      'Not confirmed',
      'Neither confirmed nor ended: issued, accepted, applied or failed. Until then nothing is proven.',
      "state IN ('issued', 'accepted', 'applied', 'failed')",
      true,
    ),
    states(
      'Leaked',
      'A call of the subject went through after every receiver said that it had applied the command, or who was asked would have got through.',
      "state = 'leaked'",
      true,
    ),
    stat({
      title: 'Withheld',
      description:
        'Decisions of enforcing rules that issued nothing, because a guard spoke against it.',
      sql: `SELECT countIf(mode = 'enforce' AND withheld_reason != '') AS decisions FROM ${DECISION_ROWS}`,
      unit: units.Short,
      width: 4,
    }),
    stat({
      title: 'Would have acted',
      description:
        'Decisions of rules in shadow or warn mode: what enforcing them would have done.',
      sql: `SELECT countIf(mode != 'enforce') AS decisions FROM ${DECISION_ROWS}`,
      unit: units.Short,
      width: 4,
    }),
  ];
}

function clock(): SizedPanel {
  const step = (name: string, from: string, to: string, condition: string) =>
    `('${name}', ${secondsBetween(from, to)}, ${condition})`;
  const ALERTED = 'alert_at > toDateTime64(0, 9)';
  return tablePanel({
    title: 'The clock',
    description: `Seconds from step to step. Event, alert and command carry the time of the log: it moves with the events and says how long evidence was waited for, not how long computing took. A receipt carries the receiver’s clock. ${LIMITS}`,
    sql: `${CONTAINED}
SELECT timed.1 AS step, count() AS n, quantileExact(0.5)(timed.2) AS p50, quantileExact(0.95)(timed.2) AS p95,
  quantileExact(0.99)(timed.2) AS p99, max(timed.2) AS max
FROM (
  SELECT arrayJoin(arrayFilter(one -> one.3, [
    ${step('1 last event to alert', 'event_at', 'alert_at', ALERTED)},
    ${step('2 alert to command', 'alert_at', 'issued_at', ALERTED)},
    ${step('3 command to applied', 'issued_at', 'applied_at', 'is_applied')},
    ${step('4 command to first denied call', 'issued_at', 'denied_at', 'denials > 0')}
  ])) AS timed FROM contained
) GROUP BY step ORDER BY step`,
    columns: {
      step: { width: 240 },
      n: {},
      p50: { unit: units.Seconds },
      p95: { unit: units.Seconds },
      p99: { unit: units.Seconds },
      max: { unit: units.Seconds },
    },
    width: 12,
  });
}

function applied(): SizedPanel {
  return timeSeries({
    title: 'Command to applied',
    description: `From the command to the last receipt of those receivers that it names, where all have applied it. ${LIMITS}`,
    sql: `${CONTAINED}
SELECT $__timeInterval(issued_at) AS time, quantileExact(0.5)(took) AS p50,
  quantileExact(0.95)(took) AS p95, max(took) AS max
FROM (SELECT issued_at, ${secondsBetween('issued_at', 'applied_at')} AS took FROM contained WHERE is_applied)
GROUP BY time ORDER BY time`,
    unit: units.Seconds,
    series: { p50: COLOURS.sky, p95: COLOURS.orange, max: COLOURS.vermilion },
    draw: 'lines',
    width: 12,
    height: 9,
  });
}

function containments(): SizedPanel {
  return tablePanel({
    title: 'Containments',
    description: `One row a command, the newest first; at most 200. "Confirmed" needs a denied call after it, or one who was asked and was refused; "applied" rests on the receivers’ word. ${LIMITS}`,
    sql: `${CONTAINED}
SELECT state, issued_at, action, target_level AS level, ${SURE}, agent_uid, ${AGENT_KEY},
  arrayStringConcat(receivers, ', ') AS receivers,
  if(is_applied, ${secondsBetween('issued_at', 'applied_at')}, NULL) AS to_applied,
  if(denials > 0, ${secondsBetween('issued_at', 'denied_at')}, NULL) AS to_denied,
  leaks, if(usable_until > ($__toTime), usable_until, NULL) AS usable_until,
  expires_at, containment_id, alert_id
FROM contained ORDER BY issued_at DESC, command_id LIMIT 200`,
    columns: {
      state: { words: CONTAINMENT_WORDS, width: 190 },
      issued_at: { title: 'issued', unit: units.DatetimeISO, width: 170, link: ALERT_LINK },
      action: {},
      level: {},
      ...SURE_COLUMNS,
      agent_uid: { title: 'agent', link: AGENT_LINK },
      agent_key: { hidden: true },
      receivers: {},
      to_applied: { unit: units.Seconds },
      to_denied: { title: 'to first denied call', unit: units.Seconds },
      leaks: { title: 'calls after applied' },
      usable_until: { title: 'token usable until', unit: units.DatetimeISO },
      expires_at: { title: 'ends', unit: units.DatetimeISO },
      containment_id: {},
      alert_id: { hidden: true },
    },
    width: 24,
    height: 11,
  });
}

function unconfirmed(): SizedPanel {
  return tablePanel({
    title: 'Not confirmed, the oldest first',
    description: `What somebody should look after: no receiver answered, one refused, or nothing was seen of the subject since. ${LIMITS}`,
    sql: `${CONTAINED}
SELECT state, issued_at, dateDiff('second', issued_at, ($__toTime)) AS waiting, ${SURE}, agent_uid, ${AGENT_KEY},
  action, arrayStringConcat(arrayFilter(one -> NOT has(applied_by, one), receivers), ', ') AS missing, alert_id
FROM contained WHERE state IN ('issued', 'accepted', 'applied', 'failed', 'leaked')
ORDER BY issued_at, command_id LIMIT 50`,
    columns: {
      state: { words: CONTAINMENT_WORDS, width: 190 },
      issued_at: { title: 'issued', unit: units.DatetimeISO, width: 170, link: ALERT_LINK },
      waiting: { title: 'waiting for', unit: units.Seconds },
      ...SURE_COLUMNS,
      agent_uid: { title: 'agent', link: AGENT_LINK },
      agent_key: { hidden: true },
      action: {},
      missing: { title: 'receivers that did not apply it' },
      alert_id: { hidden: true },
    },
    width: 14,
  });
}

function receivers(): SizedPanel {
  return tablePanel({
    title: 'Receivers',
    description: `The last answer of each receiver to each command of the period. ${LIMITS}`,
    sql: `${CONTAINED}
SELECT receiver, count() AS commands, countIf(answer = 'applied') AS applied,
  countIf(answer = 'accepted') AS accepted, countIf(answer IN ('partial', 'unsupported', 'failed')) AS refused,
  countIf(answer = 'expired') AS expired,
  quantileExactIf(0.95)(${secondsBetween('issued.issued_at', 'answers.answered_at')}, answer = 'applied') AS p95_to_applied
FROM answers INNER JOIN issued ON issued.command_id = answers.command_id
GROUP BY receiver ORDER BY commands DESC, receiver LIMIT 50`,
    columns: {
      receiver: {},
      commands: {},
      applied: {},
      accepted: {},
      refused: {},
      expired: {},
      p95_to_applied: { unit: units.Seconds },
    },
    width: 10,
  });
}

function decisions(): readonly SizedPanel[] {
  return [
    timeSeries({
      title: 'Decisions by mode',
      description:
        '`issued` and `withheld` are of enforcing rules; `warn` and `shadow` only say what they would have done.',
      sql: `SELECT $__timeInterval(decided_at) AS time,
  countIf(mode = 'enforce' AND withheld_reason = '') AS issued,
  countIf(mode = 'enforce' AND withheld_reason != '') AS withheld,
  countIf(mode = 'warn') AS warn, countIf(mode = 'shadow') AS shadow
FROM ${DECISION_ROWS} GROUP BY time ORDER BY time`,
      unit: units.Short,
      series: {
        issued: COLOURS.vermilion,
        withheld: COLOURS.orange,
        warn: COLOURS.yellow,
        shadow: COLOURS.grey,
      },
      draw: 'bars',
      width: 12,
      height: 9,
    }),
    tablePanel({
      title: 'Why nothing was done',
      description:
        'Decisions that issued no command, by their decisive reason; the policy guide explains each.',
      sql: `SELECT withheld_reason AS reason, mode, rule_id AS rule, count() AS decisions,
  uniqExact(agent_uid) AS agents, max(decided_at) AS last
FROM ${DECISION_ROWS} AND withheld_reason != ''
GROUP BY reason, mode, rule ORDER BY decisions DESC, reason, rule LIMIT 50`,
      columns: {
        reason: {},
        mode: { width: 90 },
        rule: {},
        decisions: { width: 100 },
        agents: { width: 90 },
        last: { unit: units.DatetimeISO, width: 170 },
      },
      width: 12,
    }),
  ];
}

const RULE = `replaceRegexpOne(rule_id, '/(escalates|retries|lapses|awaits|unanswered|reaches|probes|resumes|extends|stands)(/.*)?$', '')`;
const ASKS = "('require_step_up', 'hold', 'hold_payment')";

function responseImpact(): SizedPanel {
  return tablePanel({
    title: 'What rules cost people',
    description:
      'Of the orders of the period, by the rule that led to them: what was asked of people, what was taken, what was taken back since (by a person, or with its alert), what guards withheld, and what rules that only watch would have ordered. Waiting times and refused calls: `waywarden response-impact`.',
    sql: `WITH rules AS (
  SELECT arrayJoin(issued_command_ids) AS id, min(${RULE}) AS rule FROM decisions_v1 FINAL
  WHERE ${IS_TENANT} GROUP BY id),
undone AS (SELECT DISTINCT restores AS id FROM revocation_commands_v1 FINAL WHERE ${IS_TENANT} AND restores != '')
SELECT rule, sum(asked) AS step_ups, sum(taken) AS revocations, sum(undone) AS reverted,
  sum(held) AS withheld, sum(would) AS would_order FROM (
  SELECT rules.rule AS rule, toUInt64(action IN ${ASKS}) AS asked, toUInt64(action NOT IN ${ASKS}) AS taken,
    toUInt64(toString(command_id) IN (SELECT id FROM undone)) AS undone, toUInt64(0) AS held, toUInt64(0) AS would
  FROM revocation_commands_v1 FINAL LEFT JOIN rules ON rules.id = toString(command_id)
  WHERE ${IS_TENANT} AND $__timeFilter(issued_at) AND action NOT IN ('restore', 'probe', 'signal_risk', 'open_case')
  UNION ALL SELECT ${RULE} AS rule, toUInt64(0), toUInt64(0), toUInt64(0),
    toUInt64(mode = 'enforce'), toUInt64(mode != 'enforce')
  FROM ${DECISION_ROWS} AND withheld_reason NOT IN ('', 'already_contained', 'already_so', 'alert_withdrawn')
) GROUP BY rule ORDER BY step_ups + revocations DESC, rule LIMIT 50`,
    columns: {
      rule: {},
      step_ups: { title: 'step-ups' },
      revocations: {},
      reverted: { title: 'taken back' },
      withheld: {},
      would_order: { title: 'would have ordered' },
    },
    width: 24,
  });
}

export function containmentDashboard(): Dashboard {
  return dashboard({
    uid: 'waywarden-containment',
    title: 'Waywarden: containment clock',
    description: 'From the order to its proof: applied, denied, not confirmed, leaked, withheld.',
    from: 'now-24h',
    rows: [
      numbers(),
      [clock(), applied()],
      [containments()],
      [unconfirmed(), receivers()],
      decisions(),
      [responseImpact()],
    ],
  });
}
