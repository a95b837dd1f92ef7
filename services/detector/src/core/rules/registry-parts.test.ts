/** What of the registry is one finding and what several, and which of its parts work without the others. */
import type { Alert, AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

const within = (envelope: object, agents: readonly object[]) =>
  new ProfileWorld({ version: 1, agents, workflows: [{ name: 'invoice', envelope }] });
const REGISTERED = [{ uid: 'reporter', class: 'autonomous' }];
const deed = (n: number, task: string, over: Partial<AuditEvent> = {}) =>
  event(n, {
    effect: 'send',
    capabilities: [{ symbol: 'send:external', basis: 'catalogue' }],
    chain_id: task,
    task: { id: task, workflow: 'invoice' },
    ...over,
  });

describe('what an envelope lacks', () => {
  const prod = { target: { environment: 'prod' } };

  it('is one finding in one task after the other, whose subject is the latest', () => {
    const world = within({ environments: ['dev'] }, REGISTERED);
    const [first] = world.feed(deed(1, 'task-1', prod));
    for (let n = 2; n <= 40; n += 1) {
      const [again, ...others] = world.feed(deed(n, `task-${n}`, prod));
      expect(others).toEqual([]);
      expect(again?.alert_id).toBe(first?.alert_id);
      expect(again).toMatchObject({ count: n, subject: { task_id: `task-${n}` } });
      expect(again?.evidence[0]?.event_id).toBe(deed(n, '', prod).event_id);
    }
  });

  it('is one incident of all agents that meet it', () => {
    const world = within({ environments: ['dev'] }, [
      ...REGISTERED,
      { uid: 'b', class: 'autonomous' },
    ]);
    const agent = { uid: 'b', assurance: 'authenticated' as const };
    const [one] = world.feed(deed(1, 'task-1', prod));
    const [other] = world.feed(deed(2, 'task-2', { ...prod, agent }));
    expect(other?.alert_id).not.toBe(one?.alert_id);
    expect(other?.incident_id).toBe(one?.incident_id);
  });

  it('is another finding where another place is named, and of destinations in each task', () => {
    const world = within({ environments: ['dev'], destinations: ['acme.example'] }, REGISTERED);
    const dev = {
      target: { environment: 'dev' },
      args: { features: { destination_domain: 'evil.example' } },
    };
    const alerts = world.feed(
      deed(1, 'task-1', prod),
      deed(2, 'task-2', { target: { environment: 'staging' } }),
      deed(3, 'task-3', dev),
      deed(4, 'task-4', dev),
    );
    const told = alerts.filter(({ kind }) => kind === 'outside_task_envelope');
    expect(new Set(told.map(({ alert_id }) => alert_id)).size).toBe(4);
  });
});

describe('what profile and envelope forbid alike', () => {
  const profile = { environments: ['dev'] };
  const registered = [{ uid: 'reporter', class: 'autonomous', profile }];
  const prod = { target: { environment: 'prod' } };
  const queued = (all: readonly Alert[]) => all.filter(({ hygiene }) => hygiene !== true);

  it('is one alert that queues; the other is listed in the same incident, and rules see both', () => {
    const alerts = within({ environments: ['dev'] }, registered).feed(deed(1, 'task-1', prod));
    expect(alerts.map(({ kind }) => kind).sort()).toEqual([
      'outside_profile',
      'outside_task_envelope',
    ]);
    expect(queued(alerts)).toMatchObject([{ kind: 'outside_task_envelope', severity: 'high' }]);
    expect(new Set(alerts.map(({ incident_id }) => incident_id)).size).toBe(1);
  });

  it('queues by the graver of both: what rests on a workflow that is only asserted does not', () => {
    const claims = { ...event(1).claims, workflow: 'asserted' as const };
    const world = within({ environments: ['dev'] }, registered);
    const alerts = world.feed(deed(1, 'task-1', { ...prod, claims }));
    expect(queued(alerts)).toMatchObject([{ kind: 'outside_profile', severity: 'high' }]);
  });

  it('is two alerts where one exceeds what the other allows', () => {
    const world = within({ environments: ['dev', 'staging'] }, registered);
    const alerts = world.feed(deed(1, 'task-1', { target: { environment: 'staging' } }));
    expect(queued(alerts)).toMatchObject([{ kind: 'outside_profile' }]);
    const both = within({ capabilities: ['read:*'] }, registered);
    expect(queued(both.feed(deed(1, 'task-1', prod)))).toHaveLength(2);
  });
});

describe('a registry that names no agents', () => {
  it('finds who touches a decoy, and nobody is unregistered in it', () => {
    const decoys = [{ tool: { server: 'vault', name: 'export_all' } }];
    const world = new ProfileWorld({ version: 1, decoys });
    expect(world.feed(event(1), event(2))).toEqual([]);
    const touch = event(3, { tool: { name: 'export_all', server: 'vault' } });
    expect(world.feed(touch)).toMatchObject([{ kind: 'decoy_touched', severity: 'critical' }]);
  });

  it('finds what leaves an envelope', () => {
    const world = within({ environments: ['dev'] }, []);
    const [alert] = world.feed(deed(1, 'task-1', { target: { environment: 'prod' } }));
    expect(alert).toMatchObject({ kind: 'outside_task_envelope' });
  });
});
