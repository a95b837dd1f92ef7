/**
 * How long it was since the call before: within the task, and before a task's first call since the agent's last one.
 * Against this agent's own gaps, each kind apart, as bits of a rank. Both ends are odd where they are rare: a machine
 * in place of a person as well as a task that is taken up again days later. It ranks and alarms never.
 *
 * Method: gaps are counted by doublings from a quarter of a second on (their spread is that of ratios), and how usual
 * one is, is how many lie in its bin and, half as much, beside it. The rank is a full conformal p-value: with
 * the new gap counted, the share of all that are as unusual; valid if gaps are exchangeable. Counts are halved when
 * one reaches 63, so old habits fade. Source: Vovk, Gammerman, Shafer, Algorithmic Learning in a Random World,
 * 2005; calibration is measured (docs/measurements/sequence.md).
 * Limits: times that are not measured are not asked, and a call that comes before the one before says nothing (clocks
 * that go back, late events); a time ahead of the one at which it was observed counts only as far as clocks may differ;
 * thirty gaps of a kind before it says anything; a task is timed while among the agent's latest sixteen.
 */
import { type AuditEvent, epochMs, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { digitAt, findPrint, fromDigits, toDigits, withoutRecord } from '../kept/print-table.ts';
import { CLOCK_LEAD_MAX_MS } from '../profile/agent-clock.ts';
import { counted } from '../short-text.ts';
import { type Facet, type FacetScore, WordedScore } from './facet.ts';
import { habitOf, keepHabit } from './habits.ts';

/** Gaps of a kind before a rank says anything. */
const GAPS_MIN = 30;
const GRAIN_MS = 250;
/** The last one begins at 24 days. */
const BINS = 24;
const COUNT_MAX = 63;
/** Tasks of an agent that are timed at once; the longest untouched begins anew. */
const TASKS_MAX = 16;
const TASK_PRINT = 6;
const TIME_DIGITS = 7;
const WIDTH = TASK_PRINT + TIME_DIGITS;

type Kind = 'gapsWithin' | 'gapsBetween';

const handKey = (event: AuditEvent) => agentKey(event, 'ticks');
const taskOf = (event: AuditEvent) => shortPrint(event.task?.id ?? event.chain_id, TASK_PRINT);

function msOf({ event_time: time, observed_time: seen }: AuditEvent): number {
  const ms = Math.max(0, epochMs(time));
  return time === seen ? ms : Math.min(ms, epochMs(seen) + CLOCK_LEAD_MAX_MS);
}

interface Gap {
  readonly kind: Kind;
  readonly ms: number;
}

/** The tasks that are timed, this one among them, and when this call was. */
interface Hand {
  readonly ms: number;
  readonly tasks: string;
  readonly task: string;
  readonly at: number;
}

function handOf(draft: Draft, event: AuditEvent): Hand {
  const tasks = draft.get<string>(handKey(event)) ?? '';
  const task = taskOf(event);
  return { ms: msOf(event), tasks, task, at: findPrint(tasks, task, WIDTH) };
}

/** Undefined where there is no call before it, or this one is the earlier. */
function gapOf({ ms: now, tasks, at }: Hand): Gap | undefined {
  const last = at < 0 ? tasks.slice(-TIME_DIGITS) : tasks.slice(at + TASK_PRINT, at + WIDTH);
  if (last === '') return undefined;
  const ms = now - fromDigits(last);
  return ms < 0 ? undefined : { kind: at < 0 ? 'gapsBetween' : 'gapsWithin', ms };
}

const binOf = (ms: number): number =>
  Math.min(BINS - 1, 31 - Math.clz32(1 + Math.min(2 ** 30, Math.floor(ms / GRAIN_MS))));

/** Of counts as they are kept: which bin the first is of, and counts from there on. */
const firstOf = (counts: string): number => digitAt(counts, 0);

function countAt(counts: string, bin: number): number {
  const at = 1 + bin - firstOf(counts);
  return at < 1 || at >= counts.length ? 0 : digitAt(counts, at);
}

function halved(counts: string): string {
  let text = counts.charAt(0);
  for (let at = 1; at < counts.length; at += 1) text += toDigits((digitAt(counts, at) + 1) >> 1, 1);
  return text;
}

/** With one more in this bin. */
function countedIn(before: string, bin: number): string {
  const one = toDigits(1, 1);
  if (before === '') return toDigits(bin, 1) + one;
  const count = countAt(before, bin);
  if (count >= COUNT_MAX) return countedIn(halved(before), bin);
  const first = firstOf(before);
  const at = 1 + bin - first;
  const none = (bins: number) => toDigits(0, 1).repeat(bins);
  if (at < 1) return toDigits(bin, 1) + one + none(-at) + before.slice(1);
  if (at >= before.length) return before + none(at - before.length) + one;
  return before.slice(0, at) + toDigits(count + 1, 1) + before.slice(at + 1);
}

interface Rank {
  readonly p: number;
  /** All gaps before it, and those as long. */
  readonly n: number;
  readonly alike: number;
}

/** `counts`: with the gap in it. */
function rankOf(counts: string, bin: number): Rank {
  const first = firstOf(counts);
  const own = 2 * countAt(counts, bin) + countAt(counts, bin - 1) + countAt(counts, bin + 1);
  let [all, asOdd, below] = [0, 0, 0];
  let count = digitAt(counts, 1);
  for (let at = 1; at < counts.length; at += 1) {
    const above = at + 1 < counts.length ? digitAt(counts, at + 1) : 0;
    all += count;
    if (2 * count + below + above <= own) asOdd += count;
    [below, count] = [count, above];
  }
  return { p: asOdd / all, n: all - 1, alike: digitAt(counts, 1 + bin - first) - 1 };
}

function spoken(ms: number): string {
  if (ms < 120_000) return `${Number((ms / 1000).toPrecision(2))} s`;
  if (ms < 2 * 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 2 * 86_400_000
    ? `${Math.round(ms / 3_600_000)} h`
    : `${Math.round(ms / 86_400_000)} days`;
}

function reasonOf({ kind, ms }: Gap, { p, n, alike }: Rank) {
  const since = kind === 'gapsWithin' ? 'the call before in its task' : 'the call before its task';
  return {
    feature: 'gaps',
    text: `${spoken(ms)} after ${since}: ${alike} of ${counted(n, 'earlier gap')} were as long.`,
    observed: spoken(ms),
    p_value: Number(p.toPrecision(3)),
    baseline_n: n,
    level: 'agent',
    threshold_source: 'learned',
  } as const;
}

/** A call with what is kept of its agent; `counts` with its gap, where it has one. */
interface Timed {
  readonly draft: Draft;
  readonly event: AuditEvent;
  readonly hand: Hand;
  readonly gap: Gap | undefined;
  readonly counts: string;
}

/** Undefined of a time that is not measured. */
function timed(draft: Draft, event: AuditEvent): Timed | undefined {
  if (event.event_time_quality !== 'measured') return undefined;
  const hand = handOf(draft, event);
  const gap = gapOf(hand);
  const counts = gap ? countedIn(habitOf(draft, event, gap.kind), binOf(gap.ms)) : '';
  return { draft, event, hand, gap, counts };
}

/** What `score` looked up, for the `learn` that follows: nothing is put in between. */
let scored: Timed | undefined;

export const gaps: Facet = {
  name: 'gaps',
  // When it was says nothing of what it was for.
  learnsDoubtful: true,
  ranksOnly: true,

  score(draft: Draft, event: AuditEvent): FacetScore | null {
    scored = timed(draft, event);
    const gap = scored?.gap;
    if (scored === undefined || gap === undefined) return null;
    const rank = rankOf(scored.counts, binOf(gap.ms));
    if (rank.n < GAPS_MIN) return null;
    const points = Math.max(0, -Math.log2(rank.p));
    return new WordedScore({ facet: 'gaps', points, weight: 0.005, more: undefined }, () => [
      reasonOf(gap, rank),
    ]);
  },

  learn(draft: Draft, event: AuditEvent, flagged: boolean): void {
    const isScored = scored?.event === event && scored.draft === draft;
    const call = isScored ? scored : timed(draft, event);
    scored = undefined;
    if (call === undefined) return;
    const { gap, counts, hand } = call;
    if (gap !== undefined && !flagged) keepHabit(draft, event, gap.kind, counts);
    noteTime(draft, event, hand);
  },
};

/** The task's last call; one that comes late moves nothing back. */
function noteTime(draft: Draft, event: AuditEvent, { ms, tasks, task, at }: Hand): void {
  const last = at < 0 ? 0 : fromDigits(tasks.slice(at + TASK_PRINT, at + WIDTH));
  const others = at < 0 ? tasks : withoutRecord(tasks, at, WIDTH);
  const record = task + toDigits(Math.max(last, ms), TIME_DIGITS);
  draft.put(handKey(event), (others + record).slice(-TASKS_MAX * WIDTH));
}
