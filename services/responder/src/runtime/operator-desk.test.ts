/** What a person may sign is told before it is believed: no order that is over at once, none for ever, none without why. */
import { describe, expect, it } from 'vitest';
import { actProblems } from './operator-desk.ts';

const act = (over: object) =>
  JSON.stringify({
    act_id: '11111111-1111-4111-8111-111111111111',
    tenant_id: 'acme',
    act: 'order',
    by: 'ana',
    at: '2026-11-26T09:00:00.000000000Z',
    reason: 'seen in the mail gateway',
    action: 'disable_agent',
    target: { level: 'agent', tenant_id: 'acme', agent_uid: 'agent/a' },
    expires: '4h',
    ...over,
  });

describe('an act at the desk', () => {
  it.each([
    [{ expires: '0m' }, 'expires: more than nothing and at most 30d'],
    [{ expires: '31d' }, 'expires: more than nothing and at most 30d'],
    [{ reason: '' }, 'reason: say why'],
    [{ reason: '  ' }, 'reason: say why'],
    [{ act: 'decline' }, 'decision_id: which decision'],
    [{ act: 'approve' }, 'decision_id: which decision'],
  ])('is refused with %j', (over, why) => {
    expect(actProblems(act(over))).toContain(why);
  });

  it('stands from a minute to thirty days, and without a length', () => {
    for (const expires of ['1m', '30d', undefined]) expect(actProblems(act({ expires }))).toBe('');
  });
});
