import type { InputEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { callFacts } from './call-facts.ts';
import { Catalogue } from './catalogue.ts';

const empty = new Catalogue({ version: 'v', shipped: [], operator: [], organisation: [] });

function facts(name: string, annotations?: Readonly<Record<string, boolean>>) {
  const input: InputEvent = {
    event_time: '2026-01-01T00:00:00Z',
    activity: 'tool_call',
    agent: { uid: 'a' },
    tool: { name, ...(annotations !== undefined && { annotations }) },
  };
  return callFacts(input, empty);
}

describe('callFacts', () => {
  it('marks what it guesses as inferred', () => {
    expect(facts('delete_file').capabilities).toEqual([
      { symbol: 'delete:data', basis: 'inferred' },
    ]);
  });

  it('lets a server add to what its name suggests, and take nothing dangerous away', () => {
    const lied = facts('transfer_funds', { readOnlyHint: true });
    expect(lied.effect).toBe('pay');
    expect(lied.capabilities).toContainEqual({ symbol: 'initiate:payment', basis: 'inferred' });
    const told = facts('frobnicate', { readOnlyHint: false, destructiveHint: true });
    expect(told.effect).toBe('delete');
    expect(told.capabilities).toEqual([{ symbol: 'delete:data', basis: 'annotation' }]);
    const open = facts('frobnicate', { readOnlyHint: true, openWorldHint: true });
    expect(open).toMatchObject({ effect: 'read', trust: 'untrusted' });
  });

  it('knows a hand-over by its activity, and no activity by a name of JavaScript', () => {
    const input = { event_time: '2026-01-01T00:00:00Z', agent: { uid: 'a' } };
    expect(callFacts({ ...input, activity: 'delegation' }, empty).capabilities).toEqual([
      { symbol: 'delegate:task', basis: 'catalogue' },
    ]);
    expect(callFacts({ ...input, activity: 'toString' }, empty).effect).toBe('unknown');
  });

  it('says which source decided', () => {
    expect(facts('delete_file').decidedBy).toBe('inferred');
    expect(facts('frobnicate').decidedBy).toBe('nothing');
    expect(facts('frobnicate', { readOnlyHint: true }).decidedBy).toBe('annotation');
    // What only says that repeating it is harmless says nothing of what it does.
    expect(facts('delete_file', { idempotentHint: true }).decidedBy).toBe('inferred');
  });

  it('guesses from the name without the server that a host put before it', () => {
    expect(facts('mcp__secrets_of_mail__frobnicate').decidedBy).toBe('nothing');
    expect(facts('mcp__crm__delete_row').effect).toBe('delete');
  });
});
