/** Every family of attacks on behaviour, and who is befallen when: the seed says. */
import { type Calendar, DAY, workload } from '../calendar.ts';
import type { Agent, Fleet } from '../fleet.ts';
import { STRENGTHS, type Strength } from '../labels.ts';
import { type Random, randomOf } from '../random.ts';
import { AUDITING } from '../telemetry.ts';
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

/** Whom attacks befell: no agent twice, and some families no role twice. */
class Taken {
  readonly agents = new Set<string>();
  readonly roles = new Set<string>();
}

/**
 * The agent that is befallen: roles take turns, in another order in each fleet. Few roles take turns
 * otherwise than the strengths do, so that no strength is one role's alone.
 */
function victimOf({ fleet, seed }: Stage, plan: FamilyPlan, n: number, taken: Taken) {
  const random = randomOf(`${seed}/victim/${plan.family}/${n}`);
  const turns = shuffled(plan.roles, randomOf(`${seed}/roles/${plan.family}`));
  // The last cell may only just have begun to work.
  const warmedUp = (a: Agent) => a.cell < Math.max(1, fleet.cells.length - 1);
  const free = ({ role }: Agent) =>
    plan.onceARole !== true || !taken.roles.has(`${plan.family}/${role}`);
  const able = fleet.agents.filter(
    (a) => plan.roles.includes(a.role) && warmedUp(a) && free(a) && !taken.agents.has(a.uid),
  );
  const shift = turns.length < EACH ? Math.floor(n / STRENGTHS.length) : 0;
  const first = able.filter((a) => a.role === turns[(n + shift) % turns.length]);
  const [victim] = shuffled(first.length > 0 ? first : able, random);
  return victim;
}

const lastsOf = ({ lasts }: FamilyPlan, strength: Strength): number => lasts?.[strength] ?? 1;
const roomOf = ({ room = 1 }: FamilyPlan): number => room;
const isWorked = (calendar: Calendar, day: number): boolean => workload(calendar, day) >= 0.5;

/** Working days from a day on, that day included. */
function workedFrom(calendar: Calendar, day: number): number {
  let count = 0;
  for (let d = day; d < calendar.first + calendar.days; d++) if (isWorked(calendar, d)) count++;
  return count;
}

interface Beginning {
  readonly plan: FamilyPlan;
  readonly agent: Agent;
  readonly strength: Strength;
}

/** Whether from that day on something of it would not be told, or a declaration would cover it. */
function isReserved(
  variations: readonly Variation[],
  { plan, agent, strength }: Beginning,
  day: number,
) {
  const last =
    plan.untilEnd === true ? Number.POSITIVE_INFINITY : day + lastsOf(plan, strength) - 1;
  const through = (gateway: string) =>
    gateway === agent.gateway || (plan.audited === true && gateway === AUDITING);
  return variations.some(
    ({ unreported, covered = [] }) =>
      (unreported !== undefined &&
        through(unreported.gateway) &&
        day <= unreported.day &&
        unreported.day <= last) ||
      (plan.apart === true && covered.includes(day)),
  );
}

/** A working day after what is learnt, with as many days left as the family needs. */
function beginningOf(stage: Stage, beginning: Beginning, random: Random) {
  const { first, days } = stage.calendar;
  const { plan, strength } = beginning;
  const able = Array.from({ length: days }, (_, n) => first + n).filter(
    (day) =>
      day >= first + Math.floor(days * LEARNT) &&
      day + lastsOf(plan, strength) <= first + days &&
      isWorked(stage.calendar, day) &&
      workedFrom(stage.calendar, day) >= roomOf(plan),
  );
  const free = able.filter((day) => !isReserved(stage.variations, beginning, day));
  return free.length === 0 ? undefined : free[random.int(0, free.length - 1)];
}

export interface Attacks {
  readonly attacks: readonly Attack[];
  /** Which families this fleet cannot hold in full, and why. */
  readonly omitted: readonly string[];
}

function sceneOf(stage: Stage, plan: FamilyPlan, n: number, taken: Taken) {
  const { fleet, calendar, seed } = stage;
  const incident = `${plan.family}/${n + 1}`;
  const random = randomOf(`${seed}/attack/${incident}`);
  const agent = victimOf(stage, plan, n, taken);
  if (agent === undefined) return 'no agent is left whom it could befall';
  const strength = STRENGTHS[n % STRENGTHS.length] ?? 'medium';
  const day = beginningOf(stage, { plan, agent, strength }, random);
  if (day === undefined) return `the time after the first ${LEARNT * 100} % is too short for it`;
  taken.agents.add(agent.uid);
  taken.roles.add(`${plan.family}/${agent.role}`);
  return { fleet, calendar, random, agent, strength, incident, n, day: day * DAY };
}

/** Small and short fleets have fewer incidents: as many as they have agents and days for. */
export function attacksOn(stage: Stage): Attacks {
  const taken = new Taken();
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
