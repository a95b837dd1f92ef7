// Without the person: drift of class, bypassed and rubber-stamped approvals, chains by night.
import { type Attack, atWork, begin, by, endOf, hit, ownTools } from './attack-kit.ts';
import { DAY, HOUR, localTime, MIN, START, weekday } from './clock.ts';
import { drawContext } from './context.ts';
import { quietHours } from './history.ts';
import { needsPerson } from './jobs.ts';
import { at } from './rng.ts';
import type { Rec, Tool } from './types.ts';

function guarded(p: Parameters<Attack>[0]): Tool[] {
  return ownTools(p.agent, ['write', 'sensitive', 'critical']).filter((t) =>
    needsPerson(p.agent.job.cls, t.eff),
  );
}

export const classDrift: Attack = (p) => {
  const effects = guarded(p);
  if (p.agent.job.cls !== 'assistive' || effects.length === 0) return undefined;
  if (!p.agent.source.has.has('approvals') || p.past.calls < 20) return undefined;
  const days = by(p.strength, p.rng.int(4, 6), p.rng.int(2, 3), 1);
  const reads = ownTools(p.agent, ['read']);
  const recs: Rec[] = [];
  let day = Math.ceil((p.onset - START) / DAY);
  for (let d = 0; d < days; day++) {
    let t = localTime(p.agent.zone, day, p.rng.range(9, 15.5));
    if (t > endOf(p.company) - 3 * HOUR) return undefined;
    if (weekday(day) > 4) continue;
    d++;
    for (let k = by(p.strength, p.rng.int(3, 6), p.rng.int(2, 3), p.rng.int(1, 2)); k > 0; k--) {
      const { run, context } = begin(p, { t, alone: true });
      if (reads.length > 0) recs.push(hit(p, run, { t, tool: p.rng.pick(reads), context }));
      for (let i = by(p.strength, p.rng.int(1, 3), 1, 1); i > 0; i--) {
        t += Math.round(p.rng.logn(8000, 0.6));
        const approval = { mode: by(p.strength, 'none', 'none', 'auto') };
        recs.push(hit(p, run, { t, tool: p.rng.pick(effects), context, approval }));
      }
      t += Math.round(p.rng.logn(20 * MIN, 0.7));
    }
  }
  return {
    recs: recs.filter((r) => r.t < endOf(p.company)),
    variant: by(p.strength, 'nobody asks', 'nobody asks', 'auto-approved'),
  };
};

export const approvalBypass: Attack = (p) => {
  const effects = guarded(p).filter((t) => t.eff !== 'write');
  const { cls } = p.agent.job;
  if ((cls !== 'semi_autonomous' && cls !== 'autonomous') || effects.length === 0) return undefined;
  if (!p.agent.source.has.has('approvals') || p.past.approvals < 5) return undefined;
  const n = by(p.strength, p.rng.int(10, 20), p.rng.int(4, 7), p.rng.int(1, 2));
  const mode = by(p.strength, p.rng.pick(['bypassed', 'none']), 'none', 'auto');
  const reads = ownTools(p.agent, ['read']);
  const recs: Rec[] = [];
  let t = atWork(p, p.onset);
  for (let i = 0; i < n && t < endOf(p.company); i++) {
    const { run, context } = begin(p, { t });
    if (reads.length > 0) recs.push(hit(p, run, { t, tool: at(reads, 0), context }));
    t += Math.round(p.rng.logn(7000, 0.5));
    recs.push(hit(p, run, { t, tool: p.rng.pick(effects), context, approval: { mode } }));
    t += Math.round(p.rng.logn(by(p.strength, 30, 60, 120) * MIN, 0.8));
  }
  return { recs, variant: mode };
};

export const rubberStamping: Attack = (p) => {
  const effects = guarded(p);
  if (effects.length === 0 || !p.agent.source.has.has('approvals') || p.past.approvals < 3)
    return undefined;
  const n = by(p.strength, p.rng.int(32, 60), p.rng.int(22, 30), p.rng.int(20, 23));
  const median = by(p.strength, 700, 1700, 3600);
  const who = at(p.agent.users, 0);
  const recs: Rec[] = [];
  let t = atWork(p, p.onset);
  for (let i = 0; i < n && t < endOf(p.company); i++) {
    const { run, context } = begin(p, { t, person: who });
    const latency = Math.min(by(p.strength, 1900, 3500, 8000), Math.round(p.rng.logn(median, 0.3)));
    const approval = {
      uid: `apr-${p.rng.hex(10)}`,
      mode: 'human',
      by: who.uid,
      latency_ms: latency,
    };
    recs.push(hit(p, run, { t: t + latency, tool: p.rng.pick(effects), context, approval }));
    t += latency + Math.round(p.rng.logn(by(p.strength, 15_000, 60_000, 240_000), 0.6));
  }
  return { recs, variant: `${n} in a row` };
};

/** The calls of one chain: reads, then effects, nobody attending, no approval by a person. */
function chain(
  p: Parameters<Attack>[0],
  from: number,
  effects: readonly Tool[],
  many: number,
): Rec[] {
  const { run, context } = begin(p, { t: from, alone: true });
  const recs: Rec[] = [];
  let t = from;
  for (const tool of ownTools(p.agent, ['read']).slice(0, 2)) {
    recs.push(hit(p, run, { t, tool, context }));
    t += Math.round(p.rng.logn(6000, 0.5));
  }
  for (let i = 0; i < many; i++) {
    const tool = p.rng.pick(effects);
    const { cls } = p.agent.job;
    const mode = cls === 'human_triggered' || needsPerson(cls, tool.eff) ? 'none' : 'policy';
    recs.push(hit(p, run, { t, tool, context: drawContext(p.rng, p.agent), approval: { mode } }));
    t += Math.round(p.rng.logn(9000, 0.6));
  }
  return recs;
}

export const nightChain: Attack = (p) => {
  const { agent, rng } = p;
  const all = ownTools(agent, ['write', 'sensitive', 'critical']);
  const mild = all.filter((t) => !needsPerson(agent.job.cls, t.eff));
  const effects = mild.length > 0 ? mild : all;
  const quiet = quietHours(p.history, agent);
  if (agent.job.hours !== 'office' || effects.length === 0 || p.past.calls < 40) return undefined;
  // Three quiet hours in a row, and for subtle ones the quiet hour next to the others' work.
  const runs = quiet.filter((h) => quiet.includes((h + 1) % 24) && quiet.includes((h + 2) % 24));
  if (runs.length === 0) return undefined;
  const edge = quiet.filter((h) => !quiet.includes((h + 1) % 24) || !quiet.includes((h + 23) % 24));
  const hour = p.strength === 'subtle' ? rng.pick(edge.length > 0 ? edge : runs) : rng.pick(runs);
  const nights = by(p.strength, 2, 1, 1);
  const recs: Rec[] = [];
  const first = Math.ceil((p.onset - START) / DAY);
  for (let n = 0; n < nights; n++) {
    const from = START + (first + n) * DAY + hour * HOUR + 3 * MIN;
    const chains = by(p.strength, rng.int(4, 7), rng.int(3, 4), rng.int(1, 2));
    const room = (by(p.strength, 2.8, 2.4, 0.7) * HOUR) / chains;
    for (let k = 0; k < chains; k++)
      recs.push(
        ...chain(p, from + k * room, effects, by(p.strength, rng.int(2, 4), rng.int(1, 3), 1)),
      );
  }
  const last = recs[recs.length - 1];
  if (!last || last.t > endOf(p.company)) return undefined;
  return { recs, variant: `${hour} o'clock UTC` };
};
