/**
 * Families that are a matter of how much: rate burst, hoarding, resource abuse, low and slow, frog
 * boiling. Each fact compares the agent with its own past over windows of the same length.
 */
import {
  AMOUNTS,
  CLOCK_SLACK_MS,
  DAY_MS,
  isCall,
  mostIn,
  type Reported,
  type Scene,
} from './behavior-scene.ts';

/** What must be more than ever before must be at least so many times it. */
const FACTOR_MIN = 2;
const SLOW_DAYS_MIN = 2;

function grown(scene: Scene, names: readonly string[], lengthMs: number): readonly string[] {
  return names.filter((name) => {
    const amount = AMOUNTS[name] ?? (() => 0);
    const before = mostIn(scene.past.filter(isCall), lengthMs, amount);
    const now = mostIn(scene.during.filter(isCall), lengthMs, amount);
    return now > 0 && now >= FACTOR_MIN * before;
  });
}

const lengthOf = (scene: Scene) => scene.endMs - scene.onsetMs + 2 * CLOCK_SLACK_MS;

/** "count in window ≥ k × its own past" */
export function rateBurst(scene: Scene): readonly string[] {
  if (grown(scene, ['calls'], lengthOf(scene)).length > 0) return [];
  const before = mostIn(scene.past.filter(isCall), lengthOf(scene), () => 1);
  return [
    `${scene.during.filter(isCall).length} calls in the burst, ${before} in as long a time before`,
  ];
}

function resourcesOf(events: readonly Reported[], lengthMs: number): number {
  return Math.max(
    0,
    ...events.map(({ timeMs }) => {
      const inWindow = events.filter(
        (one) => one.timeMs >= timeMs && one.timeMs <= timeMs + lengthMs,
      );
      return new Set(inWindow.map(({ event }) => event.target?.resource_id)).size;
    }),
  );
}

/** "hoarding": more records, bytes or distinct objects, in its own time or in a day, than ever before. */
export function dataHoarding(scene: Scene): readonly string[] {
  const lengths = [DAY_MS, lengthOf(scene)];
  if (lengths.some((length) => grown(scene, ['records', 'bytes'], length).length > 0)) return [];
  const [now, before] = [scene.during, scene.past].map((told) =>
    resourcesOf(told.filter(isCall), DAY_MS),
  );
  if ((now ?? 0) >= FACTOR_MIN * (before ?? 0)) return [];
  return ['neither records, bytes nor distinct objects are twice what they were before'];
}

/** "resource abuse": calls, tokens, time or bytes of a day, or of a single call. */
export function resourceAbuse(scene: Scene): readonly string[] {
  const names = ['calls', 'tokens', 'time', 'bytes'];
  if (grown(scene, names, DAY_MS).length > 0 || grown(scene, names, 0).length > 0) return [];
  if (grown(scene, names, lengthOf(scene)).length > 0) return [];
  return ['neither calls, tokens, time nor bytes are twice what they were before'];
}

function dayOf(told: Reported): number {
  return Math.floor(told.timeMs / DAY_MS);
}

/** "low and slow": over days, and on none of them more calls than twice its busiest day before. */
export function lowAndSlow(scene: Scene): readonly string[] {
  const problems: string[] = [];
  const days = new Set(scene.own.map(dayOf)).size;
  if (days < SLOW_DAYS_MIN) problems.push(`it lasts ${days} day: not slow`);
  const busiest = mostIn(scene.past.filter(isCall), DAY_MS, () => 1);
  const now = mostIn(scene.own.filter(isCall), DAY_MS, () => 1);
  if (now > FACTOR_MIN * Math.max(1, busiest)) {
    problems.push(`${now} of its calls on one day, at most ${busiest} before: not low`);
  }
  return problems;
}

/** Daily sums of an amount, days without a call left out. */
function daily(events: readonly Reported[], amount: (told: Reported) => number): readonly number[] {
  const sums = new Map<number, number>();
  for (const told of events) sums.set(dayOf(told), (sums.get(dayOf(told)) ?? 0) + amount(told));
  return [...sums].sort(([a], [b]) => a - b).map(([, sum]) => sum);
}

const meanOf = (numbers: readonly number[]) =>
  numbers.reduce((sum, one) => sum + one, 0) / Math.max(1, numbers.length);

/** "a baseline taught badness step by step": its last days are well above its first ones. */
export function frogBoiling(scene: Scene): readonly string[] {
  const grows = Object.values(AMOUNTS).some((amount) =>
    [scene.during, scene.own].some((events) => {
      const sums = daily(events.filter(isCall), amount);
      const third = Math.max(1, Math.floor(sums.length / 3));
      const [first, last] = [meanOf(sums.slice(0, third)), meanOf(sums.slice(-third))];
      return sums.length >= 3 && last > 0 && last >= 1.5 * first;
    }),
  );
  return grows ? [] : ['no amount (calls, records, tokens, bytes, time) grows from day to day'];
}
