import type { ToolEntry } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { Catalogue } from './catalogue.ts';

function entry(match: ToolEntry['match'], symbol: string): ToolEntry {
  return { match, capabilities: [{ symbol }] };
}

function catalogue(shipped: readonly ToolEntry[], operator: readonly ToolEntry[] = []): Catalogue {
  return new Catalogue({ version: 'v', shipped, operator, organisation: ['acme.example'] });
}

const symbolOf = (c: Catalogue, tool: string, server?: string) =>
  c.find(tool, server)?.entry.capabilities[0]?.symbol;

function symbolsOf(c: Catalogue, tool: string, args: unknown): readonly string[] {
  const match = c.find(tool, undefined);
  return match === undefined ? [] : c.capabilities(match, args).map(({ symbol }) => symbol);
}

describe('Catalogue', () => {
  it('prefers the operator, then the server, then the more exact tool', () => {
    const shipped = [
      entry({ tool: 'send_*' }, 'pattern'),
      entry({ tool: 'send_email' }, 'exact'),
      entry({ server: 'mail', tool: 'send_*' }, 'server'),
    ];
    expect(symbolOf(catalogue(shipped), 'send_note')).toBe('pattern');
    expect(symbolOf(catalogue(shipped), 'send_email')).toBe('exact');
    expect(symbolOf(catalogue(shipped), 'send_email', 'mail')).toBe('server');
    const operator = [entry({ tool: '*' }, 'operator')];
    const both = catalogue(shipped, operator);
    expect(symbolOf(both, 'send_email', 'mail')).toBe('operator');
    expect(both.find('send_email', 'mail')?.basis).toBe('operator');
  });

  it('does not take an entry of a server for a call without one', () => {
    const c = catalogue([entry({ server: 'mail', tool: '*' }, 'mail')]);
    expect(symbolOf(c, 'anything')).toBeUndefined();
  });

  it('reads alternatives and any run of characters, without regard to case', () => {
    const c = catalogue([entry({ tool: 'get_*_for_*|List*s' }, 'x')]);
    expect(symbolOf(c, 'GET_price_for_hotel')).toBe('x');
    expect(symbolOf(c, 'listfiles')).toBe('x');
    expect(symbolOf(c, 'get_price')).toBeUndefined();
  });

  it('answers the same for a pair that it was asked before', () => {
    const c = catalogue([entry({ tool: 'a' }, 'x')]);
    expect([symbolOf(c, 'a'), symbolOf(c, 'b'), symbolOf(c, 'a'), symbolOf(c, 'b')]).toEqual([
      'x',
      undefined,
      'x',
      undefined,
    ]);
  });

  it('calls nothing inside when an address hides behind another', () => {
    const send: ToolEntry = {
      match: { tool: 'send' },
      capabilities: [{ symbol: 'out', unless: { arg: 'to', domain: '$organisation' } }],
    };
    const c = catalogue([send]);
    expect(symbolsOf(c, 'send', { to: 'a@acme.example' })).toEqual([]);
    expect(symbolsOf(c, 'send', { to: 'A <a@mail.acme.example>' })).toEqual([]);
    for (const to of [
      'a@acme.example, b@evil.example',
      'a@acme.example;b@evil.example',
      'a@notacme.example',
      'https://acme.example@evil.example/x',
      'evil.example/acme.example',
      '',
      42,
      ['a@acme.example', { email: 'b@evil.example' }],
    ]) {
      expect(symbolsOf(c, 'send', { to }), JSON.stringify(to)).toEqual(['out']);
    }
  });
});
