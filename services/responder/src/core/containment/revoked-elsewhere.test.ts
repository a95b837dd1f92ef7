/** A credential that was revoked, in the hands of somebody else. */
import { alertSchema, type ObservedCall } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../testing/contained.ts';
import {
  alertEntry,
  at,
  callEntry,
  Journal,
  policyEntry,
  receiptEntry,
  registryEntry,
} from '../../testing/response-fixtures.ts';
import { issuedCommand } from '../model/issued-command.ts';
import { containmentView } from './containment-state.ts';

const GATEWAY = { id: 'gateway', kind: 'http' };
const OTHER = { id: 'other-gateway', kind: 'http' };
const SUBJECT = { agent_uid: 'agent-a', task_id: 'task-a', credential_uid: 'key-1' };

/** `agent-a` has lost `key-1`, if `action` says so. */
class Revoked extends Journal {
  constructor(action = 'revoke_credential', level = 'credential', receivers = [GATEWAY]) {
    super();
    this.add(
      registryEntry({ receivers, agents: [{ uid: 'agent-a', class: 'autonomous' }] }),
      policyEntry({ rules: [{ actions: [{ action, level }] }] }),
      alertEntry('a', { subject: SUBJECT }),
    );
  }

  get command() {
    const [first] = this.commands;
    if (first === undefined) throw new Error('A command was expected.');
    return first;
  }

  applied(receiver = 'gateway', ms = 1000): void {
    this.add(receiptEntry(this.command, { receiver, applied_at: at(ms) }));
  }

  state(ms = 3000): string {
    const issued = issuedCommand(this.transaction, this.command.command_id);
    if (issued === undefined) throw new Error('It was forgotten.');
    return containmentView(issued, { issuance: undefined, nowMs: Date.parse(at(ms)) }).state;
  }
}

const shown = (outcome: string, over: Partial<ObservedCall> = {}) =>
  callEntry('b', outcome, { credential_uid: 'key-1', ...over });

describe.each(['revoke_credential', 'revoke_token'])('%s of a credential', (action) => {
  test('that another agent still uses is a critical leak that names both, and takes nothing further', () => {
    const journal = new Revoked(action);
    journal.applied();
    journal.add(shown('success'));
    const [leak, ...more] = journal.alerts;
    expect(more).toEqual([]);
    expect(alertSchema.safeParse(leak).error).toBeUndefined();
    expect(leak).toMatchObject({
      ...{ kind: 'containment_leak', severity: 'critical' },
      title: 'Revoked credential key-1 used by agent-b',
      subject: { agent_uid: 'agent-a', credential_uid: 'key-1' },
      evidence: [{ agent_uid: 'agent-b', role: 'went_through' }],
    });
    expect(leak?.subject.task_id).toBeUndefined();
    expect(leak?.reasons[0]?.text).toContain(`gateway said that it had applied ${action}`);
    expect(journal.state()).toBe('leaked');
    expect(journal.commands).toHaveLength(1);
  });
});

describe('a revoked credential', () => {
  test('is told once, and once more when the first sign was only asserted', () => {
    const journal = new Revoked();
    journal.applied();
    journal.add(shown('success', { assurance: 'asserted' }));
    journal.add(shown('success', { assurance: 'asserted', event_time: at(2500) }));
    expect(journal.alerts).toHaveLength(1);
    expect(journal.alerts[0]?.decisive_assurance).toBe('asserted');
    journal.add(shown('success', { event_time: at(2600) }), shown('success', { tool: 'x' }));
    expect(journal.alerts.map((one) => [one.revision, one.decisive_assurance])).toEqual([
      [1, 'asserted'],
      [2, 'authenticated'],
    ]);
    expect(journal.commands).toHaveLength(1);
  });

  test('that others use stands before no leak of its own agent: that is told apart, and escalates', () => {
    const journal = new Revoked();
    journal.applied();
    journal.add(shown('success'), callEntry('a', 'success', { credential_uid: 'key-2' }));
    expect(new Set(journal.alerts.map((one) => one.alert_id)).size).toBe(2);
    expect(journal.commands.at(-1)?.action).toBe('disable_agent');
  });

  test('is found in others’ hands whichever of receipt and call is read first, behind whatever else they did', () => {
    const journal = new Revoked();
    journal.add(shown('success'));
    for (let n = 0; n < 20; n++) journal.add(shown('denied', { event_time: at(2100 + n) }));
    for (let n = 0; n < 20; n++)
      journal.add(callEntry('a', 'denied', { event_time: at(2200 + n) }));
    expect(journal.alerts).toEqual([]);
    journal.applied();
    expect(journal.alerts).toHaveLength(1);
  });

  test.each<[string, Partial<ObservedCall>]>([
    ['another credential', { credential_uid: 'key-2' }],
    ['a call from before it was applied', { event_time: at(900) }],
    ['a call whose source’s clock is ahead', { observed_time: at(900) }],
    ['a call from after the order has ended', { event_time: at(61 * MINUTE_MS) }],
    ['another tenant', { tenant_id: 'other' }],
    ['a call of which nobody says how it came out', { outcome: 'unknown' }],
  ])('is not leaked by %s', (_, over) => {
    const journal = new Revoked();
    journal.applied();
    journal.add(shown('success', over));
    expect(journal.alerts).toEqual([]);
  });

  test('is none while one who must apply the order has not: others hold it rightly until then', () => {
    const journal = new Revoked('revoke_credential', 'credential', [GATEWAY, OTHER]);
    journal.applied('gateway');
    journal.add(shown('success'));
    expect(journal.alerts).toEqual([]);
    journal.applied('other-gateway', 1500);
    expect(journal.alerts).toHaveLength(1);
  });

  test('is none after it was given back', () => {
    const journal = new Revoked();
    journal.applied();
    journal.add(alertEntry('a', { subject: SUBJECT, revision: 2, state: 'withdrawn' }));
    expect(journal.commands.at(-1)?.action).toBe('restore');
    journal.add(shown('success'));
    expect(journal.alerts).toEqual([]);
  });

  test.each([
    ['rotate_secret', 'credential'],
    ['revoke_token', 'task'],
    ['disable_agent', 'agent'],
  ])('is none where %s at level %s took no credential from others', (action, level) => {
    const journal = new Revoked(action, level);
    journal.applied();
    journal.add(shown('success'));
    expect(journal.alerts).toEqual([]);
  });

  test('is confirmed by a refusal of another agent only where that names the order', () => {
    const journal = new Revoked();
    journal.applied();
    journal.add(shown('denied'), shown('denied', { error: 'credential_revoked' }));
    expect(journal.state()).toBe('applied_re_mintable');
    const ground = journal.command.command_id;
    journal.add(shown('denied', { ground, assurance: 'asserted' }));
    expect(journal.state()).toBe('applied_re_mintable');
    journal.add(shown('denied', { ground }));
    expect(journal.state()).toBe('confirmed');
  });
});
