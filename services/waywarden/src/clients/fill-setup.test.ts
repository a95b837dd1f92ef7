import { loadClients } from '@waywarden/agent-telemetry';
import { describe, expect, it } from 'vitest';
import { nearNames } from './diagnosis.ts';
import { filledSetup, holdsToken } from './fill-setup.ts';

const connection = {
  url: 'https://waywarden.example:9443',
  token: { file: '/home of/token', text: 'wwi_secret' },
  isRunning: true,
};
const setups = loadClients().flatMap(({ setup }) => setup);

describe('the configuration of a client', () => {
  it('has address, port and token filled in', () => {
    const text = '{url} {host} {port} {token} {token_file}';
    const setup = { part: 'x', title: 'x', language: 'json', text } as const;
    expect(filledSetup(setup, connection).text).toBe(
      "https://waywarden.example:9443 waywarden.example:9443 9443 wwi_secret '/home of/token'",
    );
  });

  it('lets a shell read the token from its file', () => {
    for (const setup of setups.filter(({ language }) => language === 'sh')) {
      expect(filledSetup(setup, connection).text).not.toContain('wwi_secret');
      expect(holdsToken(setup)).toBe(false);
    }
  });

  it('leaves other braces as they are, and stays JSON', () => {
    for (const setup of setups.filter(({ language }) => language === 'json')) {
      expect(() => JSON.parse(filledSetup(setup, connection).text)).not.toThrow();
    }
  });

  it('says where a token has to be put while none is known', () => {
    const setup = { part: 'x', title: 'x', language: 'toml', text: '{token}' } as const;
    expect(filledSetup(setup, { ...connection, token: undefined }).text).toBe('YOUR_TOKEN');
  });
});

describe('names that may have been meant', () => {
  const names = loadClients().map(({ id }) => id);

  it('are those that hold what was said, or differ by few letters', () => {
    expect(nearNames('claude', names)).toContain('claude-code');
    expect(nearNames('codx', names)[0]).toBe('codex');
    expect(nearNames('LangGraph', names)).toContain('langgraph-otel');
  });

  it('are none where nothing is near', () => {
    expect(nearNames('spreadsheet', names)).toEqual([]);
  });
});
