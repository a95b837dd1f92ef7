/** Strength where it is a matter of how much: burst, low and slow, frog boiling, hoarding, abuse. */
import { dayOf, tasksOf, workingDays } from './attack-day.ts';
import { HOUR_MS, type Reported, type Scene } from './behavior-scene.ts';
import { type Row, type Strength, tasksOfDays, unlike } from './strength-row.ts';

const BURST: Row<number> = { weak: 60, medium: 150, strong: 400 };
/** "each 0.3 to 2.5 s after the one before". */
const BURST_GAP_MS = { least: 300, most: 2500 };

export function rateBurst(scene: Scene, strength: Strength): readonly string[] {
  const gaps = scene.counted
    .slice(1)
    .map((told, at) => told.timeMs - (scene.counted[at]?.timeMs ?? 0));
  const odd = gaps.filter((gap) => gap < BURST_GAP_MS.least || gap > BURST_GAP_MS.most);
  return [
    ...unlike('events', scene.counted.length, BURST[strength]),
    ...unlike('tasks', tasksOf(scene.counted).length, 1),
    ...(odd.length === 0 ? [] : [`${odd.length} gaps out of 0.3 to 2.5 s, the first ${odd[0]} ms`]),
  ];
}

/** Working days from the first to the last on which it did nothing. */
function pauses(scene: Scene): readonly string[] {
  const acted = new Set(scene.counted.map(dayOf));
  const [first, last] = [Math.min(...acted), Math.max(...acted)];
  const missed = [...workingDays(scene.all)].filter(
    (day) => day > first && day < last && !acted.has(day),
  );
  const nameOf = (day: number) => new Date(day * 24 * HOUR_MS).toISOString().slice(0, 10);
  return missed.map((day) => `nothing on ${nameOf(day)}, a working day`);
}

const SLOW: Row<number> = { weak: 1, medium: 2, strong: 3 };

export function lowAndSlow(scene: Scene, strength: Strength): readonly string[] {
  const days = scene.counted.map(dayOf);
  const open = scene.counted.filter(({ event }) => event.target?.sensitivity !== 'restricted');
  const span = Math.max(...days) - Math.min(...days) + 1;
  return [
    ...tasksOfDays(scene, { events: SLOW[strength], daysMax: 10 }),
    ...(span > 10 ? [`over ${span} calendar days, by the table at most 10`] : []),
    ...open.map(({ event }) => `${event.native_id} is not restricted`),
    ...pauses(scene),
  ];
}

const GROWTH: Row<number> = { weak: 1.1, medium: 1.2, strong: 1.35 };
const FROG = { first: 4, most: 300 };

/** "from 4 calls on: times this, and half a call more, rounded down, at most 300". */
export function frogBoiling(scene: Scene, strength: Strength): readonly string[] {
  const sizes = tasksOf(scene.counted).map((task) => task.events.length);
  const wanted: number[] = [];
  for (let size = FROG.first; wanted.length < sizes.length; ) {
    wanted.push(Math.min(FROG.most, Math.floor(size)));
    size = size * GROWTH[strength] + 0.5;
  }
  return [...unlike('calls a task', sizes.join(' '), wanted.join(' ')), ...pauses(scene)];
}

const HOARD: Row<{ events: number; times: number }> = {
  weak: { events: 3, times: 4 },
  medium: { events: 5, times: 15 },
  strong: { events: 8, times: 80 },
};

const recordsOf = ({ event }: Reported): number =>
  Math.max(
    0,
    ...[event.args?.features?.['records'], event.result?.features?.['records']].filter(
      (value) => typeof value === 'number',
    ),
  );

/** "each of at least so many times the most records that its role reads in one call". */
export function dataHoarding(scene: Scene, strength: Strength): readonly string[] {
  const { events, times } = HOARD[strength];
  const role = scene.registry.agents.find((one) => one.uid === scene.agent)?.role;
  const peers = new Set(
    scene.registry.agents.filter((one) => one.role === role).map((one) => one.uid),
  );
  const own = new Set(scene.own.map(({ event }) => event));
  const usual = scene.all.filter(
    ({ event }) => peers.has(event.agent.uid) && !own.has(event) && !scene.attacks.has(event),
  );
  const most = Math.max(0, ...usual.map(recordsOf));
  const small = scene.counted.filter((told) => recordsOf(told) < times * most);
  const reads = scene.counted.filter(({ event }) => event.effect === 'read');
  return [
    ...unlike('reads', reads.length, events),
    ...unlike('tasks', tasksOf(scene.counted).length, 1),
    ...small.map((told) => `${told.event.native_id}: ${recordsOf(told)} records, usual ${most}`),
  ];
}

const ABUSE: Row<{ events: number; tokens: number }> = {
  weak: { events: 10, tokens: 40_000 },
  medium: { events: 25, tokens: 200_000 },
  strong: { events: 60, tokens: 1_500_000 },
};

export function resourceAbuse(scene: Scene, strength: Strength): readonly string[] {
  const { events, tokens } = ABUSE[strength];
  const tokensIn = ({ event }: Reported) =>
    Number(new Map(Object.entries(event.model ?? {})).get('tokens_in'));
  const small = scene.counted.filter((told) => !(tokensIn(told) >= tokens));
  return [
    ...unlike('events', scene.counted.length, events),
    ...unlike('tasks', tasksOf(scene.counted).length, 1),
    ...small.map((told) => `${told.event.native_id} has ${tokensIn(told)} tokens`),
  ];
}
