/**
 * Too much at once, over ten minutes to a day or a task, against own days and peers' (`series.ts`; Gelman et al.
 * 2013, Vovk & Wang 2021). One alarm a call.
 */
import {
  type AlertReason,
  type AuditEvent,
  epochMs,
  type RegistryAgent,
  shortPrint,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { Score } from '../../alerting/alarm.ts';
import { isFalsePositive } from '../../alerting/verdicts.ts';
import { DAY_MS, DAYS_KNOWN_MIN, dayOf } from '../../domain/day.ts';
import { PRINT_48 } from '../../domain/record-table.ts';
import { knownOf, storeKnown } from '../../state/agent/agent-key.ts';
import { declaredSince } from '../../state/agent/declarations.ts';
import { turnOf } from '../../state/agent/piece-of-work.ts';
import {
  type SeenVolume,
  type Span,
  volumeReasonWords,
  volumeWords,
} from '../../wording/volume.ts';
import { type Feature, type Flag, ownBaseline, type SharedBaseline } from '../feature.ts';
import { peersOf } from '../peers/peer-snapshots.ts';
import { COUNTED, MEASURES, type Measure, SPAN_MS } from './measures.ts';
import {
  amountOfLog,
  atDay,
  climbOf,
  DAYS_PER_ALARM,
  logOf,
  NEW_SERIES,
  type PeerDays,
  type Series,
  usualOf,
  withAmount,
} from './series.ts';

/** Too much at once, as one alarm. */
interface TooMuch {
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

function volumeScore(event: AuditEvent, tooMuch: readonly TooMuch[], since: number): Score {
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

interface VolumeState {
  /** Late events change no day. */
  readonly day: number;
  readonly since: number;
  readonly tasks: readonly (readonly [task: string, calls: number])[];
  readonly series: Readonly<Record<string, Series>>;
}

const TASKS_MAX = 8;
/** Days after a declared change on which it may bring more. */
const GUARDED_DAYS = 2;
const STATE = 'volume';

interface Spanned {
  readonly key: string;
  readonly measure: Measure;
  readonly span: Span;
  readonly floor: number;
}

const spansOf = (measure: Measure): readonly Spanned[] =>
  Object.entries(measure.floors).map(([span, floor]) => ({
    ...{ key: `${measure.name}/${span}`, measure, span: span as Span, floor },
  }));
const SPANNED: readonly (readonly [Measure, readonly Spanned[]])[] = MEASURES.map((one) => [
  one,
  spansOf(one),
]);

interface Counted {
  readonly transaction: Transaction;
  readonly event: AuditEvent;
  readonly next: VolumeState;
  readonly tooMuch: readonly TooMuch[];
}

function peerDaysOf(
  transaction: Transaction,
  event: AuditEvent,
  registered: RegistryAgent | undefined,
  key: string,
): PeerDays | undefined {
  const peers = peersOf(transaction, event, {
    registered,
    knows: ({ volumes }) => Object.hasOwn(volumes, key),
  });
  return peers?.level === 'peer group' ? peers.snapshot.volumes[key] : undefined;
}

function stateAt(
  transaction: Transaction,
  event: AuditEvent,
  registered?: RegistryAgent,
): VolumeState {
  const day = dayOf(event);
  const before = knownOf<VolumeState>(transaction, event, STATE);
  if (before === undefined) return { day, since: day, tasks: [], series: {} };
  if (day <= before.day) return before;
  const declared = declaredSince(transaction, event);
  const isGuarded = declared !== undefined && day - Math.floor(declared / DAY_MS) <= GUARDED_DAYS;
  const series: Record<string, Series> = {};
  for (const [, all] of SPANNED) {
    for (const { key, floor } of all) {
      const known = before.series[key];
      if (known === undefined) continue;
      const peers =
        known.days.length < DAYS_KNOWN_MIN
          ? peerDaysOf(transaction, event, registered, key)
          : undefined;
      series[key] = atDay(known, before.day, { day, floor, peers, isGuarded });
    }
  }
  return { ...before, day, tasks: [], series };
}

function taskWith(tasks: VolumeState['tasks'], event: AuditEvent) {
  const task = shortPrint(turnOf(event), PRINT_48);
  const at = tasks.findIndex(([one]) => one === task);
  const calls = (tasks[at]?.[1] ?? 0) + 1;
  const others = at < 0 ? tasks.slice(1 - TASKS_MAX) : tasks.filter((_, n) => n !== at);
  return { tasks: [...others, [task, calls] as const], calls };
}

function windowWith(
  series: Series,
  { span }: Spanned,
  event: AuditEvent,
  amount: number,
): { readonly halves: Series['halves']; readonly sum: number } {
  const length = SPAN_MS[span];
  if (length !== undefined) {
    const half = Math.floor((2 * epochMs(event.event_time)) / length);
    return withAmount(series.halves, half, amount);
  }
  const day = dayOf(event);
  const at = series.halves.findIndex(([of]) => of === day);
  const sum = (series.halves[at]?.[1] ?? 0) + amount;
  const others = series.halves.filter((_, n) => n !== at).slice(-1);
  return { halves: [...others, [day, sum]], sum };
}

function judge(series: Series, sum: number): Pick<TooMuch, 'climb'> | undefined {
  const { limit } = series;
  if (limit === undefined) return undefined;
  if (sum > limit) return { climb: undefined };
  const climb = logOf(sum) > series.peak ? climbOf(series, sum) : undefined;
  return climb === undefined ? undefined : { climb };
}

function count(transaction: Transaction, event: AuditEvent, registered?: RegistryAgent): Counted {
  const state = stateAt(transaction, event, registered);
  const series: Record<string, Series> = { ...state.series };
  const tooMuch: TooMuch[] = [];
  let { tasks } = state;
  for (const [measure, all] of SPANNED) {
    const amount = measure.amountOf(event) ?? 0;
    if (amount <= 0) continue;
    for (const spanned of all) {
      const { key, span, floor } = spanned;
      const before = series[key] ?? NEW_SERIES;
      let { halves } = before;
      let sum: number;
      if (span === 'task') ({ tasks, calls: sum } = taskWith(tasks, event));
      else ({ halves, sum } = windowWith(before, spanned, event, amount));
      const log = logOf(sum);
      series[key] = { ...before, halves, peak: Math.max(before.peak, log) };
      const judged = sum >= floor ? judge(before, sum) : undefined;
      if (judged !== undefined)
        tooMuch.push({ measure, span, key, sum, series: before, ...judged });
    }
  }
  return { transaction, event, next: { ...state, tasks, series }, tooMuch };
}

/** Set by `score` for the `learn` that follows. */
let counted: Counted | undefined;

export const volume: Feature = {
  name: 'volume',
  activities: COUNTED,

  score(transaction: Transaction, event: AuditEvent, registered?: RegistryAgent): Score | null {
    if (event.event_time_quality !== 'measured') return null;
    counted = count(transaction, event, registered);
    const { next, tooMuch } = counted;
    return tooMuch.length === 0 ? null : volumeScore(event, tooMuch, next.since);
  },

  learn(transaction: Transaction, event: AuditEvent, _flag: Flag): void {
    if (event.event_time_quality !== 'measured') return;
    const known =
      counted?.event === event && counted.transaction === transaction ? counted : undefined;
    counted = undefined;
    const { next, tooMuch } = known ?? count(transaction, event);
    if (tooMuch.length === 0) {
      storeKnown(transaction, event, STATE, next);
      return;
    }
    const series: Record<string, Series> = { ...next.series };
    for (const { key, sum } of tooMuch) {
      if (isFalsePositive(transaction, event, `volume/${key}`, sum)) continue;
      const of = series[key] ?? NEW_SERIES;
      series[key] = { ...of, over: [of.over?.[0] ?? next.day, next.day] };
    }
    storeKnown(transaction, event, STATE, { ...next, series } satisfies VolumeState);
  },

  share(transaction: Transaction, event: AuditEvent): SharedBaseline {
    const { series = {} } = knownOf<VolumeState>(transaction, event, STATE) ?? {};
    return { maxima: Object.entries(series).map(([key, { days }]) => [key, days]) };
  },
};
