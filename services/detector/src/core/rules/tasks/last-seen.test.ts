/** What is guaranteed of an agent's latest credentials: made-up ones do not push out those that it was proven to show. */
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';
import { lastSeenAt, lastSeenKey, type ShownToken, withToken } from './last-seen.ts';

describe('the credentials that an agent showed last', () => {
  const many = (count: number, isProven: boolean, before: readonly ShownToken[] = []) =>
    Array.from({ length: count }, (_, n) => `t-${isProven}-${n}`).reduce(
      (tokens, token) => withToken(tokens, token, isProven),
      before,
    );

  it('are the latest eight, of proven and of asserted ones alike', () => {
    expect(many(10, true)).toHaveLength(8);
    expect(many(10, true).at(-1)?.uid).toBe('t-true-9');
    expect(many(10, false)).toHaveLength(8);
    expect(many(10, false).at(-1)?.uid).toBe('t-false-9');
  });

  it('are not pushed out by asserted ones, which give way', () => {
    const own = many(8, true);
    expect(many(20, false, own)).toBe(own);
    expect(many(8, true, many(8, false))).toEqual(own);
  });

  it('are proven once a proven call shows them', () => {
    const tokens = withToken(many(1, false), 't-false-0', true);
    expect(tokens).toEqual([{ uid: 't-false-0', isProven: true }]);
    expect(withToken(tokens, 't-false-0', false)).toBe(tokens);
  });

  it('are not those of calls that were denied', () => {
    const agents = [{ uid: 'reporter', monitoring: { heartbeat_s: 60 } }];
    const world = new ProfileWorld({ version: 1, agents });
    const denied = { outcome: 'denied' } as const;
    const made = Array.from({ length: 10 }, (_, n) =>
      event(n + 1, { credential: { uid: `made-up-${n}` }, ...denied }),
    );
    world.feed(event(0, { credential: { uid: 'own' } }), ...made);
    const { tokens = [] } = lastSeenAt(world.transaction, lastSeenKey('acme', 'reporter')) ?? {};
    expect(tokens.map(({ uid }) => uid)).toEqual(['own']);
  });
});
