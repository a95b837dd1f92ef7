/** Whether Waywarden sees: events, delay, what was refused, what is late, who fell silent. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { ALERT_ROWS, callRows, EVENT_ROWS, MINUTE_ROWS } from './conditions.ts';
import { dashboard } from './dashboard.ts';
import { SILENCE_WORDS } from './mappings.ts';
import { COLOURS } from './palette.ts';
import { type SizedPanel, stat, tablePanel, timeSeries } from './panels.ts';
import { IS_TENANT, sourceVariable, variable, whereChosen } from './variables.ts';

/** Seconds after which an event counts as late: the policy's `limits.lateness` unless changed. */
const LATE_SECONDS = 1_800;
/** A source is silent after so many of its usual gaps (`limits.silence_factor`), five minutes at least. */
const SILENCE_FACTOR = 3;
const SILENCE_MINUTES_MIN = 5;

const CHOSEN = whereChosen(
  `hex(source_instance) IN (${variable('source', 'sqlstring')})`,
  'source',
);
const SOURCE_EVENTS = `${EVENT_ROWS} AND ${CHOSEN}`;
/** Letters that were written without a time have only that of the store. */
const DEAD_LETTERS = `(
  SELECT reason, source, detail, if(received_at > toDateTime64(0, 9), received_at, stored_at) AS refused_at
  FROM dead_letters_v1 FINAL
) WHERE $__timeFilter(refused_at)`;
const EVERYBODYS =
  'Of all tenants and sources: what could not be read has no proven tenant. The bodies are sealed.';

/** Gaps are between minutes with events; the median is the usual one. */
const SOURCES = `(
  SELECT source_kind AS kind, source_instance AS source, sum(n) AS events, max(last) AS last_event,
    arraySort(groupUniqArray(20000)(toUInt32(toUnixTimestamp(at)))) AS minutes,
    arrayPopFront(arrayDifference(minutes)) AS gaps,
    if(empty(gaps), 60, arrayElement(arraySort(gaps), intDiv(length(gaps) + 1, 2))) AS usual_gap,
    if(empty(gaps), 0, arrayMax(gaps)) AS longest_gap,
    dateDiff('second', last_event, ($__toTime)) AS silent_for,
    if(silent_for > greatest(${SILENCE_FACTOR} * usual_gap, ${SILENCE_MINUTES_MIN * 60}), 'silent', 'sending') AS state
  FROM (
    SELECT source_kind, source_instance, toStartOfMinute(observed_time) AS at, count() AS n,
      max(observed_time) AS last
    FROM ${SOURCE_EVENTS} GROUP BY source_kind, source_instance, at
  )
  GROUP BY kind, source
)`;

function seconds(from: string, to: string): string {
  return `dateDiff('millisecond', ${from}, ${to}) / 1000`;
}

function numbers(): readonly SizedPanel[] {
  return [
    stat({
      title: 'Events a second, mean',
      description:
        'Mean over the period, by event time, of all activities and phases. From the roll-ups.',
      sql: `SELECT sum(version) / greatest(toUnixTimestamp($__toTime) - toUnixTimestamp($__fromTime), 1) AS events
FROM ${callRows()}`,
      unit: units.EventsPerSecond,
      width: 4,
    }),
    stat({
      title: 'Dead letters',
      description: `Records that ingest or a stage refused in the period. ${EVERYBODYS}`,
      sql: `SELECT count() AS letters FROM ${DEAD_LETTERS}`,
      unit: units.Short,
      attentionFrom: 1,
      width: 4,
    }),
    stat({
      title: 'Late events',
      description: `Observed more than ${LATE_SECONDS / 60} minutes after they happened (the shipped limit of lateness): they are scored and stored, but what they complete may come too late to stop.`,
      sql: `SELECT countIf(${seconds('event_time', 'observed_time')} > ${LATE_SECONDS}) AS events FROM ${SOURCE_EVENTS}`,
      unit: units.Short,
      attentionFrom: 1,
      width: 4,
    }),
    stat({
      title: 'Silent sources',
      description: `Sources that sent in the period and then stopped for more than ${SILENCE_FACTOR} of their usual gaps, ${SILENCE_MINUTES_MIN} minutes at least. A source that sent nothing at all in the period is not counted: look at a longer one.`,
      sql: `SELECT countIf(state = 'silent') AS sources FROM ${SOURCES}`,
      unit: units.Short,
      attentionFrom: 1,
      width: 4,
    }),
    stat({
      title: 'Stored twice, or not rolled up',
      description:
        'Rows of the period less those that the roll-ups count: physical repeats (dropped in every answer) and the newest rows until the next refresh. What stays high needs `waywarden verify`. Repeats that were dropped before the store are not seen here.',
      sql: `SELECT toInt64(count()) - (SELECT toInt64(sum(version)) FROM ${MINUTE_ROWS}) AS events
FROM audit_events_v1
WHERE ${IS_TENANT} AND event_time >= toStartOfMinute($__fromTime)
  AND event_time < addMinutes(toStartOfMinute($__toTime), 1)`,
      unit: units.Short,
      width: 4,
    }),
    stat({
      title: 'Alerts not evaluable',
      description:
        'Alerts of the period where evidence was cut or missing: shown, never acted on automatically.',
      sql: `SELECT countIf(NOT evaluable) AS alerts FROM ${ALERT_ROWS} AND state = 'open'`,
      unit: units.Short,
      width: 4,
    }),
  ];
}

function flow(): readonly SizedPanel[] {
  return [
    timeSeries({
      title: 'Events a second',
      description: 'By event time, of all activities and phases. From the roll-up by the minute.',
      sql: `SELECT $__timeInterval(minute) AS time, sum(version) / ($__interval_s) AS events
FROM ${MINUTE_ROWS} GROUP BY time ORDER BY time`,
      unit: units.EventsPerSecond,
      series: { events: COLOURS.sky },
      draw: 'bars',
      width: 12,
    }),
    timeSeries({
      title: 'Delay',
      description:
        '`seen`: from the event to ingest. `stored`: from ingest to the store. Half and 99 of 100 events. A replay has no delay of the first kind by definition. Reads the raw events.',
      sql: `SELECT $__timeInterval(event_time) AS time,
  quantileTDigest(0.5)(seen) AS seen_p50, quantileTDigest(0.99)(seen) AS seen_p99,
  quantileTDigest(0.5)(stored) AS stored_p50, quantileTDigest(0.99)(stored) AS stored_p99
FROM (
  SELECT event_time, ${seconds('event_time', 'observed_time')} AS seen,
    ${seconds('observed_time', 'stored_at')} AS stored
  FROM ${SOURCE_EVENTS}
) GROUP BY time ORDER BY time`,
      unit: units.Seconds,
      series: {
        seen_p50: COLOURS.sky,
        seen_p99: COLOURS.blue,
        stored_p50: COLOURS.orange,
        stored_p99: COLOURS.vermilion,
      },
      draw: 'lines',
      width: 12,
    }),
  ];
}

function refused(): readonly SizedPanel[] {
  return [
    timeSeries({
      title: 'Late events and future times',
      description: `Events observed more than ${LATE_SECONDS / 60} minutes after they happened, and events whose own time is more than two minutes ahead of ingest. Reads the raw events.`,
      sql: `SELECT $__timeInterval(event_time) AS time,
  countIf(ahead < -${LATE_SECONDS}) AS late, countIf(ahead > 120) AS future
FROM (SELECT event_time, ${seconds('observed_time', 'event_time')} AS ahead FROM ${SOURCE_EVENTS})
GROUP BY time ORDER BY time`,
      unit: units.Short,
      series: { late: COLOURS.orange, future: COLOURS.purple },
      draw: 'bars',
      width: 12,
      height: 9,
    }),
    tablePanel({
      title: 'Dead letters by reason',
      description: `The 50 most frequent. ${EVERYBODYS}`,
      sql: `SELECT reason, source, count() AS letters, any(detail) AS example, max(refused_at) AS last
FROM ${DEAD_LETTERS} GROUP BY reason, source ORDER BY letters DESC, reason, source LIMIT 50`,
      columns: {
        reason: {},
        source: {},
        letters: { width: 80 },
        example: {},
        last: { unit: units.DatetimeISO, width: 170 },
      },
      width: 12,
    }),
  ];
}

function sources(): SizedPanel {
  return tablePanel({
    title: 'Sources',
    description:
      'By how long each has been silent at the end of the period. Gaps are between minutes with events; at most 100 sources.',
    sql: `SELECT state, kind, source, events, last_event, silent_for, usual_gap, longest_gap
FROM ${SOURCES} ORDER BY state = 'silent' DESC, silent_for DESC, source LIMIT 100`,
    columns: {
      state: { words: SILENCE_WORDS, width: 110 },
      kind: {},
      source: {},
      events: {},
      last_event: { unit: units.DatetimeISO, width: 170 },
      silent_for: { unit: units.Seconds },
      usual_gap: { unit: units.Seconds },
      longest_gap: { unit: units.Seconds },
    },
    width: 24,
  });
}

export function pipelineDashboard(): Dashboard {
  return dashboard({
    uid: 'waywarden-pipeline',
    title: 'Waywarden: pipeline health',
    description: 'Whether Waywarden sees everything, in time.',
    from: 'now-6h',
    variables: [sourceVariable()],
    rows: [numbers(), flow(), [sources()], refused()],
  });
}
