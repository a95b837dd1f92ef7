import type { Alert, Decision } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import type { Containment } from './containment-model.ts';
import { behalfWords, breaksWords, doneBriefly, doneWords, nextSteps } from './done-words.ts';

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
    expect(doneWords([], [], { isApproved: true })).toBe('Nothing: it was approved beforehand.');
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

describe('an order that failed', () => {
  const order = (state: Containment['state'], agent_uid: string) =>
    ({
      ...{ state, sentence: `${agent_uid}: ${state}.` },
      command: { action: 'disable_agent', command_id: state, target: { agent_uid } },
    }) as Containment;
  const failed = order('failed', 'agent/a');
  const facts = { runbook: null, owner: null };

  it('is passed over once a later one about the same agent is in force', () => {
    const given = [failed, order('contained', 'agent/a')];
    expect(doneWords([], given)).toBe('agent/a: contained.');
    expect(doneBriefly([], given)).toBe('contained, not confirmed yet');
    expect(nextSteps(alert({}), given, facts).join()).not.toContain('by hand');
  });

  it('of another alert about the same agent is named where this one led to none', () => {
    const words = (state: Containment['state']) =>
      doneWords([], [], { elsewhere: [order(state, 'agent/a')] });
    expect(words('confirmed')).toBe(
      'Nothing was done because of this alert: no rule of the policy matches it. For another reason: agent/a: confirmed.',
    );
    expect(words('restored')).toBe('Nothing was done: no rule of the policy matches it.');
  });

  it.each([
    ['one about another agent', order('contained', 'agent/b')],
    ['one that failed too', order('failed', 'agent/a')],
  ])('stands beside %s', (_, other) => {
    expect(doneWords([], [failed, other])).toContain('agent/a: failed.');
    expect(nextSteps(alert({}), [failed, other], facts).join()).toContain('Stop a by hand');
  });
});

describe('what an order breaks', () => {
  const told = [
    { agent_uid: 'agent/a', would_break: { words: 'It would break 1 open task (t).' } },
  ] as unknown as readonly Decision[];
  const words = (...states: readonly Containment['state'][]) => {
    const containments = states.map((state) => ({ state }) as Containment);
    return breaksWords(
      alert({}),
      told,
      { calls: [{ system: 'erp', calls: 2 }], days: 7 },
      containments,
    );
  };

  it('is told as done while an order is in force, and else as what it would do', () => {
    expect(words('confirmed')).toBe(
      'It breaks 1 open task (t). In the last 7 days a used erp (2 calls).',
    );
    expect(words()).toMatch(/^It would break/);
    expect(words('failed', 'restored')).toMatch(/^It would break/);
  });
});

describe('access that was handed on', () => {
  const made = (agent_uid: string, rule_id: string, id: string) =>
    ({
      agent_uid,
      rule_id,
      issued_command_ids: [id],
      lineage: {
        holders: [{ agent_uid }, { agent_uid: 'spiffe://acme.example/agent/lead' }],
        words: `${agent_uid} acts for spiffe://acme.example/agent/lead.`,
      },
    }) as unknown as Decision;
  const inHand = (id: string) =>
    ({ command: { command_id: id }, sentence: `${id} was ordered.` }) as Containment;

  it('is told after what was done to the subject itself, whatever comes first', () => {
    const decisions = [
      made('agent/b', 'r/reaches/revoke_token-task/1', 'b'),
      made('agent/a', 'r', 'a'),
    ];
    expect(doneWords(decisions, [inHand('b'), inHand('a')])).toBe(
      'a was ordered. 1 more command, 1 of them on access that it had handed on.',
    );
    expect(behalfWords(alert({}), decisions)).toBe('a acts for lead.');
    expect(behalfWords(alert({}), decisions.slice(0, 1))).toBeNull();
  });
});
