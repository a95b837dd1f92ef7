/** Every family of attacks on behaviour, and who is befallen when: the seed says. */
import { type Calendar, DAY, workload } from '../calendar.ts';
import type { Agent, Fleet } from '../fleet.ts';
import { STRENGTHS } from '../labels.ts';
import { type Random, randomOf } from '../random.ts';
import type { Variation } from '../variations/variation.ts';
import type { Attack, AttackScene, FamilyPlan } from './attack.ts';
import * as burst from './bursts.ts';
import * as hidden from './hidden.ts';
import { hijack } from './hijack.ts';
import * as misuse from './misuse.ts';

/** Those that few agents can suffer choose first. */
const ALL: readonly FamilyPlan[] = [
  hidden.telemetrySilence,
  misuse.classDrift,
  hidden.approvalBypass,
  hijack,
  burst.resourceAbuse,
  misuse.offHoursAutonomy,
  misuse.stolenCredential,
  misuse.toolMisuse,
  burst.dataHoarding,
  burst.frogBoiling,
  burst.lowAndSlow,
  burst.rateBurst,
  hidden.undeclaredChange,
];

/** Incidents of each family: each strength twice. */
const EACH = 6;
/** Attacks begin after this share of the time, so that there is a life before them. */
const LEARNT = 0.4;

/** A list in another order, drawn. */
function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  return list
    .map((entry) => ({ entry, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ entry }) => entry);
}

/** Where attacks play. */
interface Stage {
  readonly fleet: Fleet;
  readonly calendar: Calendar;
  readonly seed: string;
  readonly variations: readonly Variation[];
}

/**
 * The agent that is befallen, nobody twice: roles take turns, in another order in each fleet, so
 * that no strength is one role's alone.
 */
function victimOf({ fleet, seed }: Stage, plan: FamilyPlan, n: number, taken: Set<string>) {
  const random = randomOf(`${seed}/victim/${plan.family}/${n}`);
  const turns = shuffled([...new Set(plan.roles)], randomOf(`${seed}/roles/${plan.family}`));
  // The last cell may only just have begun to work.
  const settled = (a: Agent) => a.cell < Math.max(1, fleet.cells.length - 1);
  const able = fleet.agents.filter(
    (a) => plan.roles.includes(a.role) && settled(a) && !taken.has(a.uid),
  );
  const shift = Math.floor(n / STRENGTHS.length);
  const first = able.filter((a) => a.role === turns[(n + shift) % turns.length]);
  const [victim] = shuffled(first.length > 0 ? first : able, random);
  return victim;
}

const roomOf = ({ room = 1 }: FamilyPlan): number => room;
const isWorked = (calendar: Calendar, day: number): boolean => workload(calendar, day) >= 0.5;

/** Working days from a day on, that day included. */
function workedFrom(calendar: Calendar, day: number): number {
  let count = 0;
  for (let d = day; d < calendar.first + calendar.days; d++) if (isWorked(calendar, d)) count++;
  return count;
}

/** Whether on that day nobody would be told of it, or a declaration would cover it. */
function isReserved(variations: readonly Variation[], plan: FamilyPlan, agent: Agent, day: number) {
  return variations.some(
    ({ untold, covered = [] }) =>
      (untold?.day === day && untold.gateway === agent.gateway) ||
      (plan.family === 'undeclared_change' && covered.includes(day)),
  );
}

/** A working day after what is learnt, with as many working days left as the family needs. */
function beginningOf(stage: Stage, plan: FamilyPlan, agent: Agent, random: Random) {
  const { first, days } = stage.calendar;
  const able = Array.from({ length: days }, (_, n) => first + n).filter(
    (day) =>
      day >= first + Math.floor(days * LEARNT) &&
      isWorked(stage.calendar, day) &&
      workedFrom(stage.calendar, day) >= roomOf(plan),
  );
  const free = able.filter((day) => !isReserved(stage.variations, plan, agent, day));
  return free.length === 0 ? undefined : free[random.int(0, free.length - 1)];
}

export interface Attacks {
  readonly attacks: readonly Attack[];
  /** Which families this fleet cannot hold in full, and why. */
  readonly omitted: readonly string[];
}

function sceneOf(stage: Stage, plan: FamilyPlan, n: number, taken: Set<string>) {
  const { fleet, calendar, seed } = stage;
  const incident = `${plan.family}/${n + 1}`;
  const random = randomOf(`${seed}/attack/${incident}`);
  const agent = victimOf(stage, plan, n, taken);
  if (agent === undefined) return 'no agent is left whom it could befall';
  const day = beginningOf(stage, plan, agent, random);
  if (day === undefined)
    return `from its day on it needs ${roomOf(plan)} working days in the fleet's time, after the first ${LEARNT * 100} % of the time`;
  taken.add(agent.uid);
  const strength = STRENGTHS[n % STRENGTHS.length] ?? 'medium';
  return { fleet, calendar, random, agent, strength, incident, n, day: day * DAY };
}

/** Small and short fleets have fewer incidents: as many as they have agents and days for. */
export function attacksOn(stage: Stage): Attacks {
  const taken = new Set<string>();
  const attacks: Attack[] = [];
  const missing = new Map<string, { count: number; why: string }>();
  for (let n = 0; n < EACH; n++) {
    for (const plan of ALL) {
      const scene: AttackScene | string = sceneOf(stage, plan, n, taken);
      if (typeof scene !== 'string') attacks.push(plan.begin(scene));
      else
        missing.set(plan.family, { count: (missing.get(plan.family)?.count ?? 0) + 1, why: scene });
    }
  }
  const omitted = [...missing].map(
    ([family, { count, why }]) => `${family}: ${count} of ${EACH} are left out, as ${why}`,
  );
  return { attacks, omitted };
}
