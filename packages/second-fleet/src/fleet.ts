// The ordinary life of the company: the same for both scenarios of a seed.

import { makeCall } from './calls.ts';
import { DAY, HOUR, iso, localTime, START } from './clock.ts';
import type { Company } from './company.ts';
import { drawContext } from './context.ts';
import { callOuts, taskTimes } from './load.ts';
import { at, createRng, type Rng } from './rng.ts';
import { declaration, makeTask, newRun } from './tasks.ts';
import type { Agent, InputEvent, Rec, Source } from './types.ts';

function declared(agent: Agent, rng: Rng): Rec[] {
  const out = agent.changes
    .filter((c) => c.declared)
    .map((c) => declaration(agent, c.what, c.value, c.t - rng.int(1, 20) * 60_000, rng));
  if (agent.rollout)
    out.push(declaration(agent, 'tool', 'assist-hub/suggest_next', agent.rollout.t - 60_000, rng));
  return out.filter((r) => r.t >= START);
}

/** Approvals of a whole pile in one meeting: looked at, but one after the other. */
function meeting(company: Company, agent: Agent, from: number, n: number, rng: Rng): Rec[] {
  const recipe = agent.job.recipes
    .flat()
    .filter((s) => s.tool.eff === 'sensitive' || s.tool.eff === 'critical');
  if (recipe.length === 0) return [];
  const out: Rec[] = [];
  const who = at(agent.users, 0);
  let t = from;
  for (let i = 0; i < n; i++) {
    const context = drawContext(rng, agent);
    const run = newRun(agent, { t, person: who }, context, rng);
    const wait = Math.round(Math.max(4000, rng.logn(9000, 0.4)));
    const approval = { uid: `apr-${rng.hex(10)}`, mode: 'human', by: who.uid, latency_ms: wait };
    const refused = rng.chance(0.08);
    const call = { t, tool: rng.pick(recipe).tool, context, approval };
    out.push(makeCall(agent, run, refused ? { ...call, outcome: 'denied' } : call, rng));
    t += wait + rng.int(2000, 9000);
  }
  return out.filter((r) => r.t < START + company.days * DAY);
}

export function lifeOf(company: Company, agent: Agent): Rec[] {
  const rng = createRng(`${company.seed}/life/${agent.index}`);
  const out: Rec[] = declared(agent, rng);
  for (const t of taskTimes(company, agent, rng)) out.push(...makeTask(company, agent, { t }, rng));
  for (const t of callOuts(company, agent, rng))
    out.push(...makeTask(company, agent, { t, person: rng.pick(agent.users) }, rng));
  for (const m of company.meetings)
    if (m.agent === agent.index) {
      const day = Math.floor((m.t - START) / DAY);
      out.push(
        ...meeting(company, agent, localTime(agent.zone, day, rng.range(9.5, 16)), m.n, rng),
      );
    }
  const end = START + company.days * DAY;
  return out.filter((r) => r.t >= START && r.t < end);
}

function beat(source: Source, uid: string, index: number, t: number, key: string): Rec {
  const e: InputEvent = {
    native_id: `h-${key}-${Math.floor(t / 60_000)}`,
    event_time: iso(t),
    activity: 'heartbeat',
    phase: 'completed',
    source: { kind: source.kind, instance: source.instance },
    agent: { uid },
  };
  return {
    t,
    arrives: t,
    agent: index,
    source,
    role: 'beat',
    eff: 'read',
    records: 0,
    tokens: 0,
    attack: false,
    attended: false,
    e,
  };
}

/** Gateways say which server's tools are about to change. */
function servedChanges(company: Company): Rec[] {
  return company.served.flatMap(({ t, server }) =>
    company.sources.map((s) => {
      const at0 = Math.round(t) - 5 * 60_000;
      const rec = beat(s, s.uid, -1, at0, `${s.instance}-${server}`);
      const target = { resource_type: 'tool', resource_id: `tool/${server}` };
      return {
        ...rec,
        role: 'change' as const,
        e: { ...rec.e, activity: 'config_change', target, outcome: 'success' },
      };
    }),
  );
}

export function heartbeats(company: Company): Rec[] {
  const out: Rec[] = servedChanges(company);
  const end = START + company.days * DAY;
  company.sources.forEach((s, i) => {
    if (!s.has.has('beat')) return;
    for (let t = START + i * 60_000; t < end; t += HOUR)
      out.push(beat(s, s.uid, -1, t, s.instance));
  });
  for (const a of company.agents) {
    if (!a.beats) continue;
    for (let t = START + a.from * DAY + a.index * 7000; t < end; t += HOUR) {
      const day = (t - START) / DAY;
      if (a.rest && day >= a.rest[0] && day < a.rest[1]) continue;
      out.push(beat(a.source, a.uid, a.index, t, String(a.index)));
    }
  }
  return out;
}
