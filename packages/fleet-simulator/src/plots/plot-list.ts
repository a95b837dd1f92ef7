/** Which plots are played on a day: every scheme in every one of its manners, spread over cells and days. */
import { type Calendar, DAY, HOUR, isMonthEnd, MINUTE } from '../calendar.ts';
import type { Cell, Fleet } from '../fleet.ts';
import { randomOf } from '../random.ts';
import { ROLES } from '../roles.ts';
import { nameOf } from '../scene.ts';
import type { World } from '../world.ts';
import { type Mode, mannerOf } from './manner.ts';
import { type Plot, play } from './play.ts';
import { SCHEMES, type Scheme } from './scheme.ts';

interface Entry {
  readonly scheme: Scheme;
  readonly mode: Mode;
  /** Its place in the list, which decides day and cell. */
  readonly n: number;
}

const ALL: readonly Entry[] = SCHEMES.flatMap((scheme) =>
  scheme.modes.map((mode) => ({ scheme, mode })),
).map((entry, n) => ({ ...entry, n }));

/** In a cell whose slow clock is that of the last step's agent; else wherever its turn is. */
function cellOf(fleet: Fleet, { scheme, mode, n }: Entry): Cell | undefined {
  const { cells } = fleet;
  if (mannerOf(mode).skew !== true || cells.length < 3) return cells[n % cells.length];
  const last = ROLES[scheme.steps.at(-1)?.role ?? 'generalist'];
  return cells[last.plane === 'execution' ? 1 : 2];
}

function dayOf({ mode, n }: Entry, { first, days }: Calendar): number {
  if (mannerOf(mode).monthEnd !== true) return first + (n % days);
  const all = Array.from({ length: days }, (_, d) => first + d);
  return all.find(isMonthEnd) ?? first + (n % days);
}

interface Season {
  readonly fleet: Fleet;
  readonly calendar: Calendar;
  readonly world: World;
  readonly seed: string;
  readonly asserted: boolean;
}

export function plotsOn(day: number, { fleet, calendar, world, seed, asserted }: Season) {
  const played = ({ mode }: Entry) => mannerOf(mode).only !== (asserted ? 'proven' : 'asserted');
  const today = ALL.filter((entry) => played(entry) && dayOf(entry, calendar) === day);
  return today.flatMap((entry): readonly Plot[] => {
    const cell = cellOf(fleet, entry);
    if (cell === undefined) return [];
    const incident = `${entry.scheme.combination}/${entry.mode}/${cell.number}`;
    const random = randomOf(`${seed}/plot/${incident}`);
    const start = day * DAY + 8 * HOUR + random.int(0, 240) * MINUTE;
    const stage = { id: nameOf(random), incident, cell, start, random, world, asserted };
    return [play(entry.scheme, entry.mode, stage)];
  });
}
