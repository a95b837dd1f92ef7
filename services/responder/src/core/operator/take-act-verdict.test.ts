/** Guarantee: what a person found right does not end by itself, and what they found wrong is given back. */
import type { RevocationCommand } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import {
  actEntry,
  alertEntry,
  anAlert,
  at,
  Journal,
  policyEntry,
  registryEntry,
  TENANT,
  timeEntry,
} from '../../testing/response-fixtures.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const GATEWAY = { id: 'gateway', kind: 'http' };
const AGENT = { uid: 'agent-a', class: 'autonomous' };
const ALERT = anAlert('a').alert_id;

const verdict = (by: string, found: 'true_positive' | 'false_positive', ms = 1000) =>
  actEntry('verdict', by, { alert_id: ALERT, verdict: found, at: at(ms) });

function ordered(agent: object = {}): Journal {
  const journal = new Journal();
  const limits = { step_up_for: '2d' };
  journal.add(registryEntry({ receivers: [GATEWAY], agents: [{ ...AGENT, ...agent }] }));
  journal.add(policyEntry({ rules: [{ expires: '1h' }], limits }), alertEntry('a'));
  return journal;
}

const actionsAt = ({ commands }: Journal, ms: number): readonly string[] => {
  const undone = new Set(commands.flatMap(({ restores }) => restores ?? []));
  const isInForce = ({ command_id, action, expires_at, issued_at }: RevocationCommand) =>
    action !== 'restore' && !undone.has(command_id) && expires_at > at(ms) && issued_at <= at(ms);
  return commands.filter(isInForce).map(({ action }) => action);
};

describe('an order whose alert was found right', () => {
  test('is given anew before it ends, again and again, in the name of who found it', () => {
    const journal = ordered();
    journal.add(verdict('ana', 'true_positive'));
    expect(journal.decisions.at(-1)?.act).toMatchObject({
      act: 'verdict',
      verdict: 'true_positive',
    });
    for (let hour = 1; hour <= 120; hour++) journal.add(timeEntry(hour * HOUR_MS));
    for (const ms of [0.5 * HOUR_MS, 2 * HOUR_MS, 3 * DAY_MS, 5 * DAY_MS]) {
      expect(actionsAt(journal, ms)).toEqual(['revoke_token']);
    }
    const [first, next] = journal.commands;
    expect(next).toMatchObject({
      ...{ target: first?.target, initiating_entity: 'admin', approvals: [{ by: 'ana' }] },
      expires_at: at(HOUR_MS + 2 * DAY_MS),
      at_expiry: { action: 'require_step_up' },
    });
    expect(next?.sequence).toBeGreaterThan(first?.sequence ?? 0);
  });

  test('ends when somebody takes it back, or finds that it was wrong after all', () => {
    for (const end of [
      actEntry('restore', 'ben', { order_id: ALERT, at: at(2 * HOUR_MS) }),
      verdict('ben', 'false_positive', 2 * HOUR_MS),
    ]) {
      const journal = ordered();
      journal.add(verdict('ana', 'true_positive'), timeEntry(HOUR_MS), end);
      journal.add(timeEntry(3 * DAY_MS));
      expect(actionsAt(journal, 2 * HOUR_MS + 1)).toEqual([]);
      expect(actionsAt(journal, 3 * DAY_MS)).toEqual([]);
    }
  });

  test('gives way to a step-up where its agent is never revoked since', () => {
    const journal = ordered();
    journal.add(verdict('ana', 'true_positive'));
    const agents = [{ ...AGENT, never_revoke: true }];
    journal.add(registryEntry({ receivers: [GATEWAY], agents }, 2), timeEntry(HOUR_MS));
    expect(journal.commands.map(({ action }) => action)).toEqual(['revoke_token']);
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('never_revoke');
  });

  test('of another tenant is another alert', () => {
    const journal = ordered();
    journal.add(
      actEntry('verdict', 'eve', {
        ...{ alert_id: ALERT, verdict: 'false_positive', at: at(1000) },
        tenant_id: `${TENANT}-other`,
      }),
    );
    journal.add(timeEntry(HOUR_MS));
    expect(actionsAt(journal, 1)).toEqual(['revoke_token']);
  });
});

describe('an alert that was found wrong', () => {
  test('gives back what it took, and takes nothing anew by its next revision', () => {
    const journal = ordered();
    journal.add(verdict('ana', 'false_positive'));
    expect(actionsAt(journal, 1001)).toEqual([]);
    journal.add(alertEntry('a', { revision: 2, detected_at: at(2000) }));
    expect(actionsAt(journal, 2001)).toEqual([]);
  });

  test('stays contained where who found it may give nothing back, and the word does not count', () => {
    const journal = ordered();
    journal.add(
      actEntry('verdict', 'ana', {
        ...{ alert_id: ALERT, verdict: 'false_positive', restores: false, at: at(1000) },
      }),
    );
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('another_person_needed');
    journal.add(alertEntry('a', { revision: 2, detected_at: at(2000) }));
    expect(actionsAt(journal, 2001)).toContain('revoke_token');
    journal.add(verdict('ben', 'false_positive', 3000));
    expect(actionsAt(journal, 3001)).toEqual([]);
  });

  test('is recorded as such also where nothing was ordered', () => {
    const journal = new Journal();
    journal.add(policyEntry({ rules: [] }), alertEntry('a'), verdict('ana', 'false_positive'));
    expect(journal.decisions.at(-1)).toMatchObject({
      ...{ withheld_reason: null, alert_ids: [ALERT] },
      act: { verdict: 'false_positive', by: ['ana'] },
    });
  });
});
