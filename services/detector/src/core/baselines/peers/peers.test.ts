/** What leaning on peers promises: young agents are judged, by whom is told, and nobody teaches what he shouldn't. */
import type { Alert, AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { onDay, peerNames, peerRegistry, type Work, workday } from '../../testing/peer-fleet.ts';
import { PeerWorld } from '../../testing/peer-world.ts';
import { limitOf, PEER_CEILING } from '../volume/series.ts';

const PEERS = peerNames(20);
const COLD_START = 'newcomer';
const REGISTRY = peerRegistry([...PEERS, COLD_START]);
const DAYS = 3;
/** The first day on which the newcomer acts: what the peers told is in effect. */
const FIRST = DAYS + 2;

/** Peers at work for some days; each day is closed in the morning after it. */
function taught(world: PeerWorld, work: Work, { peers = PEERS, days = FIRST } = {}): PeerWorld {
  for (let day = 0; day < days; day += 1) {
    // No two of them do the same, and no day is like the one before.
    peers.forEach((uid, n) => {
      world.feed(workday(uid, day, { ...work, calls: work.calls + ((n + day) % 3) }));
    });
    world.pass(onDay(day + 1, 3 * 3_600_000));
  }
  return world;
}

const withPeers = (work: Work, of?: { peers?: string[]; days?: number }) =>
  taught(new PeerWorld({ registry: REGISTRY }), work, of);

let sixADay: PeerWorld | undefined;
/** Peers that make six calls a minute: taught once for all tests that ask nothing else of them. */
const amongPeers = () => {
  sixADay ??= withPeers({ calls: 6 });
  return sixADay.fork();
};

const rates = (alerts: readonly Alert[]) => alerts.filter(({ rule_id }) => rule_id === 'volume');
const spike = (day: number, calls: number) =>
  workday(COLD_START, day, { calls, minutes: 1, hour: 14 });
const tool = (name: string, effect: AuditEvent['effect']): Partial<AuditEvent> => ({
  effect,
  tool: { name, server: 'office' },
});

describe('a young agent among its peers', () => {
  it('that does thirty times what they do is caught on its second day, by their level', () => {
    const world = amongPeers();
    expect(world.feed(workday(COLD_START, FIRST, { calls: 6 }))).toEqual([]);
    const [alert] = rates(world.feed(spike(FIRST + 1, 180)));
    expect(alert).toMatchObject({
      rule_id: 'volume',
      subject: { agent_uid: COLD_START },
      baseline: { level: 'peer group' },
    });
    expect(alert?.summary).toContain('those of its peers decide');
  });

  it('that does far more on a later day is told anew in the same alert', () => {
    const world = amongPeers();
    world.feed(workday(COLD_START, FIRST, { calls: 6 }));
    const before = rates(world.feed(spike(FIRST + 1, 60))).filter(
      (one) => one.rule_id === 'volume',
    );
    const after = rates(world.feed(spike(FIRST + 2, 900))).filter(
      (one) => one.rule_id === 'volume',
    );
    expect(after.at(-1)?.alert_id).toBe(before[0]?.alert_id);
    const told = Number(/made (\d+) calls/.exec(after.at(-1)?.summary ?? '')?.[1]);
    expect(told).toBeGreaterThan(900 / 2);
  });

  it('stays among those of its role whatever framework and version it names', () => {
    const agent = {
      uid: COLD_START,
      assurance: 'authenticated',
      framework: 'other',
      version: '9',
    } as const;
    const world = amongPeers();
    world.feed(workday(COLD_START, FIRST, { calls: 6, over: { agent } }));
    const day = { calls: 180, minutes: 1, hour: 14, over: { agent } };
    expect(rates(world.feed(workday(COLD_START, FIRST + 1, day)))[0]).toMatchObject({
      rule_id: 'volume',
      baseline: { level: 'peer group' },
    });
  });

  it('is not judged at all where it is alone', () => {
    const world = new PeerWorld({ registry: REGISTRY });
    world.feed(workday(COLD_START, FIRST, { calls: 6 }));
    expect(world.feed(spike(FIRST + 1, 180))).toEqual([]);
  });

  it('is judged by itself once it has days enough', () => {
    const world = amongPeers();
    for (let day = FIRST; day < FIRST + 8; day += 1)
      world.feed(workday(COLD_START, day, { calls: 6 }));
    const [alert] = rates(world.feed(spike(FIRST + 8, 180)));
    expect(alert?.reasons[0]?.level).toBe('agent');
    expect(alert?.baseline).toMatchObject({ level: 'agent', n: 8 });
  });

  it('leans on nobody while its peers are fewer than five, and says so by not judging', () => {
    const world = withPeers({ calls: 6 }, { peers: PEERS.slice(0, 4) });
    world.feed(workday(COLD_START, FIRST, { calls: 6 }));
    expect(world.snapshots).toEqual([]);
    expect(world.feed(spike(FIRST + 1, 180))).toEqual([]);
  });
});

describe('a young agent without a group', () => {
  const alone = (uid: string) => ({ agent: { uid, assurance: 'authenticated' as const } });
  const registry = {
    version: 1,
    agents: [...PEERS, COLD_START].map((uid, n) => ({
      uid,
      class: 'semi_autonomous',
      role: `role-${n}`,
      grants: ['*'],
    })),
  };

  it('is not judged by its tenant, whose agents do all kinds of work', () => {
    const world = new PeerWorld({ registry });
    for (let day = 0; day < FIRST; day += 1) {
      for (const uid of PEERS) world.feed(workday(uid, day, { calls: 6, over: alone(uid) }));
      world.pass(onDay(day + 1, 3 * 3_600_000));
    }
    const spiking = { calls: 500, minutes: 1, hour: 10, over: alone(COLD_START) };
    expect(rates(world.feed(workday(COLD_START, FIRST, spiking)))).toEqual([]);
  });
});

describe('what peers can’t teach', () => {
  it('that bad is normal: the limit is clamped however much all of them do', () => {
    const peers = { median: Math.log1p(1e9), scale: 1, agents: 9 };
    expect(limitOf([], 50, peers)).toBe(50 * PEER_CEILING);
  });

  it('anything to another tenant', () => {
    const world = new PeerWorld({ registry: REGISTRY, tenants: ['acme', 'other'] });
    taught(world, { calls: 6, tenant: 'other' });
    world.feed(workday(COLD_START, FIRST, { calls: 6 }));
    expect(world.feed(spike(FIRST + 1, 180))).toEqual([]);
    expect(new Set(world.snapshots.map(({ tenant_id }) => tenant_id))).toEqual(new Set(['other']));
  });

  it('anything as agents that nobody registered, or whose identity nothing proves', () => {
    const strangers = Array.from({ length: 8 }, (_, n) => `stranger-${n}`);
    expect(withPeers({ calls: 6 }, { peers: strangers }).snapshots).toEqual([]);
    const asserted = { uid: 'x', assurance: 'asserted' } as const;
    const world = new PeerWorld({ registry: REGISTRY });
    for (let day = 0; day < 4; day += 1) {
      for (const uid of PEERS) {
        const over = { agent: { ...asserted, uid } };
        world.feed(workday(uid, day, { calls: 6, minutes: 1, over }));
      }
      world.pass(onDay(day + 1, 3 * 3_600_000));
    }
    expect(world.snapshots).toEqual([]);
  });
});

describe('something new', () => {
  /** Settled on reading, among peers who also do something else. */
  const among = (
    theirs: Partial<AuditEvent>,
    { days = 2, usual = {}, rule = 'first-seen' } = {},
  ) => {
    const world = new PeerWorld({ registry: REGISTRY });
    for (let day = 0; day < FIRST; day += 1) {
      for (const uid of PEERS) {
        world.feed(workday(uid, day, { calls: 6, over: usual }));
        if (day < days)
          world.feed(workday(uid, day, { calls: 2, minutes: 2, hour: 15, over: theirs }));
      }
      world.feed(workday(COLD_START, day, { calls: 20, minutes: 4, over: usual }));
      world.pass(onDay(day + 1, 3 * 3_600_000));
    }
    const news = workday(COLD_START, FIRST, { calls: 1, minutes: 1, hour: 10, over: theirs });
    return world.feed(news).filter(({ rule_id }) => rule_id === rule);
  };
  const mail = (domain: string): Partial<AuditEvent> => ({
    ...tool('send_mail', 'send'),
    args: { features: { destination_domain: domain } },
  });

  it('to an agent alone alarms, common to its peers it does not', () => {
    expect(among(tool('write_note', 'create'))).toEqual([]);
    const world = amongPeers();
    for (let day = 0; day < 3; day += 1)
      world.feed(workday(PEERS[0] ?? '', FIRST + day, { calls: 6 }));
    const over = tool('write_note', 'create');
    const news = workday(PEERS[0] ?? '', FIRST + 3, { calls: 1, minutes: 1, hour: 10, over });
    const [alert] = world.feed(news);
    expect(alert).toMatchObject({ rule_id: 'first-seen', severity: 'medium' });
    expect(alert?.summary).toContain('0 of 20 of its peers');
  });

  it('that peers met on one day alone is no custom of theirs', () => {
    const [alert] = among(tool('write_note', 'create'), { days: 1 });
    expect(alert).toMatchObject({ rule_id: 'first-seen', severity: 'low' });
    expect(alert?.summary).toContain('20 of 21 of its peers');
  });

  it('to whom it sends is told whatever peers do', () => {
    const asked = { usual: mail('own.example'), rule: 'first-seen' };
    expect(among(mail('new.example'), asked)).toMatchObject([{ severity: 'low' }]);
  });

  it('that can’t be undone is told whatever peers do, as less grave', () => {
    const [alert] = among(tool('drop_table', 'delete'));
    expect(alert).toMatchObject({ severity: 'low' });
    expect(alert?.summary).toContain('20 of 21 of its peers');
  });

  it('that none of many peers ever did alarms of an agent in its first calls', () => {
    const over = tool('drop_table', 'delete');
    const first = workday(COLD_START, FIRST, { calls: 1, minutes: 1, over });
    const alerts = amongPeers().feed(first);
    const found = alerts.find(({ rule_id }) => rule_id === 'first-seen');
    expect(found).toMatchObject({
      severity: 'medium',
      reasons: [{ level: 'peer group', baseline_n: 20 }, { feature: 'first_effect' }],
      baseline: { level: 'peer group', n: 20, since: '2026-01-05T00:00:00Z' },
    });
    expect(new PeerWorld({ registry: REGISTRY }).feed(first)).toEqual([]);
  });

  it('that none of them ever did is none where a pattern of its profile declares it, and a deletion is', () => {
    const told = (tools: readonly string[], effect: AuditEvent['effect']) => {
      const names = peerRegistry([...PEERS, COLD_START]);
      const agents = names.agents.map((one) => ({ ...one, profile: { tools } }));
      const world = taught(new PeerWorld({ registry: { ...names, agents } }), { calls: 6 });
      const over = tool('send_email', effect);
      const first = world.feed(workday(COLD_START, FIRST, { calls: 1, minutes: 1, over }));
      return first.map(({ rule_id }) => rule_id).filter((id) => id.startsWith('first-'));
    };
    expect(told(['office/*', 'crm/*'], 'send')).toEqual([]);
    expect(told(['*'], 'send')).toEqual(['first-seen']);
    expect(told(['office/*', 'crm/*'], 'delete')).toEqual(['first-seen']);
  });

  it('by the hour: alone at night alarms, where a fifth of its peers is at work it does not', () => {
    const atNight = (busy: number) => {
      const world = new PeerWorld({ registry: REGISTRY });
      for (let day = 0; day < 14; day += 1) {
        PEERS.forEach((uid, n) => {
          world.feed(workday(uid, day, { calls: 1, minutes: 1, hour: n < busy ? 2 : 9 }));
        });
        world.feed(workday(COLD_START, day, { calls: 3 }));
        world.pass(onDay(day + 1, 3 * 3_600_000));
      }
      const over = { effect: 'update' as const };
      const night = workday(COLD_START, 14, { calls: 1, minutes: 1, hour: 2, over });
      return world.feed(night).filter(({ rule_id }) => rule_id === 'acting-hours').length;
    };
    expect([atNight(0), atNight(4), atNight(5)]).toEqual([1, 0, 0]);
  });
});
