/** Too much at once, as one alarm. */
import type { AlertReason, AuditEvent } from '@waywarden/schemas';
import type { Score } from '../../alerting/alarm.ts';
import { agentName } from '../../domain/agent-name.ts';
import { DAY_MS, DAYS_KNOWN_MIN, dateOfDay, dayOf } from '../../domain/day.ts';
import { shorten, TITLE_LENGTH_MAX } from '../../domain/short-text.ts';
import { ownBaseline } from '../own-baseline.ts';
import { type Measure, SPAN_MS, SPAN_WORDS, type Span } from './measures.ts';
import { amountOfLog, DAYS_PER_ALARM, type Series, usualOf } from './series.ts';

export interface TooMuch {
  readonly measure: Measure;
  readonly span: Span;
  readonly key: string;
  readonly sum: number;
  readonly series: Series;
  /** Times its usual day, where it climbed. */
  readonly climb: number | undefined;
}

const levelOf = ({ series }: TooMuch) =>
  series.days.length < DAYS_KNOWN_MIN ? 'peer group' : 'agent';

function usualWords({ measure, span, series }: TooMuch): string {
  const usual = usualOf(series.days);
  if (usual === undefined) return 'its own days are too few, so those of its peers decide';
  const most = measure.say(Math.round(amountOfLog(usual.largest)));
  const median = measure.say(Math.round(amountOfLog(usual.median)));
  const busiest = span === 'day' ? 'a usual day has' : 'the busiest of a usual day has';
  return `${busiest} ${median}, the most so far was ${most}`;
}

function reasonOf(one: TooMuch, since: number): AlertReason {
  const { measure, span, series, sum, climb } = one;
  const observed = `${measure.say(sum)} ${SPAN_WORDS[span]}`;
  const rising =
    climb === undefined
      ? ''
      : `; day after day set a new record, up to ${climb.toFixed(1)} times the usual before that`;
  return {
    feature: `volume/${one.key}`,
    text: `${observed}; ${usualWords(one)} (since ${dateOfDay(since)})${rising}.`,
    expected: usualWords(one),
    observed,
    baseline_n: series.days.length,
    level: levelOf(one),
    ...(climb === undefined ? { threshold: Math.floor(series.limit ?? 0) } : {}),
    p_value: 1 / DAYS_PER_ALARM,
    threshold_source: 'learned',
  };
}

const gravestFirst = (a: TooMuch, b: TooMuch): number =>
  Number(b.measure.severity === 'medium') - Number(a.measure.severity === 'medium');

export function volumeScore(event: AuditEvent, tooMuch: readonly TooMuch[], since: number): Score {
  const [first, ...others] = [...tooMuch].sort(gravestFirst);
  if (first === undefined) throw new Error('A volume was reported, and nothing is too much.');
  const who = agentName(event);
  const phrase = (one: TooMuch) => `${one.measure.say(one.sum)} ${SPAN_WORDS[one.span]}`;
  const isClimb = tooMuch.every(({ climb }) => climb !== undefined);
  const also = others.length === 0 ? '' : ` Also: ${others.map(phrase).join('; ')}.`;
  const text = reasonOf(first, since).text;
  return {
    feature: 'volume',
    points: 12,
    weight: 0.02,
    reasons: () => [first, ...others].map((one) => reasonOf(one, since)),
    baseline: {
      ...ownBaseline({ sinceDay: since, day: dayOf(event), n: first.series.days.length }),
      level: levelOf(first),
    },
    alarm: {
      kind: 'behavior_deviation',
      ruleId: isClimb ? 'volume-climb' : 'volume',
      severity: first.measure.severity,
      dedupeKey: 'volume',
      title: shorten(
        `${who}: ${phrase(first)}, ${isClimb ? 'climbing day by day' : 'more than on any day so far'}`,
        TITLE_LENGTH_MAX,
      ),
      summary: `${who} made ${text}${also}`,
      evidence: [],
      notVisible: ['What the calls were for is not known here: only how many and how large.'],
      taxonomy: first.measure.taxonomy,
      grouping: {
        amounts: tooMuch.map(({ key, sum }) => [`volume/${key}`, sum] as const),
        alike: first.measure.alike,
        spanMs: first.span === 'day' ? DAY_MS : SPAN_MS[first.span],
      },
    },
  };
}
