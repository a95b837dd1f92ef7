/**
 * Guarantee: of a rule that only watches `policy test` says what would have happened: an alert orders
 * once, however often it is revised, a second one on the same target nothing, and whom it reaches counts.
 */
import { TOPICS } from '@waywarden/schemas';
import type { StageRecord } from '@waywarden/stage';
import { expect, test } from 'vitest';
import {
  alertEntry,
  at,
  Journal,
  lineageEntry,
  policyEntry,
  uuid,
} from '../../services/responder/src/testing/response-fixtures.ts';
import { decideEnforced } from '../../services/waywarden/src/policy/if-enforced.ts';
import { lastDays } from '../../services/waywarden/src/policy/last-days.ts';

const MINUTE_MS = 60_000;
const subject = { agent_uid: 'agent-a', task_id: 'work' };

function tried(mode: string) {
  const entries = [
    policyEntry({ rules: [{ id: 'hijack', mode }] }),
    lineageEntry('a', { delegated_as: 'h1' }),
    lineageEntry('b', { acts_for: [{ agent_uid: 'agent-a', ref: 'h1' }] }),
    ...[1, 2, 3, 4].map((revision) =>
      alertEntry('a', { subject, revision, detected_at: at(revision * MINUTE_MS) }),
    ),
    alertEntry('a', { subject, alert_id: uuid('other'), detected_at: at(10 * MINUTE_MS) }),
  ];
  const records = entries.map(
    (value, offset): StageRecord => ({
      ...{ topic: TOPICS.responseJournal.name, partition: 0, offset, key: null },
      ...{ type: 'event', value, source: 'trial/0/0' },
    }),
  );
  const journal = new Journal();
  journal.add(...entries);
  const { decisions, commands } = journal;
  const watching = mode === 'enforce' ? [] : ['hijack'];
  const enforced = decideEnforced(records);
  return lastDays({ decisions, commands, watching, enforced, latest: at(11 * MINUTE_MS) }, 7);
}

test('shadow would have done what enforce does', () => {
  const [shadow, enforce] = [tried('shadow'), tried('enforce')];
  expect(enforce).toMatchObject({ revoked_count: 2, if_enforced_count: 0 });
  expect(shadow).toMatchObject({ revoked_count: 0, if_enforced_count: 2 });
  expect(shadow.if_enforced.map((one) => one.agent_uid)).toEqual(['agent-a', 'agent-b']);
  expect(shadow.withheld).toEqual(enforce.withheld);
});
