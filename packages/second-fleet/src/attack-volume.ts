// Too much: bursts, climbs, hoarding, slow leaks, tokens and compute.
import { type Attack, atWork, begin, by, endOf, hit, ownTools, recount } from './attack-kit.ts';
import { DAY, HOUR, localTime, MIN, START, weekday } from './clock.ts';
import { drawContext } from './context.ts';
import { needsPerson } from './jobs.ts';
import { at } from './rng.ts';
import { sensitivityRank } from './tools.ts';
import type { Rec, Step } from './types.ts';

function readers(p: Parameters<Attack>[0]): ReturnType<typeof ownTools> {
  return ownTools(p.agent, ['read']);
}

function nextHour(t: number): number {
  return START + Math.ceil((t - START) / HOUR) * HOUR;
}

export const rateBurst: Attack = (p) => {
  const begins = nextHour(atWork(p, p.onset)) + 20_000;
  const past = recount(p, begins);
  if (past.calls < 60 || past.days < 5) return undefined;
  const wanted = by(p.strength, 40 * past.perHour, 20 * past.perHour, 6 * past.perHour);
  const floor = by(p.strength, 4, 2, 1.15) * past.busiestHour;
  const n = Math.ceil(Math.max(wanted, floor, by(p.strength, 120, 60, 20)));
  if (n > 2600) return undefined;
  const mild = ownTools(p.agent, ['write']).filter((t) => !needsPerson(p.agent.job.cls, t.eff));
  const tools = [...readers(p), ...mild];
  if (tools.length === 0 || begins + HOUR > endOf(p.company)) return undefined;
  const favourite = p.rng.pick(tools);
  const perTask = p.rng.chance(0.5) ? n : p.rng.int(8, 40);
  let { run } = begin(p, { t: begins });
  const recs: Rec[] = [];
  for (let i = 0; i < n; i++) {
    const t = begins + Math.floor((i / n) * 57 * MIN) + p.rng.int(0, 400);
    const tool = p.rng.chance(0.8) ? favourite : p.rng.pick(tools);
    if (i > 0 && i % perTask === 0) run = begin(p, { t }).run;
    recs.push(hit(p, run, { t, tool, context: drawContext(p.rng, p.agent) }));
  }
  return { recs, variant: perTask === n ? 'one task' : 'many tasks' };
};

/** One more task of the agent's own kind, of at most `left` calls. */
function extraTask(
  p: Parameters<Attack>[0],
  from: number,
  recipe: readonly Step[],
  left: number,
): Rec[] {
  const { run, context } = begin(p, { t: from });
  const recs: Rec[] = [];
  let t = from;
  for (const step of recipe) {
    const many = Math.min(left - recs.length, Math.max(1, p.rng.poisson(step.mean * 1.5)));
    for (let i = 0; i < many; i++) {
      recs.push(hit(p, run, { t, tool: step.tool, context }));
      t += Math.round(p.rng.logn(p.agent.pace, 0.7));
    }
  }
  return recs;
}

export const slowClimb: Attack = (p) => {
  const { agent } = p;
  const first = Math.ceil((p.onset - START) / DAY);
  const past = recount(p, START + first * DAY);
  const length = by(p.strength, 12, 11, 10);
  const recipe = at(agent.job.recipes, 0).filter(
    (s) => s.tool.eff !== 'critical' && s.tool.eff !== 'sensitive',
  );
  if (past.perDay < 4 || past.perDay > 80 || past.days < 6 || recipe.length === 0) return undefined;
  if (first + length > p.company.days) return undefined;
  const peak = Math.max(
    by(p.strength, 13, 6, 3) * past.perDay,
    by(p.strength, 1.8, 1.2, 0.9) * past.busiestDay,
  );
  if (peak > 1600) return undefined;
  const office = agent.job.hours === 'office';
  const days = Array.from({ length }, (_, d) => first + d).filter((d) => !office || weekday(d) < 5);
  const recs: Rec[] = [];
  days.forEach((day, i) => {
    const level = past.perDay * (peak / past.perDay) ** ((i + 1) / days.length);
    // The last day reaches the level by the attack alone; the agent may rest on that day.
    let left = Math.ceil(level - (i === days.length - 1 ? 0 : past.perDay));
    while (left > 0) {
      const hour = office ? p.rng.range(8.5, 16.5) : p.rng.range(0.2, 23.5);
      const from = office ? localTime(agent.zone, day, hour) : START + day * DAY + hour * HOUR;
      const some = extraTask(p, Math.round(from), recipe, left);
      recs.push(...some);
      left -= some.length;
    }
  });
  return { recs: recs.filter((r) => r.t < endOf(p.company)), variant: 'day by day' };
};

export const dataHoarding: Attack = (p) => {
  const lists = readers(p).filter((t) => t.records >= 3 && !t.text);
  const { has } = p.agent.source;
  if (lists.length === 0 || !(has.has('records') || has.has('bytes'))) return undefined;
  const t0 = atWork(p, p.onset);
  const past = recount(p, t0);
  if (past.calls < 30 || past.usualRecords > 120) return undefined;
  const n = by(p.strength, p.rng.int(25, 50), p.rng.int(12, 20), p.rng.int(5, 9));
  const each = Math.max(
    by(p.strength, 2500, 700, 60),
    by(p.strength, 5, 2.5, 1.3) * past.mostRecords,
    by(p.strength, 60, 25, 6) * past.usualRecords,
  );
  const { run } = begin(p, { t: t0 });
  const tool = p.rng.pick(lists);
  const recs: Rec[] = [];
  let t = t0;
  for (let i = 0; i < n && t < endOf(p.company); i++) {
    const records = Math.round(each * p.rng.range(1, 1.6));
    recs.push(hit(p, run, { t, tool, context: drawContext(p.rng, p.agent), records }));
    t += Math.round(p.rng.logn(by(p.strength, 90_000, 200_000, 900_000), 0.5));
  }
  return { recs, variant: `${tool.server}/${tool.name}` };
};

const secretPlaces = [
  'payroll',
  'medical-leave',
  'board-minutes',
  'salary-bands',
  'investigations',
];

export const lowAndSlow: Attack = (p) => {
  const top = Math.max(...p.agent.job.recipes.flat().map((s) => sensitivityRank(s.tool.sens)));
  const lists = readers(p).filter((t) => !['cal', 'url'].includes(t.arg));
  const past = p.past;
  if (top >= sensitivityRank('restricted') || lists.length === 0 || past.days < 6) return undefined;
  const days = by(p.strength, p.rng.int(10, 14), p.rng.int(8, 11), 8);
  const first = Math.ceil((p.onset - START) / DAY);
  if (first + days > p.company.days) return undefined;
  const place = p.rng.pick(secretPlaces);
  const tool = p.rng.pick(lists);
  const recs: Rec[] = [];
  for (let d = 0; d < days; d++) {
    const n = by(p.strength, p.rng.int(3, 6), p.rng.int(2, 3), 1);
    let t = localTime(p.agent.zone, first + d, p.rng.range(9.5, 15));
    const { run, context } = begin(p, { t });
    for (let i = 0; i < n; i++) {
      const target = `${place}/${p.rng.int(100, 999)}`;
      const key =
        tool.arg === 'sql' ? { sql: `SELECT * FROM ${place} LIMIT 5` } : { [tool.arg]: target };
      const call = {
        t,
        tool,
        context,
        target,
        args: key,
        sensitivity: 'restricted',
        records: p.rng.int(1, 8),
      };
      recs.push(hit(p, run, call));
      t += Math.round(p.rng.logn(300_000, 0.8));
    }
  }
  return { recs: recs.filter((r) => r.t < endOf(p.company)), variant: place };
};

export const resourceAbuse: Attack = (p) => {
  const { has } = p.agent.source;
  if (!has.has('tokens') || !has.has('model') || p.agent.models.length === 0) return undefined;
  const begins = nextHour(atWork(p, p.onset));
  const past = recount(p, begins);
  if (past.calls < 40 || past.tokensPerHour === 0) return undefined;
  const hours = by(p.strength, p.rng.int(3, 6), p.rng.int(2, 4), 2);
  const perHour = Math.max(
    by(p.strength, 50, 25, 6) * past.tokensPerHour,
    by(p.strength, 3.2, 1.6, 1) * past.tokensBusiest,
  );
  const each = by(p.strength, 180_000, 120_000, 40_000);
  const n = Math.ceil(perHour / each);
  if (n * hours > 1800) return undefined;
  const size = Math.round(perHour / n);
  const { run } = begin(p, { t: begins });
  const tools = readers(p);
  if (tools.length === 0) return undefined;
  const recs: Rec[] = [];
  for (let i = 0; i < n * hours; i++) {
    const t = begins + Math.floor((i / n) * HOUR) + p.rng.int(1000, 30_000);
    const rec = hit(p, run, {
      t,
      tool: p.rng.pick(tools),
      context: drawContext(p.rng, p.agent),
      tokens: size,
    });
    if (rec.e.duration_ms !== undefined)
      rec.e.duration_ms = Math.round(p.rng.logn(by(p.strength, 60_000, 25_000, 6000), 0.4));
    recs.push(rec);
  }
  return { recs: recs.filter((r) => r.t < endOf(p.company)), variant: 'tokens' };
};
