import { describe, expect, it } from 'vitest';
import { testId } from '../testing/event-builder.ts';
import {
  fromStoredTokens,
  type Tokens,
  toStoredTokens,
  type Use,
  useOfToken,
  withFirstUse,
  withLaterUse,
} from './token-uses.ts';

const timeOf = (hour: number) =>
  new Date(Date.UTC(2026, 0, 5, hour)).toISOString().replace('Z', '000000Z');

const use = (n: number, over: Partial<Use> = {}): Use => ({
  ...{ token: `token-${String(n).padStart(2, '0')}`, network: '10.1.1', client: 'curl/8 (x y)' },
  ...{ host: '198', eventId: testId(n), at: timeOf(n), assurance: 'authenticated', ...over },
});

const through = (uses: readonly Use[]): Tokens | undefined =>
  uses.reduce<Tokens | undefined>((tokens, one) => {
    const now = withFirstUse(tokens, one);
    return now && fromStoredTokens(JSON.parse(JSON.stringify(toStoredTokens(now))));
  }, undefined);

describe('uses of tokens as they are stored', () => {
  it('are the latest sixteen, as they were, whatever their ids and places', () => {
    const uses = Array.from({ length: 40 }, (_, n) =>
      use(n, {
        network: n % 5 === 0 ? undefined : `10.1.${n % 7}`,
        client: n % 3 === 0 ? undefined : `client/${n}`,
        ...(n % 4 === 0 ? { host: undefined } : { host: `${n}` }),
        eventId: ['', 'short', 'x'.repeat(22), testId(n)][n % 4] || testId(n),
        assurance: n % 2 === 0 ? 'authenticated' : 'attested',
      } as Partial<Use>),
    );
    const tokens = through(uses);
    uses.forEach((one, n) => {
      const { host, ...rest } = one;
      const known = host === undefined ? rest : one;
      expect(useOfToken(tokens, one.token)).toEqual(n < 24 ? undefined : known);
    });
  });

  it('take 41 characters each where their place is one', () => {
    const tokens = through(Array.from({ length: 40 }, (_, n) => use(n)));
    expect(tokens?.uses).toHaveLength(16 * 41);
    expect(tokens?.places[0]).toEqual(['10.1.1', 'curl/8 (x y)', '198']);
    expect(tokens?.places[1]).toHaveLength(4);
  });

  it('count a day once, and one that is told late as the day that it was', () => {
    const again = (tokens: Tokens | undefined, hour: number) => {
      const known = useOfToken(tokens, use(30).token);
      return known && withLaterUse(tokens, known, { ...use(30), at: timeOf(hour) }, false);
    };
    let tokens = through([use(29), use(30)]);
    // Of the day before its first use, twice; then that of its first use, and the day after.
    const kept = [20, 21, 31, 32, 31 + 24].map((hour) => {
      tokens = again(tokens, hour);
      return tokens?.kept;
    });
    expect(kept).toEqual([1, 1, 2, 2, 3]);
    expect(useOfToken(tokens, use(29).token)).toEqual(use(29));
  });
});
