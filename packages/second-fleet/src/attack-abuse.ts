// Turned against its owner: strong tools that the job never needs, and stolen credentials.
import { type Attack, atWork, baseOf, begin, by, hit, ownTools } from './attack-kit.ts';
import { DAY, HOUR, MIN, START } from './clock.ts';
import { drawContext } from './context.ts';
import { farAddress } from './network.ts';
import { at } from './rng.ts';
import { tool, toolId } from './tools.ts';
import type { Rec } from './types.ts';

type Plan = Parameters<Attack>[0];

const strongTools = [
  'okta/create_user',
  'okta/create_api_token',
  'vault/read_secret',
  'postgres/drop_table',
  'bank/send_money',
  'mail/delete_emails',
  'grafana/create_silence',
  'okta/add_user_to_group',
  'jenkins/trigger_build',
];
const nearTools = [
  'gdrive/share_drive_file',
  'mail/send_email',
  'publisher/publish_post',
  'postgres/update_rows',
  'github/push_files',
];

export const toolMisuse: Attack = (p) => {
  if (p.past.calls < 10) return undefined;
  const own = new Set(p.agent.job.recipes.flat().map((s) => s.tool.server));
  const names = (p.strength === 'subtle' ? nearTools : strongTools)
    .map(tool)
    .filter((t) => !own.has(t.server));
  const effects = p.rng.shuffle(names).slice(0, by(p.strength, 2, 1, 1));
  const n = by(p.strength, p.rng.int(4, 9), p.rng.int(2, 3), 1);
  const recs: Rec[] = [];
  let t = atWork(p, p.onset);
  const { run } = begin(p, { t });
  for (let i = 0; i < n; i++) {
    const call = { t, tool: at(effects, i % effects.length), context: drawContext(p.rng, p.agent) };
    recs.push(hit(p, run, { ...call, approval: { mode: 'none' } }));
    t += Math.round(p.rng.logn(45_000, 0.8));
  }
  return { recs, variant: effects.map(toolId).join(' ') };
};

const foreignClients = [
  'curl/8.5.0',
  'python-requests/2.31.0',
  'Go-http-client/1.1',
  'okhttp/4.12.0',
];

/** A stretch in which the owner's credential is in use: first and last call, and one of them. */
function stretch(p: Plan, from: number): { recs: Rec[]; from: number; to: number } | undefined {
  const groups = new Map<string, Rec[]>();
  for (const r of baseOf(p)) {
    if (r.role !== 'call' || r.t < from || r.t > from + 6 * DAY) continue;
    const uid = r.e.credential?.uid ?? '';
    groups.set(`${uid}/${Math.floor((r.t - START) / DAY)}`, [
      ...(groups.get(`${uid}/${Math.floor((r.t - START) / DAY)}`) ?? []),
      r,
    ]);
  }
  const least = by(p.strength, 6, 4, 3);
  const good = [...groups.values()].filter(
    (g) => g.length >= least && at(g, g.length - 1).t - at(g, 0).t > 2 * MIN,
  );
  if (good.length === 0) return undefined;
  good.sort((a, b) => at(b, b.length - 1).t - at(b, 0).t - (at(a, a.length - 1).t - at(a, 0).t));
  const recs = good[p.rng.int(0, Math.min(2, good.length - 1))] ?? [];
  return {
    recs,
    from: at(recs, 0).t,
    to: Math.min(at(recs, recs.length - 1).t, at(recs, 0).t + 3 * HOUR),
  };
}

export const stolenCredential: Attack = (p) => {
  if (!p.agent.source.has.has('net') || p.past.calls < 60 || p.past.days < 4) return undefined;
  const found = stretch(p, p.onset);
  if (!found) return undefined;
  const n = by(p.strength, p.rng.int(40, 80), p.rng.int(15, 24), p.rng.int(5, 8));
  const reads = ownTools(p.agent, ['read']);
  const effects = ownTools(p.agent, ['write', 'sensitive']);
  const ip = farAddress(p.rng, p.strength === 'subtle');
  const client = p.rng.pick(foreignClients);
  const pod = `host-${p.rng.hex(6)}`;
  const recs: Rec[] = [];
  const { run } = begin(p, { t: found.from + 1000, alone: true });
  for (let i = 0; i < n; i++) {
    const t = Math.round(found.from + ((i + 1) / (n + 1)) * (found.to - found.from));
    const use =
      effects.length > 0 && p.rng.chance(0.25) ? effects : reads.length > 0 ? reads : effects;
    const rec = hit(p, run, { t, tool: p.rng.pick(use), context: drawContext(p.rng, p.agent) });
    const twin = found.recs.filter((r) => r.t <= t).pop() ?? at(found.recs, 0);
    if (twin.e.credential) rec.e.credential = twin.e.credential;
    if (p.agent.credential === 'task' && twin.e.task) rec.e.task = twin.e.task;
    if (twin.e.principal) rec.e.principal = twin.e.principal;
    const own = rec.e.src?.user_agent ?? '';
    rec.e.src = {
      ip,
      user_agent: p.strength === 'obvious' || p.rng.chance(by(p.strength, 1, 1, 0)) ? client : own,
    };
    if (p.strength !== 'subtle') rec.e.agent = { ...rec.e.agent, instance_uid: pod };
    recs.push(rec);
  }
  return { recs, variant: p.strength === 'subtle' ? 'other network' : 'other network and client' };
};
