/** Every family of attacks on behaviour, and who is befallen when. */
import { DAY, FIRST_DAY, workload } from '../calendar.ts';
import type { Agent, Fleet } from '../fleet.ts';
import { STRENGTHS } from '../labels.ts';
import { type Random, randomOf } from '../random.ts';
import type { Role } from '../roles.ts';
import { OUTAGE_SHARE } from '../variations/circumstances.ts';
import type { Attack, FamilyPlan } from './attack.ts';
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

/** Few roles take turns otherwise than the strengths do, so that no strength is one role's alone. */
function turnOf(roles: readonly Role[], n: number): Role | undefined {
  const shift = roles.length < EACH ? Math.floor(n / STRENGTHS.length) : 0;
  return roles[(n + shift) % roles.length];
}

/** The agent that is befallen: of the role whose turn it is, else of another one; nobody twice. */
function victimOf(
  fleet: Fleet,
  plan: FamilyPlan,
  n: number,
  taken: Set<string>,
): Agent | undefined {
  // The last cell may only just have begun to work.
  const settled = (a: Agent) => a.cell < Math.max(1, fleet.cells.length - 1);
  const able = fleet.agents.filter(
    (a) => plan.roles.includes(a.role) && settled(a) && !taken.has(a.uid),
  );
  const role = turnOf(plan.roles, n);
  const first = able.filter((a) => a.role === role);
  const from = first.length > 0 ? first : able;
  const victim = from[(n * 7) % Math.max(1, from.length)];
  if (victim !== undefined) taken.add(victim.uid);
  return victim;
}

/** A working day after what is learnt, with some days left. */
function workingDay(days: number, random: Random): number {
  const first = Math.floor(days * LEARNT);
  let day = FIRST_DAY + random.int(first, Math.max(first, days - 5));
  const untold = FIRST_DAY + Math.floor(days * OUTAGE_SHARE);
  while ((workload(day) < 0.5 || day === untold) && day < FIRST_DAY + days - 1) day++;
  return day;
}

/** Small fleets have fewer incidents: as many as there are agents whom they can befall. */
export function attacksOn(fleet: Fleet, days: number, seed: string): readonly Attack[] {
  const taken = new Set<string>();
  const attacks: Attack[] = [];
  for (let n = 0; n < EACH; n++) {
    for (const plan of ALL) {
      const agent = victimOf(fleet, plan, n, taken);
      if (agent === undefined) continue;
      const incident = `${plan.family}/${n + 1}`;
      const random = randomOf(`${seed}/attack/${incident}`);
      const strength = STRENGTHS[n % STRENGTHS.length] ?? 'medium';
      const day = workingDay(days, random) * DAY;
      attacks.push(plan.begin({ fleet, days, random, agent, strength, incident, day }));
    }
  }
  return attacks;
}
