/** Too much at once, as one alarm. */
import type { AlertReason, AuditEvent } from '@waywarden/schemas';
import type { Score } from '../../alerting/alarm.ts';
import { DAY_MS, DAYS_KNOWN_MIN, dayOf } from '../../domain/day.ts';
import {
  type SeenVolume,
  type Span,
  volumeReasonWords,
  volumeWords,
} from '../../wording/volume.ts';
import { ownBaseline } from '../feature.ts';
import { type Measure, SPAN_MS } from './measures.ts';
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

function usualDay({ days }: Series) {
  const usual = usualOf(days);
  if (usual === undefined) return undefined;
  const amount = (log: number) => Math.round(amountOfLog(log));
  return { median: amount(usual.median), most: amount(usual.largest) };
}

function seenOf({ measure, span, series, sum, climb }: TooMuch, sinceDay: number): SeenVolume {
  return { measure: measure.name, span, sum, climb, sinceDay, usual: usualDay(series) };
}

function reasonOf(one: TooMuch, since: number): AlertReason {
  const { series, climb } = one;
  return {
    feature: `volume/${one.key}`,
    ...volumeReasonWords(seenOf(one, since)),
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
  const isClimb = tooMuch.every(({ climb }) => climb !== undefined);
  const seen = [first, ...others].map((one) => seenOf(one, since));
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
      ...volumeWords(event, seen, isClimb),
      evidence: [],
      taxonomy: first.measure.taxonomy,
      grouping: {
        amounts: tooMuch.map(({ key, sum }) => [`volume/${key}`, sum] as const),
        alike: first.measure.alike,
        spanMs: first.span === 'day' ? DAY_MS : SPAN_MS[first.span],
      },
    },
  };
}
