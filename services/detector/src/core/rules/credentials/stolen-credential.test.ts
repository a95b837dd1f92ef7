/** What is guaranteed of a credential that is used where it does not belong. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';

const HOME = { ip: '10.1.2.3', user_agent: 'runtime/3' };
const AWAY = { ip: '203.0.113.9', user_agent: 'curl/8' };
const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-01-05T09:00:00Z');

let made = 0;
function use(day: number, minute: number, over: Partial<AuditEvent> = {}): AuditEvent {
  made += 1;
  const time = new Date(START_MS + day * DAY_MS + minute * 60_000).toISOString();
  const where = { event_time: time, observed_time: time, src: HOME };
  return event(made, { ...where, credential: { uid: 'key' }, ...over });
}

const world = () =>
  new ProfileWorld({ version: 1, agents: [{ uid: 'reporter', class: 'autonomous' }] });
/** Days of four calls, each as `over` says. */
const lived = (
  days: number,
  over: (day: number, call: number) => Partial<AuditEvent> = () => ({}),
) =>
  Array.from({ length: days * 4 }, (_, n) =>
    use(Math.floor(n / 4), n % 4, over(Math.floor(n / 4), n % 4)),
  );
const stolen = (alerts: ReturnType<ProfileWorld['feed']>) =>
  alerts.filter(({ rule_id: rule }) => rule === 'stolen-credential');

describe('a credential that is used elsewhere', () => {
  it('is reported at the first call from another network by another client, with both uses', () => {
    const some = world();
    expect(stolen(some.feed(...lived(12)))).toEqual([]);
    const [alert, ...more] = stolen(
      some.feed(use(12, 0, { src: AWAY }), use(12, 1, { src: AWAY })),
    );
    expect(alert).toMatchObject({ kind: 'credential_misuse', severity: 'high' });
    expect(alert?.summary).toContain('used from 10.1.2.* with runtime');
    expect(alert?.evidence.map(({ role }) => role)).toEqual(['deviating_call', 'earlier_use']);
    expect(new Set(more.map(({ alert_id: id }) => id)).size).toBeLessThanOrEqual(1);
  });

  it('from one of the two alone is reported once its owner works on from where it was', () => {
    const some = world();
    some.feed(...lived(12));
    const elsewhere = { src: { ...HOME, ip: AWAY.ip } };
    expect(stolen(some.feed(use(12, 0, elsewhere)))).toEqual([]);
    const [alert] = stolen(some.feed(use(12, 30)));
    expect(alert?.summary).toContain('while it is still used from where it was');
  });

  it('is reported of a new token too, from a place that is new in all', () => {
    const some = world();
    some.feed(...lived(12, (day) => ({ credential: { uid: `token-${day}` } })));
    const alerts = some.feed(use(12, 0, { src: AWAY, credential: { uid: 'token-12' } }));
    expect(stolen(alerts)).toHaveLength(1);
  });

  it('goes on being reported each day, and is where it belongs after two weeks without its owner', () => {
    const some = world();
    some.feed(...lived(12));
    const days = Array.from({ length: 24 }, (_, n) => use(12 + n, 0, { src: AWAY }));
    const last = stolen(some.feed(...days)).at(-1);
    expect(last?.last_event_time.slice(0, 10)).toBe('2026-01-31');
  });
});

describe('nothing is said', () => {
  const roams = (day: number) => ({ src: { ...HOME, ip: `20${day % 10}.${day}.7.9` } });
  it.each<readonly [string, readonly AuditEvent[]]>([
    [
      'of another address in its network',
      [...lived(12), use(12, 0, { src: { ...HOME, ip: '10.1.2.99' } })],
    ],
    [
      'of another version of its client',
      [...lived(12), use(12, 0, { src: { ...HOME, user_agent: 'runtime/4' } })],
    ],
    [
      'of who roams',
      [...lived(20, roams), use(20, 0, { src: { ...HOME, ip: '231.9.9.9' } }), use(20, 9)],
    ],
    ['in the first days', [...lived(2), use(2, 0, { src: AWAY })]],
    [
      'of calls without a credential',
      [...lived(12), use(12, 0, { src: AWAY, credential: undefined })],
    ],
    [
      'of a move that was declared',
      [
        ...lived(12),
        use(12, 0, {
          activity: 'config_change',
          target: { resource_id: 'network/203.0.113.0' },
          principal: { uid: 'ana', type: 'human' },
          claims: { ...event(0).claims, principal: 'authenticated' },
        }),
        use(12, 5, { src: AWAY }),
      ],
    ],
  ])('%s', (_, events) => {
    expect(stolen(world().feed(...events))).toEqual([]);
  });
});
