/**
 * Which plots are played, where and when: of every scheme in each of its manners none, one or two,
 * by chance, in a cell and on a day by chance. A manner that few schemes know is always played, so
 * that no seed lacks it.
 */
import { type Calendar, isMonthEnd, workload } from '../calendar.ts';
import type { Cell, Fleet } from '../fleet.ts';
import { type Random, randomOf } from '../random.ts';
import { APPROVAL_ENDS } from '../registry-of.ts';
import { clockOf, type World } from '../world.ts';
import { castOf } from './cast.ts';
import { type Mode, mannerOf } from './manner.ts';
import { type Play, type Plot, play } from './play.ts';
import type { Scheme } from './scheme.ts';
import { SCHEMES } from './scheme-list.ts';
import type { Stage } from './stage.ts';

export interface Season {
  readonly fleet: Fleet;
  readonly calendar: Calendar;
  readonly world: World;
  readonly seed: string;
  readonly asserted: boolean;
}

/** A plot that is going to be played. */
interface Planned extends Play, Omit<Stage, 'world' | 'asserted'> {}

/** Schemes that know a manner, at most, for it to be played in each. */
const RARE = 3;
/** Shares of plots that are not played, and of those that are played twice. */
const [NONE, TWICE] = [0.15, 0.2];
const DRAWS_MAX = 400;
/** A clock is called slow from here on: a skewed plot's pause is shorter. */
const SLOW_MS = -60_000;

const knownBy = new Map<Mode, number>();
for (const { modes } of SCHEMES)
  for (const mode of modes) knownBy.set(mode, (knownBy.get(mode) ?? 0) + 1);

function timesOf(mode: Mode, random: Random): number {
  const chance = random.next();
  if (chance < NONE && mode !== 'direct' && (knownBy.get(mode) ?? 0) > RARE) return 0;
  return chance > 1 - TWICE ? 2 : 1;
}

/** Whether a manner has what it needs on a day. */
function suits(mode: Mode, scheme: Scheme, day: number, { first, days }: Calendar): boolean {
  const manner = mannerOf(mode);
  const since = day - first;
  if (mode === 'outside_expiry') return since > APPROVAL_ENDS + 1;
  if (mode === 'not_yet_expired') return since < APPROVAL_ENDS - 1;
  if (manner.monthEnd === true) return isMonthEnd(day);
  const span = (manner.days?.[1] ?? 0) * (scheme.carrier === 'flow' ? scheme.steps.length - 1 : 1);
  return since + span < days;
}

/** A day on which there is work, as often as there is work. */
function dayFor(
  mode: Mode,
  scheme: Scheme,
  calendar: Calendar,
  random: Random,
): number | undefined {
  for (let n = 0; n < DRAWS_MAX; n++) {
    const day = calendar.first + random.int(0, calendar.days - 1);
    if (random.chance(workload(calendar, day)) && suits(mode, scheme, day, calendar)) return day;
  }
  return undefined;
}

/** Whether the completing call is told by a slow clock, and the one before it by another. */
function isSkewed({ cast }: Pick<Play, 'cast'>, cell: Cell): boolean {
  const [before, last] = cast.slice(-2).map((act) => clockOf(cell.agent(act.role).gateway));
  return (last ?? 0) < SLOW_MS && (before ?? 0) >= SLOW_MS;
}

function drawn(scheme: Scheme, mode: Mode, name: string, season: Season): Planned | undefined {
  const { fleet, calendar, seed } = season;
  const random = randomOf(`${seed}/plot/${name}`);
  const day = dayFor(mode, scheme, calendar, random);
  if (day === undefined) return undefined;
  for (let n = 0; n < DRAWS_MAX; n++) {
    const cell = fleet.cells[random.int(0, fleet.cells.length - 1)]?.turn(random.int(0, 9));
    const cast = castOf(scheme, mannerOf(mode), random);
    if (cell === undefined || cast === undefined) return undefined;
    if (mannerOf(mode).skew === true && !isSkewed({ cast }, cell)) continue;
    return { scheme, mode, cast, incident: `${name}/${cell.number}`, cell, day, random };
  }
  return undefined;
}

/** All plots of a season, by the day on which they begin. */
export function plotsOf(season: Season): ReadonlyMap<number, readonly Planned[]> {
  const { seed, asserted } = season;
  const without = asserted ? 'proven' : 'asserted';
  const byDay = new Map<number, Planned[]>();
  for (const scheme of SCHEMES) {
    for (const mode of scheme.modes) {
      if (mannerOf(mode).only === without) continue;
      const times = timesOf(mode, randomOf(`${seed}/plots/${scheme.combination}/${mode}`));
      for (let n = 1; n <= times; n++) {
        const plan = drawn(scheme, mode, `${scheme.combination}/${mode}/${n}`, season);
        if (plan === undefined) continue;
        byDay.set(plan.day, [...(byDay.get(plan.day) ?? []), plan]);
      }
    }
  }
  return byDay;
}

export function played(plan: Planned, { world, asserted }: Season): Plot {
  const { cell, day, random } = plan;
  return play(plan, { cell, day, random, world, asserted });
}
