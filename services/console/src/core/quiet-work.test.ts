import { type Alert, policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { quietWork } from './quiet-work.ts';

const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'secret-to-egress',
      severity: 'critical',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'send', any: ['send:external', 'publish:public'], after: ['read'] },
      ],
    },
  ],
});

const chain = (agents: readonly string[], capabilities: readonly string[]) => ({
  chain_id: 'chain-1',
  workflow: 'deploy',
  task_id: 'task-1',
  agents,
  capabilities,
  last_event_time: '2026-11-24T09:00:00.000000000Z',
});

const base = { approved: [], concluded: new Set<string>(), policy };

describe('work that looked alike', () => {
  it('is shown when several agents did every step and nothing was concluded', () => {
    const chains = [chain(['a/reader', 'a/sender'], ['read:secret@prod', 'publish:public'])];
    const [found] = quietWork({ ...base, chains });
    expect(found).toMatchObject({ combination: 'secret-to-egress', basis: 'not_linked' });
    expect(found?.why).toContain('reader and sender did every step');
  });

  it('is told once for the same agents and workflow, with how often', () => {
    const one = chain(['a/reader', 'a/sender'], ['read:secret', 'send:external']);
    const found = quietWork({ ...base, chains: [one, { ...one, chain_id: 'chain-0' }] });
    expect(found.map((each) => [each.chain_id, each.times])).toEqual([['chain-1', 2]]);
  });

  it('is not shown when a step is missing, one agent did it all, or an alert speaks of it', () => {
    const whole = ['read:secret', 'send:external'];
    const none = (chains: readonly ReturnType<typeof chain>[], concluded: readonly string[] = []) =>
      quietWork({ ...base, chains, concluded: new Set(concluded) });
    expect(none([chain(['a', 'b'], ['read:secret'])])).toEqual([]);
    expect(none([chain(['a'], whole)])).toEqual([]);
    expect(none([chain(['a', 'b'], whole)], ['chain-1|secret-to-egress'])).toEqual([]);
  });

  it('says who approved it, for what and until when, from the detector’s own finding', () => {
    const finding = {
      alert_id: '44444444-4444-4444-8444-444444444444',
      kind: 'approved_assembly',
      subject: { agent_uid: 'b', chain_id: 'chain-2', task_id: 'task-2' },
      evidence: [],
      last_event_time: '2026-11-24T09:00:00.000000000Z',
      approved: {
        workflow: 'utility-bills',
        combination: 'payment-release',
        by: 'cfo@acme.example',
        reason: 'capped by the bank',
        from: '2026-10-01',
        expires: '2027-03-24',
      },
    } as unknown as Alert;
    const [found] = quietWork({ ...base, approved: [finding], chains: [] });
    expect(found).toMatchObject({ basis: 'approved', alert_id: finding.alert_id });
    expect(found?.why).toContain(
      'cfo@acme.example approved that for utility-bills until 2027-03-24',
    );
  });
});
