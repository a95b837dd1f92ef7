/** What may be said of a containment, and what follows by itself when it does not hold. */
import {
  alertSchema,
  type Receipt,
  type RevocationCommand,
  type Sighting,
} from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import {
  alertEntry,
  at,
  callEntry,
  Journal,
  type PolicyOver,
  policyEntry,
  receiptEntry,
  registryEntry,
  START,
  sha256,
  TENANT,
  timeEntry,
} from '../testing/response-fixtures.ts';
import { targetActionKey } from './action-target.ts';
import { containmentView } from './containment-state.ts';
import { issuedCommand, openCommand } from './issued-command.ts';

const MINUTE_MS = 60_000;
const AGENT = { uid: 'agent-a', class: 'autonomous' };
const RECEIVERS = [
  { id: 'gateway', kind: 'http' },
  { id: 'idp', kind: 'http', issuer: true, required: false },
];

class Contained extends Journal {
  constructor(policy: PolicyOver = {}, receivers: readonly object[] = RECEIVERS) {
    super();
    this.add(registryEntry({ receivers, agents: [AGENT] }), policyEntry(policy), alertEntry('a'));
  }

  command(action: string): RevocationCommand {
    const found = this.commands.find((one) => one.action === action);
    if (found === undefined) throw new Error(`No ${action} was commanded.`);
    return found;
  }

  say(action: string, receiver: string, over: Partial<Receipt> = {}): void {
    const applied = { receiver, state: 'applied', applied_at: at(1000), ...over } as const;
    this.add(receiptEntry(this.command(action), applied));
  }

  hearNothing(action: string): void {
    const { command_id } = this.command(action);
    const unanswered = { tenant_id: TENANT, command_id, at: at(MINUTE_MS) };
    this.add({ kind: 'unanswered', unanswered });
  }

  view(action: string, ms = 3000) {
    const issued = issuedCommand(this.draft, this.command(action).command_id);
    if (issued === undefined) throw new Error('It was forgotten.');
    const nowMs = Date.parse(START) + ms;
    const target = { level: 'agent', tenant_id: TENANT, agent_uid: 'agent-a' };
    const key = targetActionKey(target, 'block_issuance', sha256);
    const issuance = openCommand(this.draft, key, nowMs);
    return containmentView(issued, { issuance, nowMs });
  }

  state(action = 'revoke_token', ms?: number): string {
    return this.view(action, ms).state;
  }
}

const BOTH = {
  rules: [
    {
      actions: [
        { action: 'revoke_token', level: 'task' },
        { action: 'block_issuance', level: 'agent' },
      ],
    },
  ],
};
const BLOCK = { rules: [{ actions: [{ action: 'disable_agent', level: 'agent' }] }] };

describe('what is said of an order', () => {
  test('an old receipt that is put there again is no later word, whatever it said', () => {
    const journal = new Contained();
    const command = journal.command('revoke_token');
    const say = (state: Receipt['state'], signed_at: number) =>
      journal.add({
        ...{ kind: 'receipt', signed_at },
        receipt: {
          ...{ command_id: command.command_id, tenant_id: TENANT, agent_uid: 'agent-a' },
          ...{ receiver: 'gateway', state, applied_at: at(1000) },
        },
      });
    say('applied', 100);
    say('failed', 101);
    expect(journal.state()).toBe('failed');
    say('applied', 100);
    expect(journal.state()).toBe('failed');
    say('applied', 102);
    expect(journal.state()).toBe('applied_re_mintable');
  });

  test('goes from issued over delivered and accepted to applied, never back', () => {
    const journal = new Contained();
    const { command_id } = journal.command('revoke_token');
    expect(journal.state()).toBe('issued');
    const delivery = { tenant_id: TENANT, command_id, receiver: 'gateway', at: at(500) };
    journal.add({ kind: 'delivery', delivery });
    expect(journal.state()).toBe('delivered');
    journal.say('revoke_token', 'gateway', { state: 'accepted' });
    expect(journal.state()).toBe('accepted');
    journal.say('revoke_token', 'gateway');
    journal.say('revoke_token', 'gateway', { state: 'accepted' });
    journal.add({ kind: 'delivery', delivery });
    expect(journal.state()).toBe('applied_re_mintable');
  });

  test('is re-mintable until an issuer has blocked issuance, then contained', () => {
    const journal = new Contained(BOTH);
    journal.say('revoke_token', 'gateway');
    journal.say('block_issuance', 'gateway');
    expect(journal.state()).toBe('applied_re_mintable');
    expect(journal.view('revoke_token').reMintable).toBe(true);
    journal.say('block_issuance', 'idp');
    expect(journal.state()).toBe('contained');
  });

  test('without an issuer it stays re-mintable, whoever says that issuance is blocked', () => {
    const journal = new Contained(BOTH, [{ id: 'gateway', kind: 'http' }]);
    journal.say('revoke_token', 'gateway');
    journal.say('block_issuance', 'gateway');
    expect(journal.state()).toBe('applied_re_mintable');
  });

  test('is usable until offline tokens end, whatever was denied meanwhile', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway', { usable_until: at(10 * MINUTE_MS) });
    journal.add(callEntry('a', 'denied'));
    expect(journal.state('revoke_token', 9 * MINUTE_MS)).toBe('applied_usable_until');
    expect(journal.state('revoke_token', 11 * MINUTE_MS)).toBe('confirmed');
  });

  test('is believed usable no longer than a credential of its class may live; beyond, it is doubted', () => {
    const journal = new Contained(BLOCK);
    journal.say('disable_agent', 'gateway', { usable_until: at(365 * 24 * 60 * MINUTE_MS) });
    expect(journal.state('disable_agent', 14 * MINUTE_MS)).toBe('applied_usable_until');
    const { state, doubtedUntilMs } = journal.view('disable_agent', 17 * MINUTE_MS);
    expect(state).toBe('unconfirmed');
    expect(doubtedUntilMs).toBe(Date.parse(START) + 365 * 24 * 60 * MINUTE_MS);
    journal.add(callEntry('a', 'denied', { ground: journal.command('disable_agent').command_id }));
    expect(journal.state('disable_agent', 17 * MINUTE_MS)).toBe('confirmed');
  });

  test.each(['signal_risk', 'open_case'])(
    '%s takes nothing away: carried out, and never contained, confirmed or leaked',
    (action) => {
      const journal = new Contained({ rules: [{ actions: [{ action, level: 'agent' }] }] });
      journal.say(action, 'gateway');
      expect(journal.state(action)).toBe('carried_out');
      const { command_id } = journal.command(action);
      journal.add(callEntry('a', 'denied', { ground: command_id }), callEntry('a', 'success'));
      const heard = at(60 * MINUTE_MS);
      const silence = { tenant_id: TENANT, agent_uid: 'agent-a', usual_ms: MINUTE_MS };
      const times = { until: heard, last_call: at(0), heard_until: heard };
      journal.add({ kind: 'silence', silence: { ...silence, ...times } });
      expect(journal.state(action, 61 * MINUTE_MS)).toBe('lapsed');
      expect(journal.state(action, 59 * MINUTE_MS)).toBe('carried_out');
      expect(journal.view(action).proof).toEqual({});
      expect(journal.alerts).toHaveLength(0);
    },
  );

  test('is never contained without a required receiver', () => {
    const journal = new Contained(BLOCK, [{ id: 'gateway', kind: 'http', required: false }]);
    journal.say('disable_agent', 'gateway');
    expect(journal.state('disable_agent')).toBe('partly_applied');
  });

  test('is confirmed by a later denial with any credential, and says whether it named the order', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    journal.add(callEntry('a', 'denied', { credential_uid: 'another' }));
    expect(journal.state()).toBe('confirmed');
    expect(journal.view('revoke_token').proof.denied?.byOrder).toBe(false);
    const { command_id } = journal.command('revoke_token');
    journal.add(callEntry('a', 'denied', { ground: command_id }));
    expect(journal.view('revoke_token').proof.denied?.byOrder).toBe(true);
  });

  test.each<[string, Partial<Sighting>]>([
    ['an earlier call', { event_time: at(900) }],
    ['another task', { task_id: 'task-other' }],
    ['another agent', { agent_uid: 'agent-b' }],
    ['a denial that only the agent itself asserts', { assurance: 'asserted' }],
    ['a denial by another rule', { ground: 'house-rule' }],
    ['a denial by another order', { ground: '11111111-1111-4111-8111-111111111111' }],
    ['a denial for calling too often', { error: 'rate_limited 429' }],
    ['a denial for arguments that are no good', { error: 'schema_error' }],
    ['a denial by the person who was asked', { approval: 'human' }],
    ['a policy that asked about the call and said no', { approval: 'policy' }],
    ['an error that only names a policy', { error: 'PolicyNotFound' }],
    ['an error that only names tokens', { error: 'token_limit_exceeded' }],
    ['an error that speaks of access and of something else', { error: 'PolicyNotFound 403' }],
  ])('is not confirmed by %s', (_, over) => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    journal.add(callEntry('a', 'denied', over));
    expect(journal.state()).toBe('applied_re_mintable');
  });

  test.each<[string, Partial<Sighting>]>([
    ['access_revoked', {}],
    ['Unauthorized 401', {}],
    ['AccessDeniedException', {}],
    ['invalid_token', { approval: 'none' }],
  ])('is confirmed by a denial with the error %s', (error, over) => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    journal.add(callEntry('a', 'denied', { error, ...over }));
    expect(journal.state()).toBe('confirmed');
  });

  test('becomes unconfirmed when nothing told anything for a quarter of an hour', () => {
    const journal = new Contained(BLOCK);
    journal.say('disable_agent', 'gateway');
    expect(journal.state('disable_agent', 14 * MINUTE_MS)).toBe('contained');
    expect(journal.state('disable_agent', 16 * MINUTE_MS)).toBe('unconfirmed');
  });
});

describe('silence', () => {
  const silent = (over: { until: string; heard_until?: string; last_call?: string }) => ({
    kind: 'silence' as const,
    silence: {
      tenant_id: TENANT,
      agent_uid: 'agent-a',
      last_call: at(0),
      usual_ms: MINUTE_MS,
      ...over,
    },
  });
  const applied = () => {
    const journal = new Contained(BLOCK);
    journal.say('disable_agent', 'gateway');
    return journal;
  };

  test('over the usual interval confirms while the source is heard', () => {
    const journal = applied();
    journal.add(silent({ until: at(2 * MINUTE_MS), heard_until: at(2 * MINUTE_MS) }));
    expect(journal.state('disable_agent')).toBe('contained');
    journal.add(silent({ until: at(4 * MINUTE_MS), heard_until: at(4 * MINUTE_MS) }));
    expect(journal.state('disable_agent')).toBe('confirmed');
  });

  test('of a source that was not heard either leaves it unconfirmed, until it is heard again', () => {
    const journal = applied();
    journal.add(silent({ until: at(4 * MINUTE_MS), heard_until: at(MINUTE_MS) }));
    expect(journal.state('disable_agent')).toBe('unconfirmed');
    journal.add(silent({ until: at(5 * MINUTE_MS), heard_until: at(5 * MINUTE_MS) }));
    expect(journal.state('disable_agent')).toBe('confirmed');
  });

  test('does not confirm an order on one task while the agent goes on with another', () => {
    const journal = new Contained(BOTH);
    for (const one of ['gateway', 'idp']) {
      journal.say('revoke_token', one);
      journal.say('block_issuance', one);
    }
    const last_call = at(2000);
    const heard_until = at(5 * MINUTE_MS);
    journal.add(silent({ until: at(5 * MINUTE_MS), heard_until, last_call }));
    expect(journal.state()).toBe('contained');
  });
});

describe('a leak', () => {
  test('is a critical alert that names who said it was applied, once', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    journal.add(callEntry('a', 'success'), callEntry('a', 'success', { credential_uid: 'new' }));
    expect(journal.state()).toBe('leaked');
    expect(journal.alerts).toHaveLength(1);
    const [alert] = journal.alerts;
    expect(alertSchema.safeParse(alert).error).toBeUndefined();
    expect(alert).toMatchObject({ kind: 'containment_leak', severity: 'critical' });
    expect(alert?.title).toContain('gateway');
    expect(alert?.reasons[0]?.text).toContain('gateway said that it had applied revoke_token');
  });

  test('is found whichever of receipt and call is read first', () => {
    const journal = new Contained();
    journal.add(callEntry('a', 'success'));
    expect(journal.alerts).toEqual([]);
    journal.say('revoke_token', 'gateway');
    expect(journal.state()).toBe('leaked');
    expect(journal.alerts).toHaveLength(1);
  });

  test('is found in the calls of whoever acts for the subject', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    journal.add(callEntry('a', 'success', { agent_uid: 'helper', acts_for: ['agent-a'] }));
    expect(journal.state()).toBe('leaked');
  });

  test('leads to the next rung of the ladder, and then no further by itself', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    journal.add(callEntry('a', 'success'));
    expect(journal.commands.map((one) => one.action)).toEqual(['revoke_token', 'block_issuance']);
    expect(journal.decisions.at(-1)).toMatchObject({
      rule_id: 'hijack-task/escalates/revoke_token-task',
      withheld_reason: null,
      follows: { command_id: journal.command('revoke_token').command_id },
    });
  });

  test('that is only asserted alarms, and takes nothing further away', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    journal.add(callEntry('a', 'success', { assurance: 'asserted' }));
    expect(journal.alerts).toHaveLength(1);
    expect(journal.commands).toHaveLength(1);
  });

  test('that is only asserted stands before no proven one: that is told anew, and escalates, once', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    const asserted = { assurance: 'asserted' } as const;
    journal.add(callEntry('a', 'success', asserted));
    journal.add(callEntry('a', 'success', { ...asserted, event_time: at(2500) }));
    expect(journal.alerts).toHaveLength(1);
    journal.add(callEntry('a', 'success', { event_time: at(3000) }));
    journal.add(callEntry('a', 'success', { event_time: at(3500) }));
    const [first, second, ...more] = journal.alerts;
    expect(more).toEqual([]);
    expect(second).toMatchObject({
      ...{ alert_id: first?.alert_id, revision: 2, count: 2, decisive_assurance: 'authenticated' },
      ...{ first_event_time: at(2000), last_event_time: at(3000) },
      first_detected_at: first?.detected_at,
    });
    expect(alertSchema.safeParse(second).error).toBeUndefined();
    expect(journal.commands.map((one) => one.action)).toEqual(['revoke_token', 'block_issuance']);
  });

  test('is none before it was applied, and none after a person agreed to a step-up', () => {
    const early = new Contained();
    early.say('revoke_token', 'gateway');
    early.add(callEntry('a', 'success', { event_time: at(999) }));
    expect(early.alerts).toEqual([]);
    const stepUp = { rules: [{ actions: [{ action: 'require_step_up', level: 'task' }] }] };
    const asked = new Contained(stepUp);
    asked.say('require_step_up', 'gateway');
    asked.add(callEntry('a', 'success', { approval: 'human' }));
    expect(asked.alerts).toEqual([]);
  });

  test('is found though the receiver says that it applied the order in years, or ever later', () => {
    const liar = new Contained();
    liar.say('revoke_token', 'gateway', { applied_at: '2099-01-01T00:00:00Z' });
    liar.add(callEntry('a', 'success', { event_time: at(2 * MINUTE_MS) }));
    expect(liar.alerts).toHaveLength(1);
    const again = new Contained();
    again.say('revoke_token', 'gateway');
    again.say('revoke_token', 'gateway', { applied_at: at(3000) });
    again.add(callEntry('a', 'success'));
    expect(again.alerts).toHaveLength(1);
  });

  test('is no call from before the order, however slow the clock of the receiver is', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway', { applied_at: at(-MINUTE_MS) });
    journal.add(callEntry('a', 'success', { event_time: at(-MINUTE_MS / 2) }));
    expect(journal.alerts).toEqual([]);
    expect(journal.commands).toHaveLength(1);
    journal.add(callEntry('a', 'success'));
    expect(journal.alerts).toHaveLength(1);
  });
});

describe('escalation', () => {
  test.each(['failed', 'unsupported', 'partial', 'expired'] as const)(
    'follows when a required receiver answers %s',
    (state) => {
      const journal = new Contained();
      journal.say('revoke_token', 'gateway', { state });
      expect(journal.commands.at(-1)?.action).toBe('block_issuance');
      expect(journal.decisions.at(-1)?.follows?.why).toContain(`gateway answered "${state}"`);
    },
  );

  test('follows when a required receiver says nothing in time, one rung at a time', () => {
    const journal = new Contained();
    journal.hearNothing('revoke_token');
    expect(journal.commands.at(-1)?.action).toBe('block_issuance');
    // Now both are down, and what is harder would only wait for them.
    journal.hearNothing('block_issuance');
    expect(journal.commands).toHaveLength(2);
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('no_other_receiver');
  });

  test('goes one rung at a time, and says when there is none left', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway', { state: 'failed' });
    journal.say('block_issuance', 'idp', { state: 'failed' });
    journal.say('disable_agent', 'gateway', { state: 'failed' });
    expect(journal.commands.map((one) => one.action)).toEqual([
      'revoke_token',
      'block_issuance',
      'disable_agent',
    ]);
    expect(journal.decisions.at(-1)).toMatchObject({
      would_be_command: null,
      withheld_reason: 'ladder_exhausted',
    });
  });

  test('asks nothing of who need not answer', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    journal.say('revoke_token', 'idp', { state: 'failed' });
    journal.hearNothing('revoke_token');
    expect(journal.commands).toHaveLength(1);
  });

  test('never follows from log time alone, however far it runs: only silence on the wall counts', () => {
    const journal = new Contained({ limits: { receipt_within: '1m' } });
    journal.add(timeEntry(55 * MINUTE_MS));
    expect(journal.commands).toHaveLength(1);
  });

  test('takes nothing more while everybody who could carry it out is silent too', () => {
    const journal = new Contained({}, [{ id: 'gateway', kind: 'http' }]);
    journal.hearNothing('revoke_token');
    expect(journal.commands).toHaveLength(1);
    expect(journal.decisions.at(-1)).toMatchObject({
      rule_id: 'hijack-task/awaits/revoke_token-task',
      withheld_reason: 'no_other_receiver',
    });
    journal.say('revoke_token', 'gateway');
    journal.add(callEntry('a', 'success'));
    expect(journal.commands.at(-1)?.action).toBe('block_issuance');
  });

  test('does not switch off an agent whose access was taken because no issuer blocks new tokens', () => {
    const journal = new Contained(BOTH);
    journal.say('revoke_token', 'gateway');
    journal.say('block_issuance', 'idp', { state: 'unsupported' });
    expect(journal.commands.map((one) => one.action)).not.toContain('disable_agent');
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('already_contained');
    const unheld = new Contained(BOTH);
    unheld.say('block_issuance', 'idp', { state: 'unsupported' });
    unheld.say('revoke_token', 'gateway', { state: 'failed' });
    expect(unheld.commands.at(-1)?.action).toBe('disable_agent');
  });

  test('stops where the rule was set back, the agent is protected or the budget is spent', () => {
    const told = (policy: PolicyOver) => {
      const journal = new Contained();
      journal.add(policyEntry({ ...policy, seq: 2 }));
      journal.say('revoke_token', 'gateway', { state: 'failed' });
      expect(journal.commands).toHaveLength(1);
      return journal.decisions.at(-1)?.withheld_reason;
    };
    expect(told({ rules: [{ mode: 'shadow' }] })).toBe('rule_in_shadow');
    expect(told({ rules: [] })).toBe('rule_gone');
    expect(told({ neverRevoke: ['agent-a'] })).toBe('never_revoke');
    expect(told({ limits: { subjects: 1 } })).toBe('budget_exceeded');
  });
});

describe('the end of an order', () => {
  test('is a step-up before it ends, held by the same alert', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    journal.add(timeEntry(59 * MINUTE_MS));
    expect(journal.commands).toHaveLength(1);
    journal.add(timeEntry(60 * MINUTE_MS - 30_000));
    const stepUp = journal.commands.at(-1);
    expect(stepUp).toMatchObject({
      action: 'require_step_up',
      target: { level: 'task', task_id: 'task-a' },
    });
    expect(stepUp?.reason).toContain('ends');
    journal.add(
      alertEntry('a', { revision: 2, state: 'withdrawn', detected_at: at(61 * MINUTE_MS) }),
    );
    expect(journal.commands.at(-1)?.restores).toBe(stepUp?.command_id);
  });

  test('of what was taken back leaves nothing behind', () => {
    const journal = new Contained();
    journal.add(alertEntry('a', { revision: 2, state: 'withdrawn', detected_at: at(1000) }));
    journal.add(timeEntry(70 * MINUTE_MS));
    expect(journal.commands.map((one) => one.action)).toEqual(['revoke_token', 'restore']);
  });
});
