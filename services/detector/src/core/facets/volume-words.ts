/** What a volume that is too much is told as: in a reason, and as an alert. */
import type { AlertReason } from '@waywarden/schemas';
import { baselineOf, LEANING_NOTE, PEER_LEVELS } from '../peers/peer-snapshots.ts';
import { counted, shorten } from '../short-text.ts';
import { DAYS_PER_CHANCE, dateOfDay } from '../volume/block-maxima.ts';
import { BLOCKS_MIN, usualOf } from '../volume/day-score.ts';
import { ANCHOR_DAYS } from '../volume/first-days.ts';
import { largestChance } from '../volume/largest-of.ts';
import { firstDayOf } from '../volume/stretch.ts';
import type { FacetAlarm } from './facet.ts';
import { beyondFirstDays, undeclaredSince } from './first-days-words.ts';
import { agentName } from './novelty-words.ts';
import { ownBaseline } from './own-baseline.ts';
import { timesOf } from './times.ts';
import type { JudgedVolume, SingleCall, VolumeOptions } from './volume-judgement.ts';

const TITLE_LENGTH_MAX = 90;
const ONE_CALL = '-one-call';

function expectedOf({ event, next, leaning }: JudgedVolume, options: VolumeOptions): string {
  const { say, span, unit } = options;
  const within = span.replace(/^an? /, '');
  if (leaning !== undefined) {
    const { usual, agents } = leaning.verdict;
    const whose = leaning.peers.level === PEER_LEVELS.tenant ? 'agents of its tenant' : 'peers';
    return `about ${say(Math.round(usual), event)} in the busiest ${within} of a day of ${agents} ${whose}`;
  }
  const { logs, peak, guard } = next.maxima;
  const usual = usualOf(logs, unit);
  if (usual === undefined && guard !== undefined) {
    return `at most ${say(Math.floor(guard), event)}, twice what alarmed before its latest declared changes,`;
  }
  return usual === undefined
    ? `never more than ${say(next.windows.most, event)} within ${span} in the ${counted(next.windows.counts.n, 'window')} that are counted`
    : `about ${say(Math.round(Math.expm1(usual.median)), event)} in the busiest ${within} of a day, at most ${say(peak, event)} on days that are counted`;
}

function singleReason(
  { event, next }: JudgedVolume,
  { amount, p }: SingleCall,
  { name, say }: VolumeOptions,
): AlertReason {
  const { calls, largest, guard } = next.single;
  const most =
    guard === undefined
      ? `at most ${say(largest, event)} in any of the ${counted(calls, 'call')} before that are counted`
      : `after its declared change at most ${say(guard, event)} pass, twice what alarmed before`;
  return {
    feature: name,
    text: `${say(amount, event)} in one call; ${most}.`,
    expected: `at most ${say(guard ?? largest, event)} in one call`,
    observed: `${say(amount, event)} in one call`,
    p_value: Number(p.toPrecision(3)),
    baseline_n: calls,
    level: 'agent',
    threshold: 1 / DAYS_PER_CHANCE,
    threshold_source: 'learned',
  };
}

/** What was let pass day by day, and lies far beyond where the agent began. */
function firstReason(
  { event, next, sum, threshold }: JudgedVolume,
  most: number,
  options: VolumeOptions,
) {
  const { name, say, span } = options;
  const within = `within ${span}`;
  // Not what they had: of the last of them a little above those before is learnt at most.
  const expected = `its first ${counted(ANCHOR_DAYS, 'day')} count as at most ${say(Math.round(most), event)} ${within}`;
  return {
    feature: name,
    text: `${say(sum, event)} ${within}; ${expected}, and ${undeclaredSince(next.maxima.declaredMs)}.`,
    expected,
    observed: `${say(sum, event)} ${within}`,
    baseline_n: ANCHOR_DAYS,
    level: 'agent',
    threshold: Number(threshold.toPrecision(4)),
    threshold_source: 'learned',
  } as const satisfies AlertReason;
}

/**
 * Windows of first days are no counts of chance, of bytes least of all: by the count tail, which is what alarms, they
 * would come twice as often as stated (docs/measurements/calibration.md).
 */
function statedP({ p, sum, leaning, next: { maxima, windows } }: JudgedVolume) {
  const isEarly = leaning === undefined && maxima.logs.length < BLOCKS_MIN;
  // After a declared change what alarmed before decides, of which nobody knows how often it comes.
  if (isEarly && maxima.guard !== undefined) return {};
  const stated = isEarly ? Math.max(p, largestChance(sum, windows.most, windows.counts.n)) : p;
  return { p_value: Number(stated.toPrecision(3)) };
}

export function volumeReason(judged: JudgedVolume, options: VolumeOptions): AlertReason {
  if (judged.single !== undefined && !judged.isOver) {
    return singleReason(judged, judged.single, options);
  }
  if (judged.first !== undefined) return firstReason(judged, judged.first.most, options);
  const { event, next, sum, threshold, learned, leaning } = judged;
  const { name, say, span } = options;
  const { logs, since } = next.maxima;
  const expected = expectedOf(judged, options);
  const own = logs.length >= BLOCKS_MIN ? logs.length : next.windows.counts.n;
  return {
    feature: name,
    text: `${say(sum, event)} within ${span}; ${expected}${leaning === undefined ? ` since ${dateOfDay(since)}` : ''}.`,
    expected,
    observed: `${say(sum, event)} within ${span}`,
    ...statedP(judged),
    baseline_n: leaning?.verdict.days ?? own,
    level: leaning?.peers.level ?? 'agent',
    threshold: Number(threshold.toPrecision(4)),
    threshold_source: learned ? 'learned' : 'static',
  };
}

/**
 * What goes on is told once, not every day; again when it is twice as much, and each day in the same alert. A
 * young agent that does more than its peers is told once until it has days of its own.
 */
function dedupeKeyOf(judged: JudgedVolume, options: VolumeOptions): string {
  const { event, next, leaning } = judged;
  const { day, since, kept } = next.maxima;
  const when = leaning === undefined ? `${firstDayOf(kept, day)}` : `young since ${since}`;
  return `${options.name}|${when}|${options.partOf?.(event) ?? ''}`;
}

/** What a verdict on its alert is about: of a part of the agent, that part. */
export function volumeSame(rule: string, part: string | undefined): string {
  return `${rule}|${part ?? ''}`;
}

/** The same, of one call. */
const singleSame = (rule: string, part: string | undefined) =>
  volumeSame(`${rule}${ONE_CALL}`, part);

export const ruleOf = ({ name }: Pick<VolumeOptions, 'name'>) => name.replaceAll('_', '-');

function unseenOf({ next, leaning }: JudgedVolume): readonly string[] {
  if (leaning !== undefined) {
    return [LEANING_NOTE];
  }
  const isSettled = next.maxima.logs.length >= BLOCKS_MIN;
  return [
    'Peers were not compared: only this agent’s own history was.',
    ...(isSettled
      ? []
      : ['Its history is shorter than seven days, so a coarse threshold was used.']),
  ];
}

/** What is usual in the busiest window of a day, or the most that is known while days are few. */
function usualAmount({ next, leaning }: JudgedVolume, { unit }: VolumeOptions): number {
  if (leaning !== undefined) return leaning.verdict.usual;
  const usual = usualOf(next.maxima.logs, unit);
  return usual === undefined ? next.windows.most : Math.expm1(usual.median);
}

/** One call is told like the day that it makes. */
function singleAlarm(judged: JudgedVolume, { amount }: SingleCall, options: VolumeOptions) {
  const { event, next, known } = judged;
  const { severity, say, taxonomy } = options;
  const rule = ruleOf(options);
  const who = agentName(event);
  const chance =
    next.single.guard === undefined
      ? ` By chance a day brings such a call once in ${DAYS_PER_CHANCE} at most.`
      : '';
  return {
    kind: 'behavior_deviation',
    ruleId: `${rule}${ONE_CALL}`,
    severity,
    same: [[singleSame(rule, known.part), amount]] as const,
    dedupeKey: dedupeKeyOf(judged, options),
    alike: options.alike,
    times: timesOf(amount, next.single.largest),
    amount,
    much: `${say(amount, event)} in one call`,
    day: next.maxima.day,
    title: shorten(
      `${who}: ${say(amount, event)} in one call, more than in any that is counted`,
      TITLE_LENGTH_MAX,
    ),
    summary: `${who} has ${volumeReason(judged, options).text}${chance}`,
    evidence: [],
    notVisible: unseenOf(judged),
    taxonomy,
  };
}

/** What it was held against: its peers where they decide, else its own days, or its windows while it has none. */
export function baselineFor({ leaning, isOver, next }: JudgedVolume) {
  if (isOver && leaning !== undefined) return baselineOf(leaning.peers, leaning.verdict.days);
  const { logs, since, day } = next.maxima;
  const n = logs.length >= BLOCKS_MIN ? logs.length : next.windows.counts.n;
  return ownBaseline({ sinceDay: since, day, n });
}

function thanOf({ leaning, first, sum }: JudgedVolume, floor: number): string {
  if (leaning !== undefined) return 'more than its peers';
  if (first === undefined) return 'more than on any day that is counted';
  return beyondFirstDays(sum, first.most, floor);
}

export function volumeAlarm(judged: JudgedVolume, options: VolumeOptions): FacetAlarm {
  const { event, sum, threshold, single, isOver, known } = judged;
  if (single !== undefined && !isOver) return singleAlarm(judged, single, options);
  const { severity, say, span, taxonomy } = options;
  const ruleId = ruleOf(options);
  const who = agentName(event);
  return {
    kind: 'behavior_deviation',
    ruleId,
    severity,
    // The call alone is a reason behind the window's: who judges the alert judges both.
    same: [
      [volumeSame(ruleId, known.part), sum],
      ...(single === undefined ? [] : [[singleSame(ruleId, known.part), single.amount] as const]),
    ],
    dedupeKey: dedupeKeyOf(judged, options),
    alike: options.alike,
    times: timesOf(sum, usualAmount(judged, options)),
    amount: sum,
    much: `${say(sum, event)} within ${span}`,
    ...(options.partOf === undefined ? {} : { isOfPart: true }),
    day: judged.next.maxima.day,
    title: shorten(
      `${who}: ${say(sum, event)} within ${span}, ${thanOf(judged, options.floor)}`,
      TITLE_LENGTH_MAX,
    ),
    summary: `${who} has ${volumeReason(judged, options).text} The alarm begins above ${say(Math.floor(threshold), event)}.`,
    evidence: [],
    notVisible: unseenOf(judged),
    taxonomy,
  };
}
