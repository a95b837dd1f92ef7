/**
 * Ordinary work in which the same people do the same things as in a plot, and nothing dangerous
 * comes of it: what one read does not reach the other, or the last step is not done, or the first.
 * Backups go by retention, logging stops for a change, payees are set up and paid by others.
 *
 * Written by the very code that plays plots, so that people, tools, fields, targets, hours and the
 * shape of a task tell nothing; only how the calls hang together does. Rejected: rarer and simpler
 * ordinary uses, which leave whoever counts names with a detector of plots.
 */
import { DAY, HOUR, MINUTE, workload } from '../calendar.ts';
import type { Cell } from '../fleet.ts';
import { type Random, randomOf } from '../random.ts';
import { Run } from '../run.ts';
import { nameOf } from '../scene.ts';
import type { TimedEvent } from '../simulated-event.ts';
import { fresh } from './carried.ts';
import { castOf } from './cast.ts';
import { formed } from './form.ts';
import { workflowOf } from './host.ts';
import { type Manner, type Mode, mannerOf } from './manner.ts';
import { performed } from './play.ts';
import type { Season } from './plot-list.ts';
import type { Scheme } from './scheme.ts';
import { SCHEMES } from './scheme-list.ts';
import type { LeftOut } from './stage.ts';

/** Tasks of a night: more than `links.chains_max`. */
const SYNCS = 10;
/** In one cell on a working day. */
const ERRANDS = 30;
/** Days between two times that many tickets are updated at once: many by one value, many without. */
const CAMPAIGNS = [
  { every: 3, size: 12, holds: true },
  { every: 15, size: 500, holds: true },
  { every: 10, size: 500, holds: false },
] as const;

/** What of it is left out, so that it completes nothing in this manner. */
function leftOutOf({ carrier, steps }: Scheme, manner: Manner, random: Random): LeftOut {
  if (carrier !== 'flow') return 'links';
  const left: readonly LeftOut[] =
    steps.length > 2 ? ['links', 'links', 'last', 'first'] : ['links', 'links', 'links', 'last'];
  const chosen = left[random.int(0, left.length - 1)] ?? 'links';
  // Who does everything himself is joined by his own context.
  const { generalist } = manner;
  const alone = generalist === 'all' || manner.halves === true;
  return alone && chosen === 'links' ? 'last' : chosen;
}

/** Manners that ordinary work can have: not those that an owner approved, nor crowds. */
function isOrdinary(mode: Mode): boolean {
  const { approved, workflow, crowd, only, monthEnd, tie, relayLost }: Manner = mannerOf(mode);
  if (only === 'asserted' || monthEnd || relayLost || crowd !== undefined) return false;
  if (approved !== undefined || workflow !== undefined) return false;
  return tie === undefined || tie === 'broken' || tie === 'own_key';
}

function errand(cell: Cell, day: number, random: Random, season: Season): readonly TimedEvent[] {
  const scheme = SCHEMES[random.int(0, SCHEMES.length - 1)];
  const modes = scheme?.modes.filter(isOrdinary) ?? [];
  const mode = modes[random.int(0, modes.length - 1)];
  if (scheme === undefined || mode === undefined) return [];
  const cast = castOf(scheme, mannerOf(mode), random);
  if (cast === undefined) return [];
  const leftOut = leftOutOf(scheme, mannerOf(mode), random);
  const { world, asserted } = season;
  const stage = { cell: cell.turn(random.int(0, 9)), day, random, world, asserted, leftOut };
  return performed({ scheme, mode, cast, incident: '' }, stage).events;
}

/** Many tickets are updated at once, as after an outage: each in a task of its own. */
function campaign(
  cell: Cell,
  day: number,
  { size, holds }: { size: number; holds: boolean },
  random: Random,
  { world }: Season,
): readonly TimedEvent[] {
  const given = holds ? fresh(random.pick(['account', 'paper', 'link']), random) : undefined;
  const { name, requests } = workflowOf('ticket-triage');
  const from = day * DAY + random.int(8, 13) * HOUR;
  const lasts = random.int(1, 5) * HOUR;
  return Array.from({ length: size }, () => {
    const start = from + Math.floor(random.next() * lasts);
    const request = random.pick(requests);
    const run = new Run({
      id: nameOf(random),
      workflow: name,
      cell,
      start,
      random,
      world,
      request,
    });
    run.call('triage', 'updateTicket', { ...formed('updateTicket', random, { given }), wait: 0 });
    return run.events;
  }).flat();
}

/** One triage agent works off a backlog in a single task. */
function backlog(
  cell: Cell,
  day: number,
  random: Random,
  { world }: Season,
): readonly TimedEvent[] {
  const { name, requests } = workflowOf('customer-support');
  const start = day * DAY + random.int(8, 15) * HOUR;
  const request = random.pick(requests);
  const run = new Run({ id: nameOf(random), workflow: name, cell, start, random, world, request });
  for (let n = random.int(30, 60); n > 0; n--)
    run.call('triage', 'updateTicket', {
      ...formed('updateTicket', random),
      wait: random.int(4_000, MINUTE),
    });
  return run.events;
}

/** A day's errands of a cell. */
export function* errandsOf(
  cell: Cell,
  day: number,
  season: Season,
): Generator<readonly TimedEvent[]> {
  const { calendar, seed } = season;
  const name = `${seed}/errands/${cell.number}/${day}`;
  const dice = randomOf(name);
  const count = Math.floor(ERRANDS * workload(calendar, day) + dice.next());
  for (let n = 0; n < count; n++) yield errand(cell, day, randomOf(`${name}/${n}`), season);
  if (dice.chance(workload(calendar, day) / 7)) yield backlog(cell, day, dice, season);
  for (const { every, ...of } of CAMPAIGNS)
    if (dice.chance(workload(calendar, day) / every / season.fleet.cells.length))
      yield campaign(cell, day, of, dice, season);
}

/** A night's sync of the house's own values: so many tasks that nothing in them is selective. */
export function* nightlySyncs(
  cell: Cell,
  day: number,
  { seed, world }: Season,
): Generator<readonly TimedEvent[]> {
  const workflow = workflowOf('nightly-sync');
  for (let n = 0; n < SYNCS; n++) {
    const random = randomOf(`${seed}/sync/${day}/${n}`);
    const request = random.pick(workflow.requests);
    const start = day * DAY + random.int(0, 20) * MINUTE;
    const run = new Run({
      id: nameOf(random),
      workflow: workflow.name,
      cell,
      start,
      random,
      world,
      request,
    });
    workflow.perform(run);
    yield run.events;
  }
}
