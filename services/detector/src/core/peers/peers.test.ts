/** What leaning on peers promises: young agents are judged, by whom is told, and nobody teaches what he shouldn't. */
import type { Alert, AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { onDay, peerNames, peerRegistry, type Work, workday } from '../testing/peer-fleet.ts';
import { PeerWorld } from '../testing/peer-world.ts';
import { LEANING_NOTE } from './peer-snapshots.ts';
import { PEER_CEILING } from './peer-volume.ts';

const PEERS = peerNames(20);
const YOUNG = 'newcomer';
const REGISTRY = peerRegistry([...PEERS, YOUNG]);
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

const rates = (alerts: readonly Alert[]) =>
  alerts.filter(({ rule_id }) => rule_id === 'call-rate' || rule_id === 'tool-rate');
const spike = (day: number, calls: number) => workday(YOUNG, day, { calls, minutes: 1, hour: 14 });
const tool = (name: string, effect: AuditEvent['effect']): Partial<AuditEvent> => ({
  effect,
  tool: { name, server: 'office' },
});

describe('a young agent among its peers', () => {
  it('that does thirty times what they do is caught on its second day, by their level', () => {
    const world = amongPeers();
    expect(world.feed(workday(YOUNG, FIRST, { calls: 6 }))).toEqual([]);
    const [alert] = rates(world.feed(spike(FIRST + 1, 180)));
    expect(alert).toMatchObject({
      rule_id: 'call-rate',
      subject: { agent_uid: YOUNG },
      baseline: { level: 'peer group', version: '2026-01-09' },
      reasons: [
        { feature: 'call_rate', level: 'peer group', threshold_source: 'static' },
        { feature: 'tool_rate', level: 'peer group' },
      ],
    });
    expect(alert?.baseline?.n).toBeGreaterThanOrEqual(60);
    expect(alert?.summary).toContain('20 peers');
  });

  it('that does far more on a later day is told anew in the same alert', () => {
    const world = amongPeers();
    world.feed(workday(YOUNG, FIRST, { calls: 6 }));
    const before = rates(world.feed(spike(FIRST + 1, 60))).filter(
      (one) => one.rule_id === 'call-rate',
    );
    const after = rates(world.feed(spike(FIRST + 2, 900))).filter(
      (one) => one.rule_id === 'call-rate',
    );
    expect(after.at(-1)?.alert_id).toBe(before[0]?.alert_id);
    const told = Number(/has (\d+) calls/.exec(after.at(-1)?.summary ?? '')?.[1]);
    expect(told).toBeGreaterThan(900 / 2);
  });

  it('stays among those of its role whatever framework and version it names', () => {
    const agent = {
      uid: YOUNG,
      assurance: 'authenticated',
      framework: 'other',
      version: '9',
    } as const;
    const world = amongPeers();
    world.feed(workday(YOUNG, FIRST, { calls: 6, over: { agent } }));
    const day = { calls: 180, minutes: 1, hour: 14, over: { agent } };
    expect(rates(world.feed(workday(YOUNG, FIRST + 1, day)))[0]).toMatchObject({
      rule_id: 'call-rate',
      baseline: { level: 'peer group' },
    });
  });

  it('is not judged at all where it is alone', () => {
    const world = new PeerWorld({ registry: REGISTRY });
    world.feed(workday(YOUNG, FIRST, { calls: 6 }));
    expect(world.feed(spike(FIRST + 1, 180))).toEqual([]);
  });

  it('that does what they do is quiet where alone it would alarm', () => {
    const slow = workday(YOUNG, FIRST, { calls: 2, minutes: 40, hour: 2 });
    const asTheyDo = spike(FIRST + 1, 100);
    const alone = new PeerWorld({ registry: REGISTRY });
    alone.feed(slow);
    expect(rates(alone.feed(asTheyDo)).length).toBeGreaterThan(0);
    const world = withPeers({ calls: 100, minutes: 1 }, { peers: PEERS.slice(0, 6) });
    world.feed(slow);
    expect(rates(world.feed(asTheyDo))).toEqual([]);
  });

  it('is judged by itself once it has days enough', () => {
    const world = amongPeers();
    for (let day = FIRST; day < FIRST + 8; day += 1) world.feed(workday(YOUNG, day, { calls: 6 }));
    const [alert] = rates(world.feed(spike(FIRST + 8, 180)));
    expect(alert?.reasons[0]?.level).toBe('agent');
    expect(alert?.baseline).toMatchObject({ level: 'agent', n: 8 });
  });

  it('leans on nobody while its peers are fewer than five, and says so by not judging', () => {
    const world = withPeers({ calls: 6 }, { peers: PEERS.slice(0, 4) });
    world.feed(workday(YOUNG, FIRST, { calls: 6 }));
    expect(world.snapshots).toEqual([]);
    expect(world.feed(spike(FIRST + 1, 180))).toEqual([]);
  });
});

describe('a young agent without a group', () => {
  const alone = (uid: string) => ({ agent: { uid, assurance: 'authenticated' as const } });
  const registry = {
    version: 1,
    agents: [...PEERS, YOUNG].map((uid, n) => ({
      uid,
      class: 'semi_autonomous',
      role: `role-${n}`,
      grants: ['*'],
    })),
  };

  it('is held against its tenant only above the ceiling, and by its level', () => {
    const world = new PeerWorld({ registry });
    for (let day = 0; day < FIRST; day += 1) {
      for (const uid of PEERS) world.feed(workday(uid, day, { calls: 6, over: alone(uid) }));
      world.pass(onDay(day + 1, 3 * 3_600_000));
    }
    const spiking = (calls: number, hour: number) =>
      rates(world.feed(workday(YOUNG, FIRST, { calls, minutes: 1, hour, over: alone(YOUNG) })));
    expect(spiking(180, 10)).toEqual([]);
    expect(spiking(25 * PEER_CEILING.count + 1, 12)[0]).toMatchObject({
      reasons: [{ level: 'tenant', threshold: 500 }, { level: 'tenant' }],
      baseline: { level: 'tenant' },
    });
  });
});

describe('what peers can’t teach', () => {
  it('that bad is normal: the threshold is clamped however much all of them do', () => {
    const large = { result: { size: 800_000_000, trust: 'trusted' as const } };
    const world = withPeers({ calls: 4, minutes: 1, over: large }, { days: 5 });
    const [volume] = world.snapshots.slice(-1).map(({ volumes }) => volumes['byte_volume']);
    const ceiling = 5_000_000 * PEER_CEILING.amount;
    expect(Math.expm1(volume?.median ?? 0)).toBeGreaterThan(ceiling);
    const bytes = (calls: number) =>
      world
        .feed(workday(YOUNG, 6, { calls, minutes: 1, hour: calls, over: large }))
        .filter(({ rule_id }) => rule_id === 'byte-volume');
    expect(bytes(2)).toEqual([]);
    expect(bytes(3)[0]?.reasons[0]).toMatchObject({
      threshold: ceiling,
      threshold_source: 'static',
      level: 'peer group',
    });
  });

  it('anything to another tenant', () => {
    const world = new PeerWorld({ registry: REGISTRY, tenants: ['acme', 'other'] });
    taught(world, { calls: 6, tenant: 'other' });
    world.feed(workday(YOUNG, FIRST, { calls: 6 }));
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
    { days = 2, usual = {}, rule = 'first-tool' } = {},
  ) => {
    const world = new PeerWorld({ registry: REGISTRY });
    for (let day = 0; day < FIRST; day += 1) {
      for (const uid of PEERS) {
        world.feed(workday(uid, day, { calls: 6, over: usual }));
        if (day < days)
          world.feed(workday(uid, day, { calls: 2, minutes: 2, hour: 15, over: theirs }));
      }
      world.feed(workday(YOUNG, day, { calls: 20, minutes: 4, over: usual }));
      world.pass(onDay(day + 1, 3 * 3_600_000));
    }
    const news = workday(YOUNG, FIRST, { calls: 1, minutes: 1, hour: 10, over: theirs });
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
    expect(alert).toMatchObject({ rule_id: 'first-tool', severity: 'medium' });
    expect(alert?.summary).toContain('0 of 20 of its peers');
  });

  it('that peers met on one day alone is no custom of theirs', () => {
    const [alert] = among(tool('write_note', 'create'), { days: 1 });
    expect(alert).toMatchObject({ rule_id: 'first-tool', severity: 'medium' });
    expect(alert?.summary).toContain('20 of 21 of its peers');
  });

  it('to whom it sends is told whatever peers do', () => {
    const asked = { usual: mail('own.example'), rule: 'first-counterparty' };
    expect(among(mail('new.example'), asked)).toMatchObject([{ severity: 'low' }]);
  });

  it('that can’t be undone is told whatever peers do, as less grave', () => {
    const [alert] = among(tool('drop_table', 'delete'));
    expect(alert).toMatchObject({ severity: 'low', reasons: [{ level: 'agent' }] });
    expect(alert?.summary).toContain('20 of 21 of its peers');
  });

  it('that none of many peers ever did alarms of an agent in its first calls', () => {
    const over = tool('drop_table', 'delete');
    const first = workday(YOUNG, FIRST, { calls: 1, minutes: 1, over });
    const alerts = amongPeers().feed(first);
    const found = alerts.find(({ rule_id }) => rule_id === 'first-tool');
    expect(found).toMatchObject({
      severity: 'medium',
      reasons: [
        {
          level: 'peer group',
          baseline_n: 20,
          text: 'called drop_table: never seen of this agent; 0 of 20 of its peers have.',
          expected: 'something that one of 20 peers has done',
          observed: 'never before, and by none of 20 peers',
          // One of 21, with an effect that 7 % of new things have.
          p_value: 0.00333333,
          threshold: 0.02,
        },
      ],
      baseline: { level: 'peer group', n: 20, since: '2026-01-05T00:00:00Z' },
      not_visible: [
        expect.stringContaining('Calls that were refused'),
        LEANING_NOTE,
        expect.stringContaining('Confidence'),
      ],
    });
    expect(new PeerWorld({ registry: REGISTRY }).feed(first)).toEqual([]);
  });

  it('that none of them ever did is none where a pattern of its profile declares it, and a deletion is', () => {
    const told = (tools: readonly string[], effect: AuditEvent['effect']) => {
      const names = peerRegistry([...PEERS, YOUNG]);
      const agents = names.agents.map((one) => ({ ...one, profile: { tools } }));
      const world = taught(new PeerWorld({ registry: { ...names, agents } }), { calls: 6 });
      const over = tool('send_email', effect);
      const first = world.feed(workday(YOUNG, FIRST, { calls: 1, minutes: 1, over }));
      return first.map(({ rule_id }) => rule_id).filter((id) => id.startsWith('first-'));
    };
    expect(told(['office/*', 'crm/*'], 'send')).toEqual([]);
    expect(told(['*'], 'send')).toEqual(['first-tool', 'first-effect']);
    expect(told(['office/*', 'crm/*'], 'delete')).toEqual(['first-effect']);
  });

  it('that can’t be undone and none of them did is told in its first calls though one has a tool of its own', () => {
    const world = new PeerWorld({ registry: REGISTRY });
    for (let day = 0; day < FIRST; day += 1) {
      for (const uid of PEERS) {
        const over = uid === PEERS[0] ? tool('own_tool', 'read') : {};
        world.feed(workday(uid, day, { calls: 6, over }));
      }
      world.pass(onDay(day + 1, 3 * 3_600_000));
    }
    const first = (name: string, effect: AuditEvent['effect'], hour: number) =>
      world
        .feed(workday(YOUNG, FIRST, { calls: 1, minutes: 1, hour, over: tool(name, effect) }))
        .filter(({ rule_id }) => rule_id === 'first-tool');
    expect(first('write_note', 'create', 10)).toEqual([]);
    const [alert] = first('drop_table', 'delete', 11);
    expect(alert).toMatchObject({ severity: 'low', reasons: [{ level: 'peer group' }] });
    expect(alert?.reasons[0]).not.toHaveProperty('threshold');
  });

  it('by the hour, of a young agent: told by its peers’ hours, and that its own are few', () => {
    const world = amongPeers();
    world.feed(workday(YOUNG, FIRST, { calls: 1, minutes: 1 }));
    const over = { effect: 'update' as const };
    const night = workday(YOUNG, FIRST + 1, { calls: 1, minutes: 1, hour: 2, over });
    const alert = world.feed(night).find(({ rule_id }) => rule_id === 'acting-hours');
    expect(alert?.summary).toContain(
      'In the 1 call counted since 2026-01-10 (1 day before this one',
    );
    expect(alert).toMatchObject({
      reasons: [
        { expected: 'an hour at which one of 20 peers acts', p_value: 0.0476, threshold: 0.0476 },
      ],
      not_visible: [LEANING_NOTE, expect.stringContaining('Confidence')],
    });
  });

  it('by the hour: alone at night alarms, where a fifth of its peers is at work it does not', () => {
    const atNight = (busy: number) => {
      const world = new PeerWorld({ registry: REGISTRY });
      for (let day = 0; day < 14; day += 1) {
        PEERS.forEach((uid, n) => {
          world.feed(workday(uid, day, { calls: 1, minutes: 1, hour: n < busy ? 2 : 9 }));
        });
        world.feed(workday(YOUNG, day, { calls: 3 }));
        world.pass(onDay(day + 1, 3 * 3_600_000));
      }
      const over = { effect: 'update' as const };
      const night = workday(YOUNG, 14, { calls: 1, minutes: 1, hour: 2, over });
      return world.feed(night).filter(({ rule_id }) => rule_id === 'acting-hours').length;
    };
    expect([atNight(0), atNight(4), atNight(5)]).toEqual([1, 1, 0]);
  });
});
