import { describe, expect, it } from 'vitest';
import { agentKeyOf, agentStateKey, readAgentKey } from './agent-key.ts';

const NAMES = ['clock', 'volume', 'places'];

describe('the key of an agent', () => {
  it('is short whatever the uid, and of one agent and tenant only', () => {
    const of = (tenant_id: string, uid: string) =>
      agentStateKey({ tenant_id, agent: { uid } }, 'standing');
    expect(of('acme', 'x'.repeat(2048)).length).toBeLessThan(64);
    expect(new Set([of('acme', 'a'), of('acme', 'b'), of('other', 'a')]).size).toBe(3);
    expect(of('acme', 'a')).toBe(agentKeyOf('acme', 'a', 'standing'));
  });

  it('is another for each name, and tells which', () => {
    const keys = NAMES.map((name) => agentKeyOf('acme', 'a', name));
    expect(new Set(keys).size).toBe(NAMES.length);
    const chain = agentKeyOf('acme', 'a', 'context', 'c|1');
    expect([...keys, chain].map((key) => readAgentKey(key)?.name)).toEqual([
      ...NAMES,
      'context|c|1',
    ]);
    expect(new Set([...keys, chain].map((key) => readAgentKey(key)?.agent)).size).toBe(1);
    expect(readAgentKey('listened')).toBeUndefined();
  });
});
