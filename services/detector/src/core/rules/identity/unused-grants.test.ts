/** What is guaranteed of credentials that may more than their agent does. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const DAY_MS = 86_400_000;

/** A call a day, with these symbols. */
function days(count: number, symbol: string, over: Partial<AuditEvent> = {}): AuditEvent[] {
  return Array.from({ length: count }, (_, n) => {
    const time = new Date(START_MS + n * DAY_MS).toISOString();
    const capabilities = [{ symbol, basis: 'operator' as const }];
    return event(n + 1, { event_time: time, observed_time: time, capabilities, ...over });
  });
}

function told(grants: readonly string[], events: readonly AuditEvent[]) {
  const world = new ProfileWorld({
    version: 1,
    agents: [{ uid: 'reporter', class: 'scheduled_job', grants }],
    scope_map: { 'crm.admin': ['grant:access'], 'crm.read': ['read:internal'] },
  });
  return world.feed(...events).filter((alert) => alert.rule_id === 'unused-grants');
}

describe('a credential that may more than is done', () => {
  it('is a hygiene finding after thirty days, and names what was never used', () => {
    const [alert, ...more] = told(['read:internal', 'delete:data'], days(65, 'read:internal'));
    // The next thirty days say the same: one alert that is counted.
    expect(more.map((one) => [one.alert_id, one.count])).toEqual([[alert?.alert_id, 2]]);
    expect(alert).toMatchObject({ kind: 'over_privilege', hygiene: true, severity: 'medium' });
    expect(alert?.title).toBe('reporter may do what it never does: delete:data');
    expect(alert?.summary).toContain('Since 2026-01-05, on 30 days of work');
  });

  it('is judged by the scopes of what it calls with too', () => {
    const scopes = { scopes: ['crm.read', 'crm.admin'] };
    const [alert] = told(['read:internal'], days(31, 'read:internal', scopes));
    expect(alert?.title).toContain('grant:access');
  });

  it('is told with the one symbol that is used of a pattern', () => {
    expect(told(['read:*'], days(31, 'read:internal'))[0]?.title).toContain(
      'read:* (only read:internal)',
    );
  });

  it.each([
    ['all is used', ['read:internal'], days(40, 'read:internal')],
    ['thirty days have not passed', ['read:internal', 'delete:data'], days(30, 'read:internal')],
    [
      'the agent hardly works',
      ['read:internal', 'delete:data'],
      days(41, 'read:internal').filter((_, n) => n % 5 === 0),
    ],
    ['it may everything', ['*'], days(40, 'read:internal')],
  ])('is none where %s', (_, grants, events) => {
    expect(told(grants, events)).toEqual([]);
  });
});
