/** Where most of an agent's peers work is no strange place, and what few of them do, or a token that moves, is told. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { onDay, peerNames, peerRegistry, workday } from '../../testing/peer-fleet.ts';
import { PeerWorld } from '../../testing/peer-world.ts';

const PEERS = peerNames(8);
const MOVED = 'mover';
const REGISTRY = peerRegistry([...PEERS, MOVED]);
const DAYS = 9;
const HOME = { ip: '10.1.2.3', user_agent: 'sdk/1' };
const NEW = { ip: '203.0.113.9', user_agent: 'runtime/2' };

let made = 0;
function at(uid: string, day: number, over: Partial<AuditEvent>): readonly AuditEvent[] {
  made += 1;
  const credential = { uid: `token-${made}` };
  return workday(uid, day, { calls: 4, minutes: 2, over: { credential, ...over } });
}

/** All at home, but so many of the peers where the mover turns up later. */
function worked(there: number): PeerWorld {
  const world = new PeerWorld({ registry: REGISTRY });
  for (let day = 0; day < DAYS; day += 1) {
    PEERS.forEach((uid, n) => {
      world.feed(at(uid, day, { src: n < there ? NEW : HOME }));
    });
    world.feed(at(MOVED, day, { src: HOME }));
    world.pass(onDay(day + 1, 3 * 3_600_000));
  }
  return world;
}
const stolen = (world: PeerWorld, ...over: readonly Partial<AuditEvent>[]) =>
  over
    .flatMap((one) => world.feed(at(MOVED, DAYS, one)))
    .filter(({ rule_id: rule }) => rule === 'stolen-credential');
const change: Partial<AuditEvent> = { effect: 'update', src: NEW };

describe('a place that is new to an agent', () => {
  it('is no sign of a stolen key where most of its peers work from it', () => {
    expect(stolen(worked(6), change)).toEqual([]);
  });

  it('is one where few of them do', () => {
    const [alert] = stolen(worked(2), change);
    expect(alert?.summary).toContain('is used from 203.0.113.*');
  });

  it('stands in a snapshot by its fingerprint, and only where several have it', () => {
    const { snapshots } = worked(6);
    const [network] = snapshots.slice(-1).map(({ values }) => values['network']);
    expect(Object.values(network?.known ?? {})).toEqual([6, 3]);
    expect(JSON.stringify(snapshots)).not.toContain('203.0.113');
    const [few] = worked(2)
      .snapshots.slice(-1)
      .map(({ values }) => values['network']);
    expect(Object.values(few?.known ?? {})).toEqual([7]);
  });
});
