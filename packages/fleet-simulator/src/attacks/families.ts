/** Every family of attacks on behaviour, and who is befallen when. */
import { DAY, FIRST_DAY } from '../calendar.ts';
import type { Agent, Fleet } from '../fleet.ts';
import { STRENGTHS } from '../labels.ts';
import { randomOf } from '../random.ts';
import type { Attack, FamilyPlan } from './attack.ts';
import { rateBurst } from './bursts.ts';

const ALL: readonly FamilyPlan[] = [rateBurst];

/** Incidents of each family: each strength twice. */
const EACH = 6;
/** Attacks begin after this share of the time, so that there is a life before them. */
const LEARNT = 0.4;

/** The agent that is befallen: one of the family's roles, and of those nobody twice. */
function victimOf(
  fleet: Fleet,
  plan: FamilyPlan,
  n: number,
  taken: Set<string>,
): Agent | undefined {
  const able = fleet.agents.filter((a) => plan.roles.includes(a.role) && !taken.has(a.uid));
  const victim = able[(n * 7) % Math.max(1, able.length)];
  if (victim !== undefined) taken.add(victim.uid);
  return victim;
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
      const first = Math.floor(days * LEARNT);
      const day = (FIRST_DAY + random.int(first, Math.max(first, days - 4))) * DAY;
      attacks.push(plan.begin({ fleet, days, random, agent, strength, incident, day }));
    }
  }
  return attacks;
}
