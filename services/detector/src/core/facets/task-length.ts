/**
 * How many calls this agent makes in one task, against the longest tasks of its days: once, and as a
 * drift. The drift is a one-sided CUSUM (Page 1954) over days against the *first* settled days, which
 * stay the anchor: who makes his tasks a little longer every day moves every moving average with him
 * and not the place where he began.
 *
 * Limits: tasks need ids; a task is counted while it is among the agent's latest eight; a task spread
 * over agents is counted for each apart; below twelve calls nothing alarms.
 */
import { type AuditEvent, epochMs, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { keepLatest } from '../kept/keep-latest.ts';
import { declaredSince } from '../profile/declarations.ts';
import { shorten } from '../short-text.ts';
import {
  alarmThreshold,
  atDay,
  type DayMaxima,
  type DayModel,
  dateOfDay,
  dayProbability,
  dayScore,
  fromStoredMaxima,
  learnMaximum,
  newMaxima,
  rebased,
  type StoredMaxima,
  toStoredMaxima,
  usualOf,
} from '../volume/block-maxima.ts';
import { SHIPPED_TAILS } from '../volume/shipped-tails.ts';
import { type Facet, type FacetAlarm, type FacetScore, WordedScore } from './facet.ts';
import { agentName } from './value-novelty.ts';

const DAY_MS = 86_400_000;
/** Tasks of an agent that are counted at once; the longest untouched begins anew. */
const TASKS_KEPT_MAX = 8;
const FLOOR = 12;
const MODEL: DayModel = { unit: 'count', tail: SHIPPED_TAILS.task_length, floor: FLOOR };
/** Days that are the anchor of the drift. */
const ANCHOR_DAYS = 10;
/** Scales by which a day's longest task may lie above the anchor and count as nothing. */
const SLACK = 1;
/** The sum of what lies above, at which it is a drift. */
const DRIFT_MAX = 10;
const BITS_MAX = 40;

interface State {
  /** Latest last. */
  readonly tasks: readonly (readonly [id: string, calls: number])[];
  readonly maxima: DayMaxima;
  readonly anchor: readonly number[];
  /** What lies above the anchor, added up over finished days, and on how many in a row. */
  readonly drift: number;
  readonly driftDays: number;
}

/** As it is stored, the tasks by fingerprint. */
type Stored = readonly [
  tasks: State['tasks'],
  maxima: StoredMaxima,
  anchor: readonly number[],
  drift: number,
  driftDays: number,
];
const TASK_PRINT = 6;

function toStored({ tasks, maxima, anchor, drift, driftDays }: State): Stored {
  return [tasks, toStoredMaxima(maxima), anchor, drift, driftDays];
}

function fromStored([tasks, maxima, anchor, drift, driftDays]: Stored): State {
  return { tasks, maxima: fromStoredMaxima(maxima), anchor, drift, driftDays };
}

interface Counted {
  readonly key: string;
  readonly next: State;
  readonly calls: number;
}

/** How far a day's longest task lies above the anchor, in its scales. */
function above(anchor: readonly number[], dayMax: number): number {
  const usual = usualOf(anchor, MODEL.unit);
  return usual === undefined ? 0 : dayScore(usual, dayMax) - SLACK;
}

function atNewDay(state: State, day: number): State {
  const { maxima, anchor, drift, driftDays } = state;
  if (day <= maxima.day) return state;
  const moved = Math.max(0, drift + above(anchor, maxima.dayMax));
  const finished = atDay(maxima, day, MODEL);
  const isAnchor = anchor.length < ANCHOR_DAYS;
  return {
    ...state,
    maxima: finished,
    anchor: isAnchor ? [...anchor, finished.logs.at(-1) ?? 0] : anchor,
    drift: isAnchor ? 0 : moved,
    driftDays: isAnchor || moved === 0 ? 0 : driftDays + 1,
  };
}

/** A declared change moves the anchor: the first days after it are the new ones. */
function afterDeclared(state: State, declaredMs: number | undefined): State {
  const maxima = rebased(state.maxima, declaredMs, MODEL);
  return maxima === state.maxima ? state : { ...state, maxima, anchor: [], drift: 0, driftDays: 0 };
}

function count(draft: Draft, event: AuditEvent): Counted | undefined {
  const name = event.task?.id;
  if (name === undefined || event.event_time_quality !== 'measured') return undefined;
  const id = shortPrint(name, TASK_PRINT);
  // Not under the key of earlier versions, which kept it in another form.
  const key = agentKey(event, 'tasks');
  const day = Math.floor(epochMs(event.event_time) / DAY_MS);
  const stored = draft.get<Stored>(key);
  const state = afterDeclared(
    stored === undefined
      ? { tasks: [], maxima: newMaxima(day), anchor: [], drift: 0, driftDays: 0 }
      : atNewDay(fromStored(stored), day),
    declaredSince(draft, event),
  );
  const calls = (state.tasks.find(([task]) => task === id)?.[1] ?? 0) + 1;
  const tasks = keepLatest(state.tasks, [id, calls], TASKS_KEPT_MAX);
  return { key, next: { ...state, tasks }, calls };
}

function alarmOf(event: AuditEvent, { next, calls }: Counted, isDrift: boolean): FacetAlarm {
  const who = agentName(event);
  const { maxima, driftDays } = next;
  return {
    kind: 'behavior_deviation',
    ruleId: isDrift ? 'task-length-drift' : 'task-length',
    severity: 'medium',
    dedupeKey: `task_length|${isDrift}|${isDrift ? maxima.since : maxima.day}`,
    title: shorten(
      isDrift
        ? `${who}: its tasks grow longer, day by day (${calls} calls)`
        : `${who}: ${calls} calls in one task, more than ever`,
      90,
    ),
    summary: isDrift
      ? `${who}'s longest task of a day has been above that of its first ${ANCHOR_DAYS} days for ${driftDays} days, more each time; this one has ${calls} calls.`
      : `${who} made ${calls} calls in one task. The longest of any day since ${dateOfDay(maxima.since)} had ${maxima.peak}.`,
    evidence: [],
    notVisible: ['Peers were not compared: only this agent’s own history was.'],
    taxonomy: { owasp: ['ASI02'] },
  };
}

interface Verdict {
  readonly p: number;
  readonly day: Pick<FacetScore, 'day'>;
  readonly threshold: number;
  readonly isLong: boolean;
  readonly isDrift: boolean;
}

function judge({ next, calls }: Counted): Verdict | undefined {
  const usual = usualOf(next.maxima.logs, MODEL.unit);
  const threshold = alarmThreshold(next.maxima, MODEL);
  if (threshold === undefined) return undefined;
  const sum = next.drift + Math.max(0, above(next.anchor, calls));
  // A drift is several days, and the task itself is unusual.
  const isDrift = next.driftDays >= 2 && sum > DRIFT_MAX && calls >= FLOOR;
  const p = usual === undefined ? 1 : dayProbability(usual, MODEL.tail, calls);
  const day = usual === undefined ? {} : { day: { probability: p, score: dayScore(usual, calls) } };
  return { p, threshold, day, isLong: calls > threshold, isDrift };
}

function scoreOf(event: AuditEvent, counted: Counted, verdict: Verdict): FacetScore {
  const { calls, next } = counted;
  const { p, day, threshold, isLong, isDrift } = verdict;
  const score = {
    facet: 'task_length',
    points: Math.min(BITS_MAX, -Math.log2(Math.max(p, 1e-12))),
    weight: 0.02,
    ...day,
    ...(isLong || isDrift ? { alarm: alarmOf(event, counted, !isLong) } : {}),
  };
  const { peak, since, logs } = next.maxima;
  return new WordedScore(score, () => [
    {
      feature: 'task_length',
      text: `${calls} calls in one task; the longest since ${dateOfDay(since)} had ${peak}.`,
      expected: `at most ${peak} calls`,
      observed: `${calls} calls`,
      p_value: Number(p.toPrecision(3)),
      baseline_n: logs.length,
      level: 'agent',
      threshold: Number(threshold.toPrecision(4)),
      threshold_source: threshold > FLOOR ? 'learned' : 'static',
    },
  ]);
}

export const taskLength: Facet = {
  name: 'task_length',
  learnsDoubtful: true,

  score(draft: Draft, event: AuditEvent): FacetScore | null {
    const counted = count(draft, event);
    const verdict = counted && judge(counted);
    return counted === undefined || verdict === undefined ? null : scoreOf(event, counted, verdict);
  },

  learn(draft: Draft, event: AuditEvent, flagged: boolean): void {
    const counted = count(draft, event);
    if (counted === undefined) return;
    const { key, next, calls } = counted;
    const maxima = flagged ? next.maxima : learnMaximum(next.maxima, calls);
    draft.put(key, toStored({ ...next, maxima }));
  },
};
