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

  it('knows a server by any of its alternatives, and a telling name anywhere', () => {
    const c = new Catalogue({
      version: 'v',
      operator: [],
      organisation: [],
      shipped: [
        {
          match: { server: '*github*|*gitlab*', tool: 'list' },
          capabilities: [{ symbol: 'host' }],
        },
        {
          match: { server: '*github*', tool: 'merge_pr', anywhere: true },
          capabilities: [{ symbol: 'merge' }],
        },
        { match: { tool: 'merge_*' }, capabilities: [{ symbol: 'other' }] },
      ],
    });
    expect(symbolOf(c, 'list', 'my-gitlab')).toBe('host');
    expect(symbolOf(c, 'list', 'mail')).toBeUndefined();
    for (const server of [undefined, 'tools', 'github']) {
      expect(symbolOf(c, 'merge-pr', server)).toBe('merge');
    }
  });

  it('takes apart what a host joined, and reads nothing into where a server is published', () => {
    const c = catalogue([entry({ server: '*git*', tool: 'get_*' }, 'git')]);
    expect(symbolOf(c, 'mcp__git__get_log')).toBe('git');
    expect(symbolOf(c, 'get_weather', 'io.github.somebody/weather')).toBeUndefined();
    expect(symbolOf(c, 'get_log', 'io.github.somebody/git-tools')).toBe('git');
    expect(symbolOf(c, 'mcp__get_log')).toBeUndefined();
    const own = catalogue([], [entry({ tool: 'mcp__git__get_log' }, 'as written')]);
    expect(symbolOf(own, 'mcp__git__get_log')).toBe('as written');
  });

  it('leaves out what an argument rules out, and never for arguments that it cannot see', () => {
    const share: ToolEntry = {
      match: { tool: 'share' },
      capabilities: [
        { symbol: 'public', when: { arg: 'type|scope', is: ['anyone'] } },
        { symbol: 'invites', when: { arg: 'attendees' } },
      ],
    };
    const c = catalogue([share]);
    expect(symbolsOf(c, 'share', { type: 'user' })).toEqual([]);
    expect(symbolsOf(c, 'share', { scope: 'Anyone', attendees: [] })).toEqual(['public']);
    expect(symbolsOf(c, 'share', { attendees: ['a@b.example'] })).toEqual(['invites']);
    for (const unseen of [undefined, null, 'anyone', ['anyone']]) {
      expect(symbolsOf(c, 'share', unseen)).toEqual(['public', 'invites']);
    }
  });

  it('finds a whole name without trying every other one', () => {
    const LOOKUPS = 3000;
    const seconds = (names: number) => {
      const many = Array.from({ length: names }, (_, n) => entry({ tool: `tool_${n}` }, 'x'));
      const c = catalogue(many);
      const start = performance.now();
      for (let n = 0; n < LOOKUPS; n++) c.find(`tool_${n % names}`, `server ${n}`);
      return performance.now() - start;
    };
    seconds(100);
    const few = Math.min(seconds(100), seconds(100));
    const many = Math.min(seconds(30_000), seconds(30_000));
    // Linear search would take 300 times as long.
    expect(many).toBeLessThan(few * 30 + 50);
  });
});
