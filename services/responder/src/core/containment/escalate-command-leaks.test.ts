/** What is said, and what follows, when a call goes through after an order was applied. */
import { alertSchema, type JournalEntry, type ObservedCall } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import { Contained, MINUTE_MS } from '../../testing/contained.ts';
import {
  alertEntry,
  at,
  callEntry,
  Journal,
  policyEntry,
  receiptEntry,
} from '../../testing/response-fixtures.ts';

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

  test('that a receiver has foretold is told and takes nothing further, until its time is over', () => {
    const journal = new Contained({ rules: [{ expires: '12h' }] });
    journal.say('revoke_token', 'gateway', { usable_until: at(10 * MINUTE_MS) });
    journal.add(callEntry('a', 'success'), callEntry('a', 'success', { credential_uid: 'new' }));
    expect(journal.alerts).toHaveLength(1);
    expect(journal.alerts[0]?.title).toBe(
      'agent-a still acts, as a receiver had foretold for a time',
    );
    expect(journal.alerts[0]?.summary).toContain(`usable until ${at(10 * MINUTE_MS)}`);
    expect(journal.commands).toHaveLength(1);
    journal.add(callEntry('a', 'success', { event_time: at(11 * MINUTE_MS) }));
    expect(journal.alerts.map(({ revision }) => revision)).toEqual([1, 2]);
    expect(journal.alerts[1]?.summary).toContain('The containment does not hold.');
    expect(journal.commands.length).toBeGreaterThan(1);
  });

  test('is found whichever of receipt and call is read first', () => {
    const journal = new Contained();
    journal.add(callEntry('a', 'success'));
    expect(journal.alerts).toEqual([]);
    journal.say('revoke_token', 'gateway');
    expect(journal.state()).toBe('leaked');
    expect(journal.alerts).toHaveLength(1);
  });

  test('is found behind however many refusals that came before the receipt', () => {
    const journal = new Contained();
    journal.add(callEntry('a', 'success'));
    const refusal = (n: number) => callEntry('a', 'denied', { event_time: at(2500 + n) });
    for (let n = 0; n < 20; n++) journal.add(refusal(n));
    journal.say('revoke_token', 'gateway');
    expect(journal.state()).toBe('leaked');
  });

  describe('of a credential', () => {
    const holding = (action: string) => {
      const journal = new Journal();
      const subject = { agent_uid: 'agent-a', task_id: 'task-a', credential_uid: 'key-1' };
      const rules = [{ actions: [{ action, level: 'credential' }] }];
      journal.add(policyEntry({ rules }), alertEntry('a', { subject }));
      const [command] = journal.commands;
      if (command === undefined) throw new Error('A command was expected.');
      journal.add(receiptEntry(command, { applied_at: at(1000) }));
      return journal;
    };
    const elsewhere = callEntry('a', 'success', { task_id: 'another', credential_uid: 'key-1' });
    const { task_id: _, ...taskless } = (elsewhere as { observation: ObservedCall }).observation;

    test('is found in another task, and without one', () => {
      const journal = holding('revoke_credential');
      journal.add(elsewhere);
      expect(journal.alerts).toHaveLength(1);
      const other = holding('revoke_credential');
      other.add({ kind: 'observation', observation: taskless });
      expect(other.alerts).toHaveLength(1);
    });

    test('is none where the secret was rotated, for its id stays, nor with another one elsewhere', () => {
      const rotated = holding('rotate_secret');
      rotated.add(elsewhere);
      expect(rotated.alerts).toEqual([]);
      const revoked = holding('revoke_credential');
      revoked.add(callEntry('a', 'success', { task_id: 'another', credential_uid: 'key-2' }));
      expect(revoked.alerts).toEqual([]);
    });
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
    const call = { assurance: 'asserted', source: 'gateway/a' } as const;
    journal.add(callEntry('a', 'success', call));
    expect(journal.alerts).toHaveLength(1);
    expect(journal.alerts[0]?.sources).toEqual(['gateway/a']);
    expect(journal.commands).toHaveLength(1);
  });

  test('by whoever only asserts to act for the subject is as asserted as that, and an own call is not', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    const acts_for_assurance = 'asserted' as const;
    const evil = { agent_uid: 'agent-evil', acts_for: ['agent-a'], acts_for_assurance };
    journal.add(callEntry('a', 'success', evil));
    expect(journal.alerts[0]?.decisive_assurance).toBe('asserted');
    expect(journal.commands).toHaveLength(1);
    journal.add(callEntry('a', 'success', { acts_for: ['agent-z'], acts_for_assurance }));
    expect(journal.commands.at(-1)?.action).toBe('block_issuance');
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

  test('is a call after the receipt was written, whatever time still to come that names', () => {
    const said = (arrived_at: string) => {
      const journal = new Contained();
      const over = { receiver: 'gateway', applied_at: at(30_000) };
      const entry = receiptEntry(journal.command('revoke_token'), over);
      journal.add({ ...entry, arrived_at } as JournalEntry);
      journal.add(callEntry('a', 'success'));
      return journal.alerts.map(({ kind }) => kind);
    };
    expect(said(at(1000))).toEqual(['containment_leak']);
    expect(said(at(2500))).toEqual([]);
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
