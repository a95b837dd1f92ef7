import type { Alert } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { doneWords, nextSteps } from './done-words.ts';

const RUNBOOK = 'Hold the payment.';
const alert = (over: Partial<Alert>): Alert =>
  ({ kind: 'privilege_assembly', subject: { agent_uid: 'agent/a' }, ...over }) as Alert;
const approved: Alert['approved'] = {
  ...{ workflow: 'bills', combination: 'payment-release', by: 'cfo', reason: 'capped' },
  ...{ from: '2026-09-01', expires: '2027-03-24' },
};

describe('what a person does next', () => {
  it('is the runbook of the combination, and not for what was approved', () => {
    const facts = { runbook: RUNBOOK, owner: 'cfo' };
    expect(nextSteps(alert({}), [], facts)).toEqual([RUNBOOK]);
    const quiet = alert({ kind: 'approved_assembly', approved });
    expect(nextSteps(quiet, [], facts)).toEqual([
      'Nothing, as long as cfo would still approve it; the approval ends 2027-03-24.',
    ]);
    expect(doneWords([], [], true)).toBe('Nothing: it was approved beforehand.');
  });

  it('begins with the first question of the kind, then asks the owner', () => {
    const steps = nextSteps(alert({ kind: 'hijack_suspected' }), [], {
      runbook: null,
      owner: 'it-office',
    });
    expect(steps[0]).toMatch(/who could write what it read/);
    expect(steps[1]).toContain('it-office');
  });
});
