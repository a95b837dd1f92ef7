// Draws one agent: how much it does and when, with what credential, from where, what will change.
import { DAY, START } from './clock.ts';
import { cloudPool } from './network.ts';
import { at, type Rng } from './rng.ts';
import { auditSources } from './sources.ts';
import type { Agent, Change, Job, Person, Source } from './types.ts';

export interface Draw {
  index: number;
  job: Job;
  days: number;
  people: readonly Person[];
  sources: readonly Source[];
  domain: string;
}

const names =
  'amber,birch,cedar,delta,ember,fjord,grove,heron,iris,juniper,kestrel,lark,maple,north,onyx,pine';

function pickSource(rng: Rng, job: Job, sources: readonly Source[]): Source {
  const approves = ['assistive', 'semi_autonomous', 'autonomous'].includes(job.cls);
  const effects = job.recipes.flat().some((s) => s.tool.eff !== 'read' && s.tool.eff !== 'draft');
  const weights = sources.map((s) => {
    if (s.instance === 'legacy-proxy') return job.cls === 'scheduled_job' ? 2 : 0.3;
    if (s.has.has('approvals')) return s.instance.startsWith('gw-eu') ? 4 : 2;
    return approves && effects ? 0.05 : 4;
  });
  return rng.weighted(sources, weights);
}

function pickCredential(rng: Rng, job: Job, cron: number): [Agent['credential'], number] {
  const minutes = 60_000;
  const u = rng.float();
  if (job.cls === 'scheduled_job')
    return u < 0.6
      ? ['task', 15 * minutes]
      : u < 0.75
        ? ['rotating', Math.min(cron, 60) * minutes]
        : ['static', 0];
  if (job.cls === 'human_triggered')
    return u < 0.8 ? ['session', 480 * minutes] : ['rotating', 60 * minutes];
  if (job.cls === 'assistive')
    return u < 0.9 ? ['rotating', rng.pick([15, 20, 30]) * minutes] : ['static', 0];
  if (job.cls === 'semi_autonomous')
    return u < 0.6 ? ['task', 60 * minutes] : u < 0.85 ? ['rotating', 30 * minutes] : ['static', 0];
  return u < 0.35
    ? ['task', 15 * minutes]
    : u < 0.82
      ? ['rotating', rng.pick([10, 15]) * minutes]
      : ['static', 0];
}

/** Pollers run often, the big jobs by the hour or the day. */
function timer(rng: Rng, job: Job): number {
  if (job.hours !== 'cron') return 0;
  const often = job.id === 'inventory-sync' || job.id === 'metrics-poller';
  if (often) return rng.weighted([15, 30, 60], [1, 1, 2]);
  return job.id === 'invoice-reminder' ? 1440 : rng.weighted([60, 360, 1440], [1, 2, 3]);
}

/** Releases every week or two, now and then another prompt or network; all declared. */
function pickChanges(rng: Rng, days: number): Change[] {
  const out: Change[] = [];
  let t = START + rng.range(1, 12) * DAY;
  for (let n = 1; t < START + days * DAY; n++) {
    out.push({
      t,
      what: 'release',
      declared: true,
      value: `1.${n + rng.int(0, 2)}.${rng.int(0, 9)}`,
    });
    t += rng.logn(11, 0.5) * DAY;
  }
  const later = (): number => START + rng.range(0.2, 0.9) * days * DAY;
  if (rng.chance(0.15)) out.push({ t: later(), what: 'prompt', declared: true, value: rng.hex(8) });
  if (rng.chance(0.04))
    out.push({ t: later(), what: 'network', declared: true, value: rng.hex(4) });
  if (rng.chance(0.1)) out.push({ t: later(), what: 'tool', declared: true, value: rng.hex(8) });
  return out.filter((c) => c.t < START + days * DAY);
}

function life(rng: Rng, days: number): Pick<Agent, 'from' | 'rest' | 'growth'> {
  const from = rng.chance(0.08) ? rng.int(Math.floor(days * 0.15), Math.floor(days * 0.7)) : 0;
  const pause = from + rng.int(4, Math.max(5, Math.floor(days * 0.6)));
  return {
    from,
    growth: rng.chance(0.08) ? rng.range(1.6, 2.4) : 1,
    ...(rng.chance(0.06) ? { rest: [pause, pause + rng.int(3, 8)] as [number, number] } : {}),
  };
}

function timing(
  rng: Rng,
  job: Job,
): Pick<Agent, 'begins' | 'ends' | 'weekend' | 'bursty' | 'spread' | 'pace'> {
  const always = job.hours === 'always';
  return {
    begins: always ? 0 : rng.range(7, 9.3),
    ends: always ? 24 : rng.range(16.3, 19),
    weekend: always ? rng.range(0.5, 1) : rng.chance(0.12) ? rng.range(0.05, 0.2) : 0,
    bursty: rng.chance(0.35),
    spread: rng.pick([0.6, 1, 2, 4]),
    pace: rng.logn(job.cls === 'assistive' || job.cls === 'human_triggered' ? 11_000 : 3500, 0.5),
  };
}

function identity(
  rng: Rng,
  d: Draw,
): Pick<Agent, 'uid' | 'name' | 'instances' | 'framework' | 'models'> {
  const name = `${d.job.id}-${rng.pick(names.split(','))}-${d.index}`;
  const style = rng.float();
  const uid =
    style < 0.55
      ? `spiffe://${d.domain}/agent/${name}`
      : style < 0.85
        ? `agent/${name}`
        : `client-${rng.hex(10)}`;
  const script = d.job.cls === 'scheduled_job';
  return {
    uid: d.job.tags.includes('ephemeral')
      ? `spiffe://${d.domain}/ns/ci/build-worker-${d.index}`
      : uid,
    name,
    instances: Array.from(
      { length: rng.weighted([1, 2, 4, 9], [6, 3, 2, 0.5]) },
      () => `pod-${rng.hex(8)}`,
    ),
    framework: script
      ? 'script'
      : rng.pick(['langgraph', 'crewai', 'autogen', 'in-house', 'openai-agents']),
    models: script ? [] : [rng.pick(['halo-4', 'halo-4', 'orca-large', 'orca-mini', 'lumen-2'])],
  };
}

export function drawAgent(rng: Rng, d: Draw): Agent {
  const { job } = d;
  const zone = rng.pick(job.zones);
  const cronMinutes = timer(rng, job);
  const [credential, credentialLife] = pickCredential(rng, job, cronMinutes);
  const near = d.people.filter((p) => p.zone === zone);
  const team = near.length > 0 ? near : d.people;
  const source = pickSource(rng, job, d.sources);
  const audited = job.tags.includes('audit') && rng.chance(0.95);
  const ephemeral = job.tags.includes('ephemeral');
  return {
    index: d.index,
    job,
    zone,
    source,
    ...identity(rng, d),
    ...(audited ? { audit: at(auditSources, 0) } : {}),
    owner: rng.pick(team).uid,
    users: Array.from({ length: job.cls === 'assistive' ? rng.int(1, 9) : rng.int(1, 3) }, () =>
      rng.pick(team),
    ),
    rate: Math.min(420, Math.max(0.6, rng.logn(18, 1.15))),
    ...timing(rng, job),
    batch: rng.chance(0.3) ? rng.range(0.01, 0.05) : 0.002,
    ...life(rng, d.days),
    cronMinutes,
    weights: job.recipes.map(() => rng.logn(1, 0.7)),
    credential: ephemeral ? 'static' : credential,
    life: credentialLife,
    ephemeral,
    pools: [cloudPool(rng, zone), cloudPool(rng, rng.pick(job.zones))],
    novelty: job.tags.includes('free') ? rng.range(0.6, 0.95) : rng.range(0.05, 0.5),
    recordScale: rng.logn(1, 0.6),
    tokenScale: rng.logn(1, 0.5),
    errors: Math.min(0.12, rng.logn(0.012, 0.9)),
    changes: pickChanges(rng, d.days),
    beats: audited && rng.chance(0.18) && source.has.has('net'),
    mute: rng.chance(0.3),
    served: [],
  };
}
