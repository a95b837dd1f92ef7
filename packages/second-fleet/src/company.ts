// Draws the company of one seed: sources with differing telemetry, people, agents, planned changes.
import { drawAgent } from './agents.ts';
import { DAY, START, type Zone } from './clock.ts';
import { callsPerTask, jobs } from './jobs.ts';
import { homePool, officePool } from './network.ts';
import { at, createRng, hashUnit, type Rng } from './rng.ts';
import { drawSources } from './sources.ts';
import { tool } from './tools.ts';
import type { Agent, Job, Person, Source } from './types.ts';

export interface Company {
  seed: string;
  days: number;
  domain: string;
  people: Person[];
  agents: Agent[];
  sources: Source[];
  peakDays: number[];
  spells: { from: number; to: number; server: string; rate: number }[];
  outages: { source: Source; from: number; to: number; backfill: boolean }[];
  served: { t: number; server: string }[];
  meetings: { agent: number; t: number; n: number }[];
}

const domains = ['northwind-freight.example', 'halden-logistik.example', 'bluequay-trade.example'];
const firsts =
  'ana,ben,chiara,dev,ela,farid,gwen,hugo,ines,jon,kira,liam,mei,noor,otto,priya,quin,rosa,sven,tara';
const lasts =
  'abel,berg,chan,diaz,endo,fox,gupta,haas,ito,jung,kaya,lund,moor,nair,okafor,park,quist,rao,silva,tan';

export function drawPeople(rng: Rng, domain: string, count: number): Person[] {
  const zones: Zone[] = ['berlin', 'new-york', 'los-angeles', 'singapore', 'bangalore'];
  const out: Person[] = [];
  for (let i = 0; i < count; i++) {
    const zone = rng.weighted(zones, [5, 4, 2, 2, 2]);
    const name = `${rng.pick(firsts.split(','))}.${rng.pick(lasts.split(','))}${i}`;
    out.push({
      uid: `${name}@${domain}`,
      zone,
      home: homePool(rng, zone),
      office: officePool(zone),
      answers: rng.logn(16_000, 0.45),
      refuses: rng.range(0.01, 0.08),
    });
  }
  return out;
}

function jobList(rng: Rng, count: number): Job[] {
  const total = jobs.reduce((sum, j) => sum + j.share, 0);
  const list: Job[] = [];
  let carried = 0;
  for (const job of jobs) {
    carried += (job.share * count) / total;
    while (list.length < Math.round(carried)) list.push(job);
  }
  return rng.shuffle(list).slice(0, count);
}

/** Rates are scaled so that the fleet has about 37 calls an agent-day, whatever the tail drew. */
function calibrate(agents: Agent[], days: number): void {
  const load = (a: Agent): number => {
    const perDay =
      a.job.hours === 'cron'
        ? (1440 / a.cronMinutes) * callsPerTask(at(a.job.recipes, 0))
        : a.rate * (a.job.hours === 'always' ? 1 : 0.72);
    return perDay * Math.max(0, days - a.from) * (a.audit ? 1.3 : 1);
  };
  const fixed = agents.filter((a) => a.job.hours === 'cron').reduce((s, a) => s + load(a), 0);
  const free = agents.filter((a) => a.job.hours !== 'cron').reduce((s, a) => s + load(a), 0);
  const factor = Math.max(0.1, (37 * agents.length * days - fixed) / Math.max(1, free));
  for (const a of agents) if (a.job.hours !== 'cron') a.rate *= factor;
}

function drawOutages(rng: Rng, sources: readonly Source[], days: number): Company['outages'] {
  return [0, 1, 2, 3].map((i) => {
    const from = START + Math.round(rng.range(0.2, 0.95) * days * DAY);
    return {
      source: at(sources, [1, 3, 5, 2][i] ?? 0),
      from,
      to: from + Math.round(rng.logn(80 * 60_000, 0.5)),
      backfill: i % 2 === 0,
    };
  });
}

function planRollouts(rng: Rng, agents: Agent[], days: number): void {
  const first = START + (days * 0.3 + 0.4) * DAY;
  const second = START + (days * 0.6 + 0.4) * DAY;
  for (const a of agents) {
    if (a.job.cls !== 'scheduled_job' && rng.chance(0.35))
      a.rollout = { t: first + rng.range(0, 4) * 3_600_000, tool: tool('assist-hub/suggest_next') };
    if (a.models[0] === 'halo-4' && hashUnit(a.uid) < 0.7)
      a.changes.push({
        t: second + rng.range(0, 600_000),
        what: 'model',
        declared: true,
        value: 'halo-4.5',
      });
    a.changes.sort((x, y) => x.t - y.t);
  }
}

/** Servers change the definitions of their tools for all that use them at once. */
function planServers(rng: Rng, agents: Agent[], days: number): Company['served'] {
  const servers = rng.shuffle(['zendesk', 'websearch', 'github', 'postgres', 'gdrive']).slice(0, 2);
  const served = servers.map((server) => ({
    server,
    t: START + rng.range(0.2, 0.85) * days * DAY,
  }));
  for (const a of agents) a.served = served;
  return served;
}

function pairHelpers(rng: Rng, agents: Agent[]): void {
  const helpers = agents.filter((a) => a.job.tags.includes('helper'));
  if (helpers.length === 0) return;
  for (const a of agents) if (a.job.tags.includes('lead')) a.helper = rng.pick(helpers).index;
}

function drawSpells(rng: Rng, days: number): Company['spells'] {
  const servers = [
    'zendesk',
    'postgres',
    'websearch',
    'stripe',
    'kubernetes',
    'gdrive',
    'erp',
    'mail',
  ];
  return servers.map((server) => {
    const from = START + rng.range(0.05, 0.95) * days * DAY;
    return { server, from, to: from + rng.logn(50 * 60_000, 0.7), rate: rng.range(0.25, 0.7) };
  });
}

export function drawCompany(seed: string, count: number, days: number): Company {
  const rng = createRng(`${seed}/company`);
  const domain = rng.pick(domains);
  const people = drawPeople(rng, domain, Math.max(12, Math.round(count * 0.7)));
  const sources = drawSources();
  const agents = jobList(rng, count).map((job, index) =>
    drawAgent(createRng(`${seed}/agent/${index}`), { index, job, days, people, sources, domain }),
  );
  calibrate(agents, days);
  planRollouts(rng, agents, days);
  const served = planServers(rng, agents, days);
  pairHelpers(rng, agents);
  const approving = agents.filter(
    (a) => a.job.cls === 'semi_autonomous' && a.source.has.has('approvals'),
  );
  const meetings = rng
    .shuffle(approving)
    .slice(0, Math.ceil(count / 25))
    .map((a) => ({
      agent: a.index,
      t: START + rng.int(2, Math.max(3, days - 2)) * DAY,
      n: rng.int(8, 19),
    }));
  return {
    seed,
    days,
    domain,
    people,
    agents,
    sources,
    served,
    peakDays: [rng.int(5, 10), rng.int(15, 24)],
    spells: drawSpells(rng, days),
    outages: drawOutages(rng, sources, days),
    meetings,
  };
}
