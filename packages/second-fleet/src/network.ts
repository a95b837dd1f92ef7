// Where calls come from: office NAT, clouds' egress pools that rotate, homes and hotels of people.
import { DAY, HOUR, hourOf, type Zone } from './clock.ts';
import { at, hashUnit, type Rng } from './rng.ts';
import type { Agent, Person } from './types.ts';

const cloud: Record<Zone, readonly string[]> = {
  berlin: ['3.120', '18.156', '35.158'],
  'new-york': ['3.84', '34.201', '54.163'],
  'los-angeles': ['52.52', '54.183', '13.57'],
  singapore: ['13.228', '52.76', '54.251'],
  bangalore: ['13.126', '15.206', '65.0'],
};
const homes: Record<Zone, readonly string[]> = {
  berlin: ['84.143', '91.12', '178.7'],
  'new-york': ['68.173', '72.229', '108.30'],
  'los-angeles': ['76.91', '104.32', '47.145'],
  singapore: ['119.74', '116.86', '42.60'],
  bangalore: ['106.51', '117.193', '49.207'],
};
const officeNet: Record<Zone, string> = {
  berlin: '185.44.12',
  'new-york': '207.180.9',
  'los-angeles': '207.180.77',
  singapore: '203.116.40',
  bangalore: '203.116.91',
};

/** The egress addresses of one workload: some in one network, now and then two networks. */
export function cloudPool(rng: Rng, zone: Zone): string[] {
  const nets = rng.chance(0.25) ? 2 : 1;
  const out: string[] = [];
  for (let n = 0; n < nets; n++) {
    const net = `${rng.pick(cloud[zone])}.${rng.int(1, 250)}`;
    const size = rng.weighted([1, 3, 8, 24], [3, 4, 3, 1]);
    for (let i = 0; i < size; i++) out.push(`${net}.${rng.int(2, 250)}`);
  }
  return out;
}

export function officePool(zone: Zone): string[] {
  return [11, 12, 13, 14, 19].map((n) => `${officeNet[zone]}.${n}`);
}

export function homePool(rng: Rng, zone: Zone): string[] {
  const net = rng.pick(homes[zone]);
  return [0, 1, 2, 3].map(() => `${net}.${rng.int(1, 250)}.${rng.int(2, 250)}`);
}

/** A person's laptop: office or home by day, a new home address every week, now and then on the way. */
export function laptop(person: Person, t: number): string {
  const day = Math.floor(t / DAY);
  const u = hashUnit(`${person.uid}/${day}`);
  const half = hashUnit(`${person.uid}/${Math.floor(t / (4 * HOUR))}`);
  if (half < 0.04) {
    const hotel = Math.floor(half * 6000);
    return `80.187.${hotel}.${Math.floor(u * 240) + 5}`;
  }
  if (u < 0.55) return at(person.office, Math.floor(half * person.office.length));
  return at(person.home, Math.floor(day / 7) % person.home.length);
}

export function address(agent: Agent, person: Person | undefined, t: number, rng: Rng): string {
  if (person && agent.job.tags.includes('roam')) return laptop(person, t);
  if (person && agent.job.cls === 'human_triggered') return rng.pick(person.office);
  const moved = agent.changes.filter((c) => c.what === 'network' && c.t <= t).length;
  const pool = at(agent.pools, Math.min(moved, agent.pools.length - 1));
  const turn = Math.floor(hourOf(t) / 72) % pool.length;
  return at(pool, (turn + Math.floor(rng.float() ** 2 * Math.min(pool.length, 6))) % pool.length);
}

/** An address far from everything that the company uses. */
export function farAddress(rng: Rng, near: boolean): string {
  if (near) return `3.${rng.int(64, 79)}.${rng.int(1, 250)}.${rng.int(2, 250)}`;
  const net = rng.pick(['45.134', '193.32', '185.220', '102.129', '176.111', '91.240']);
  return `${net}.${rng.int(1, 250)}.${rng.int(2, 250)}`;
}
