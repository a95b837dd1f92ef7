// Draws which agent meets which attack, and when. No agent meets two while there are others.
import { stolenCredential, toolMisuse } from './attack-abuse.ts';
import { approvalBypass, classDrift, nightChain, rubberStamping } from './attack-control.ts';
import { hijack } from './attack-hijack.ts';
import type { Attack, Outcome } from './attack-kit.ts';
import { telemetrySilence, undeclaredChange } from './attack-silent.ts';
import { dataHoarding, lowAndSlow, rateBurst, resourceAbuse, slowClimb } from './attack-volume.ts';
import { DAY, START } from './clock.ts';
import type { Company } from './company.ts';
import { type History, pastOf } from './history.ts';
import { at, createRng, type Rng } from './rng.ts';
import type { Agent, Family, Incident, Rec, Strength } from './types.ts';

// The rarest victims first.
const families: readonly [Family, Attack, number][] = [
  ['telemetry_silence', telemetrySilence, 3],
  ['night_chain', nightChain, 3],
  ['approval_bypass', approvalBypass, 3],
  ['rubber_stamping', rubberStamping, 1],
  ['class_drift', classDrift, 9],
  ['data_hoarding', dataHoarding, 1],
  ['low_and_slow', lowAndSlow, 14],
  ['slow_climb', slowClimb, 12],
  ['resource_abuse', resourceAbuse, 1],
  ['stolen_credential', stolenCredential, 6],
  ['rate_burst', rateBurst, 1],
  ['hijack', hijack, 1],
  ['undeclared_change', undeclaredChange, 8],
  ['tool_misuse', toolMisuse, 1],
];

export interface Planned {
  incident: Incident;
  edit?: Outcome['edit'];
}

function tryOne(
  company: Company,
  history: History,
  agent: Agent,
  strength: Strength,
  [family, attack, room]: (typeof families)[number],
  rng: Rng,
): Planned | undefined {
  const early = Math.max(0.36 * company.days, agent.from + 6);
  const late = company.days - room - 0.6;
  if (agent.ephemeral || late <= early) return undefined;
  const onset = START + Math.round(rng.range(early, late) * DAY);
  const past = pastOf(at(history.byAgent, agent.index), onset);
  const resting =
    agent.rest &&
    onset > START + (agent.rest[0] - room) * DAY &&
    onset < START + agent.rest[1] * DAY;
  if (resting) return undefined;
  const outcome = attack({ company, history, agent, strength, onset, rng, past });
  if (!outcome) return undefined;
  const times = outcome.recs.map((r) => r.t);
  const from = outcome.from ?? times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const to = outcome.to ?? times.reduce((a, b) => Math.max(a, b), 0);
  const id = `${family}-${strength}-${rng.hex(6)}`;
  const incident = {
    id,
    family,
    strength,
    variant: outcome.variant,
    agent,
    from,
    to,
    recs: outcome.recs,
  };
  return { incident, ...(outcome.edit ? { edit: outcome.edit } : {}) };
}

export function planAttacks(company: Company, history: History): Planned[] {
  const rng = createRng(`${company.seed}/attacks`);
  const each = Math.max(1, Math.ceil((4 * company.agents.length) / 200));
  const strengths: Strength[] = ['obvious', 'plain', 'subtle'];
  const out: Planned[] = [];
  const used = new Set<number>();
  for (const family of families) {
    const inFamily = new Set<number>();
    for (const strength of strengths) {
      let made = 0;
      // First agents that nothing has happened to; then any that this family has not met.
      for (const again of [false, true]) {
        for (let round = 0; round < 6 && made < each; round++) {
          for (const agent of rng.shuffle(company.agents)) {
            if (made >= each) break;
            if (inFamily.has(agent.index) || (!again && used.has(agent.index))) continue;
            const planned = tryOne(company, history, agent, strength, family, rng);
            if (!planned || (again && clashes(out, planned))) continue;
            out.push(planned);
            used.add(agent.index);
            inFamily.add(agent.index);
            made++;
          }
        }
      }
    }
  }
  return out;
}

function clashes(all: readonly Planned[], planned: Planned): boolean {
  const span = (p: Planned): [number, number] => [
    p.incident.from - 2 * DAY,
    (p.edit && !p.incident.recs.length ? Number.POSITIVE_INFINITY : p.incident.to) + 2 * DAY,
  ];
  const [from, to] = span(planned);
  return all.some((p) => {
    const [a, b] = span(p);
    return p.incident.agent === planned.incident.agent && a < to && from < b;
  });
}

/** What the fleet emits with the attacks in it; each incident's records are those that are left. */
export function carryOut(base: readonly Rec[], planned: readonly Planned[]): Rec[] {
  const edits = new Map<number, Planned[]>();
  for (const p of planned)
    if (p.edit)
      edits.set(p.incident.agent.index, [...(edits.get(p.incident.agent.index) ?? []), p]);
  const out: Rec[] = [];
  for (const rec of base) {
    let now: Rec | undefined = rec;
    for (const p of edits.get(rec.agent) ?? []) {
      if (!now) break;
      const before: Rec = now;
      now = p.edit?.(before);
      if (now && now !== before && now.attack) p.incident.recs.push(now);
    }
    if (now) out.push(now);
  }
  for (const p of planned)
    if (!p.edit || p.incident.family === 'telemetry_silence') out.push(...p.incident.recs);
  return out;
}
