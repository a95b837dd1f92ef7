/** Orders on an instance, a conversation, a credential or a tool, and calls that do not name it. */
import type { ObservedCall, RevocationCommand, Target } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import { Contained } from '../../testing/contained.ts';
import {
  actEntry,
  at,
  callEntry,
  receiptEntry,
  START,
  TENANT,
} from '../../testing/response-fixtures.ts';
import { issuedCommand } from '../model/issued-command.ts';
import { containmentView } from './containment-state.ts';

/** One more order, by hand, which `gateway` has applied. */
class ByHand extends Contained {
  readonly order: RevocationCommand;

  constructor(action: string, of: Partial<Target> & Pick<Target, 'level'>) {
    super();
    const target = { tenant_id: TENANT, agent_uid: 'agent-a', ...of };
    this.add(actEntry('order', 'alice', { action, target, at: at(5) }));
    this.order = this.command(action);
    this.add(receiptEntry(this.order, { receiver: 'gateway', applied_at: at(1000) }));
  }

  refused(over: Partial<ObservedCall>): void {
    const ground = this.order.command_id;
    this.add(callEntry('a', 'denied', { ground, ...over }));
  }

  went(over: Partial<ObservedCall>): void {
    this.add(callEntry('a', 'success', { event_time: at(3000), ...over }));
  }

  seen() {
    const issued = issuedCommand(this.transaction, this.order.command_id);
    if (issued === undefined) throw new Error('It was forgotten.');
    const nowMs = Date.parse(START) + 8000;
    const { state, proof } = containmentView(issued, { issuance: undefined, nowMs });
    return { state, why: proof.untied?.why, alerts: this.leaksOf(issued.command.command_id) };
  }

  leaksOf(commandId: string): number {
    return issuedCommand(this.transaction, commandId)?.proof.leak === undefined ? 0 : 1;
  }
}

interface Left {
  readonly what: string;
  readonly action: string;
  readonly target: Partial<Target> & Pick<Target, 'level'>;
  readonly named: Partial<ObservedCall>;
  readonly without: Partial<ObservedCall>;
  readonly other: Partial<ObservedCall>;
  readonly why: string;
}

const CASES: readonly Left[] = [
  {
    ...{ what: 'its instance', action: 'kill_session', why: 'no_instance', without: {} },
    target: { level: 'instance', instance_uid: 'i1' },
    ...{ named: { instance_uid: 'i1' }, other: { instance_uid: 'i2' } },
  },
  {
    ...{ what: 'its conversation', action: 'kill_session', why: 'no_conversation', without: {} },
    target: { level: 'conversation', conversation_id: 'c1' },
    ...{ named: { conversation_id: 'c1' }, other: { conversation_id: 'c2' } },
  },
  {
    ...{ what: 'its credential', action: 'revoke_credential', why: 'no_credential', without: {} },
    target: { level: 'credential', credential_uid: 'k1' },
    ...{ named: { credential_uid: 'k1' }, other: { credential_uid: 'k2' } },
  },
  {
    ...{ what: 'whose tool it is', action: 'block_tool', why: 'no_tool' },
    target: { level: 'tool', tool: 'mail/send' },
    named: { tool: 'mail/send' },
    ...{ without: { tool: 'send' }, other: { tool: 'chat/send' } },
  },
];

describe.each(CASES)('a call that does not say $what', (one) => {
  const { action, target, named, without, other, why } = one;

  test('and goes through is no leak, and takes away that the order is confirmed', () => {
    const journal = new ByHand(action, target);
    journal.refused(named);
    expect(journal.seen()).toMatchObject({ state: 'confirmed' });
    journal.went(without);
    expect(journal.seen()).toEqual({ state: 'unconfirmed', why, alerts: 0 });
  });

  test('and is refused proves nothing', () => {
    const journal = new ByHand(action, target);
    journal.refused(without);
    expect(journal.seen()).toMatchObject({ why: undefined });
    expect(journal.seen().state).not.toBe('confirmed');
  });

  test('is the subject’s where it says it, and another’s where it says something else', () => {
    const journal = new ByHand(action, target);
    journal.refused(named);
    journal.went(other);
    expect(journal.seen()).toMatchObject({ state: 'confirmed', why: undefined });
    journal.went(named);
    expect(journal.seen()).toMatchObject({ state: 'leaked', alerts: 1 });
  });
});

test('a call of no tool says nothing of an order on one', () => {
  const journal = new ByHand('block_tool', { level: 'tool', tool: 'mail/send' });
  journal.refused({ tool: 'mail/send' });
  const entry = callEntry('a', 'success', { event_time: at(3000), activity: 'resource_read' });
  if (entry.kind !== 'observation') throw new Error('A observation was expected.');
  const { tool: _, ...bare } = entry.observation;
  journal.add({ kind: 'observation', observation: bare });
  expect(journal.seen().state).toBe('confirmed');
  journal.add({ kind: 'observation', observation: { ...bare, activity: 'tool_call' } });
  expect(journal.seen()).toMatchObject({ state: 'unconfirmed', why: 'no_tool' });
});

describe('after a step-up, an approval by a person', () => {
  const rules = [{ actions: [{ action: 'require_step_up', level: 'task' }] }];
  const asked = () => {
    const journal = new Contained({ rules });
    journal.say('require_step_up', 'gateway');
    const ground = journal.command('require_step_up').command_id;
    journal.add(callEntry('a', 'denied', { ground }));
    return journal;
  };
  const approved = (over: Partial<ObservedCall>) =>
    callEntry('a', 'success', { event_time: at(3000), approval: 'human', ...over });

  test('is what was asked for', () => {
    const journal = asked();
    journal.add(approved({ approval_assurance: 'authenticated' }), approved({}));
    expect(journal.state('require_step_up')).toBe('confirmed');
  });

  test('that only the call’s own record tells of is no leak, and leaves the step-up unconfirmed', () => {
    const journal = asked();
    journal.add(approved({ approval_assurance: 'asserted' }));
    expect(journal.state('require_step_up')).toBe('unconfirmed');
    const { untied } = journal.view('require_step_up').proof;
    expect(untied).toMatchObject({ why: 'claimed_approved' });
    expect(journal.alerts).toEqual([]);
  });

  test('is none where it says that nobody was asked', () => {
    const journal = asked();
    journal.add(approved({ approval: 'none', approval_assurance: 'authenticated' }));
    expect(journal.state('require_step_up')).toBe('leaked');
  });
});
