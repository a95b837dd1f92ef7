import type { CatalogueEntry } from '@waywarden/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Catalogue } from './catalogue.ts';
import { shadowedAlternatives } from './catalogue-shadow.ts';

const entry = (match: CatalogueEntry['match'], symbol = 'x'): CatalogueEntry => ({
  match,
  capabilities: [{ symbol }],
});

describe('shadowedAlternatives', () => {
  it('names the alternative that never decides, and the entry that takes its calls', () => {
    const entries = [
      entry({ tool: 'send_mail|reply' }),
      entry({ tool: 'Send-Mail|forward' }),
      entry({ server: 'mail', tool: 'send_mail' }),
    ];
    expect(shadowedAlternatives(entries)).toEqual([{ entry: 1, tool: 'send_mail', by: 0 }]);
  });

  it('lets a more precise one stand beside a wider one, in either order', () => {
    const precise = entry({ server: '*gmail*', tool: 'send_*' });
    const wide = entry({ server: '*mail*', tool: 'send_*' });
    expect(shadowedAlternatives([precise, wide])).toEqual([]);
    expect(shadowedAlternatives([wide, precise])).toEqual([]);
    expect(shadowedAlternatives([entry({ tool: 'a*b' }), entry({ tool: 'a*b*' })])).toEqual([]);
  });

  it('never calls shadowed what decides some call', () => {
    const pattern = fc.constantFrom('a', 'b', 'ab', 'a*', '*b', '*', 'a*b', '*a*');
    const server = fc.constantFrom(undefined, 's', 's*', '*');
    const one = fc.record({ tool: pattern, server });
    const names = ['a', 'b', 'ab', 'aab', 'abb', 'ba', 'c', ''].map((name) => `${name}`);
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), (matches) => {
        const entries = matches.map((match, n) =>
          entry(
            match.server === undefined ? { tool: match.tool } : { ...match, server: match.server },
            `${n}`,
          ),
        );
        const c = new Catalogue({ version: 'v', shipped: entries, operator: [], organisation: [] });
        const dead = new Set(shadowedAlternatives(entries).map((s) => `${s.entry}`));
        for (const tool of names) {
          for (const on of [undefined, 's', 'st', 't']) {
            const symbol = c.find(tool, on)?.entry.capabilities[0]?.symbol;
            if (symbol !== undefined) expect(dead.has(symbol)).toBe(false);
          }
        }
      }),
    );
  });
});
