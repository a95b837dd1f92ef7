// What nobody announces: changes of model, tools and release, and telemetry that falls silent.
import { type Attack, baseOf, by, endOf, recount } from './attack-kit.ts';
import { providerOf } from './calls.ts';
import { DAY, HOUR } from './clock.ts';
import { at, hashHex, hashUnit } from './rng.ts';
import { tool } from './tools.ts';
import type { Rec } from './types.ts';
import { auditOf } from './verdicts.ts';

type Plan = Parameters<Attack>[0];

function changed(
  rec: Rec,
  what: string,
  strength: Plan['strength'],
  key: string,
  surely: string,
): boolean {
  const e = rec.e;
  let done = false;
  if ((what === 'model' || strength === 'obvious') && e.model) {
    const name =
      strength === 'subtle' ? `${e.model.name}-0${1 + (key.charCodeAt(0) % 8)}` : 'zephyr-70b';
    e.model = {
      ...e.model,
      name,
      provider: strength === 'subtle' ? e.model.provider : providerOf(name),
    };
    done = true;
  }
  if ((what === 'tools' || strength === 'obvious') && e.tool?.definition_hash) {
    const few =
      e.tool.name === surely || hashUnit(`${key}/${e.tool.name}`) < by(strength, 2, 0.5, 0.1);
    if (few) e.tool = { ...e.tool, definition_hash: hashHex(`${key}/${e.tool.name}`) };
    done = done || few;
  }
  if ((what === 'release' || strength === 'obvious') && e.agent.version) {
    const version = by(
      strength,
      `9.0.0-${key.slice(0, 4)}`,
      '2.7.0',
      e.agent.version.replace(/\d+$/, '77'),
    );
    if (e.src) e.src = { ...e.src, user_agent: e.src.user_agent.replace(e.agent.version, version) };
    e.agent = { ...e.agent, version };
    done = true;
  }
  return done;
}

export const undeclaredChange: Attack = (p) => {
  const { has } = p.agent.source;
  const kinds = [
    ...(has.has('model') && p.agent.models.length > 0 ? ['model'] : []),
    ...(has.has('defs') ? ['tools'] : []),
    ...(has.has('version') ? ['release'] : []),
  ];
  const rich = kinds.filter((k) => k !== 'release');
  if (rich.length === 0 || p.past.calls < 60 || p.past.days < 5) return undefined;
  // Not within a day of a declared change, which would cover it.
  const near = (t: number): boolean => p.agent.changes.some((c) => Math.abs(c.t - t) < 2.1 * DAY);
  const rolled = p.agent.rollout && Math.abs(p.agent.rollout.t - p.onset) < 2.1 * DAY;
  const after = baseOf(p).filter((r) => r.role === 'call' && r.t >= p.onset);
  if (near(p.onset) || rolled || after.length < by(p.strength, 30, 20, 10)) return undefined;
  const what = p.rng.pick(rich);
  const key = p.rng.hex(8);
  const until = Math.min(endOf(p.company), at(after, 0).t + by(p.strength, 30, 8, 3) * DAY);
  const edit = (rec: Rec): Rec => {
    if (rec.role !== 'call' || rec.t < p.onset || rec.t > until || rec.attack) return rec;
    const copy = { ...rec, e: { ...rec.e } };
    if (changed(copy, what, p.strength, key, at(after, 0).e.tool?.name ?? '')) copy.attack = true;
    return copy;
  };
  return { recs: [], variant: p.strength === 'obvious' ? 'model, tools and release' : what, edit };
};

export const telemetrySilence: Attack = (p) => {
  const { agent } = p;
  if (!agent.audit || agent.job.hours === 'office') return undefined;
  // Tokens of single tasks are known as the agent's by the credential they derive from.
  if (agent.credential === 'task' && (agent.mute || p.strength === 'obvious')) return undefined;
  const past = recount(p, p.onset);
  if (past.audits < 20 || past.days < 5 || past.longestGap > 20 * HOUR) return undefined;
  const least = by(p.strength, 10, 6, 3) * HOUR;
  const length = Math.max(least, by(p.strength, 3.3, 1.8, 1.1) * past.longestGap);
  if (length > 64 * HOUR || p.onset + length > endOf(p.company)) return undefined;
  const from = p.onset;
  const to = p.onset + length;
  const silenced = baseOf(p).filter((r) => r.t >= from && r.t < to && r.role === 'call');
  if (silenced.length < 4) return undefined;
  // The target sees everything that is done meanwhile, by the credential.
  const audits = silenced
    .filter(() => p.rng.chance(by(p.strength, 1, 0.7, 0.4)))
    .map((r) => {
      const apis = ['s3.amazonaws.com/GetObject', 'dynamodb.amazonaws.com/Query'];
      const rec = auditOf(r, agent, agent.audit ?? r.source, tool(p.rng.pick(apis)), p.rng);
      return { ...rec, attack: true };
    });
  if (audits.length < 3) return undefined;
  const edit = (rec: Rec): Rec | undefined =>
    rec.t >= from && rec.t < to && rec.role !== 'audit' ? undefined : rec;
  return { recs: audits, variant: `${Math.round(length / HOUR)} h`, edit, from, to };
};
