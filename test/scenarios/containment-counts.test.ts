/** Guarantee: `status` counts every order of its tenant and nobody else's, and hides no leak behind newer ones. */
import { expect, test } from 'vitest';
import type { Responder } from '../../services/responder/src/index.ts';
import { Containments } from '../../services/responder/src/runtime/containments.ts';
import {
  alertEntry,
  at,
  callEntry,
  Journal,
  policyEntry,
  receiptEntry,
  registryEntry,
  START,
  TENANT,
} from '../../services/responder/src/testing/response-fixtures.ts';
import { countingContainments } from '../../services/waywarden/src/api/containment-counts.ts';

const NOW_MS = Date.parse(START) + 6000;
const SUBJECT = { agent_uid: 'agent-a', task_id: 'task-a' };

function ordered(count = 0): Journal {
  const journal = new Journal();
  journal.add(registryEntry({ receivers: [{ id: 'mcp-gateway', kind: 'http' }] }));
  journal.add(policyEntry({ limits: { subjects: 10_000 } }), alertEntry('a', { subject: SUBJECT }));
  const [command] = journal.commands;
  if (command === undefined) throw new Error('Nothing was ordered.');
  journal.add(receiptEntry(command, { state: 'applied', applied_at: at(1000) }));
  for (let n = 0; n < count; n++) journal.add(alertEntry(`n${n}`, { detected_at: at(5000) }));
  return journal;
}

function told({ transaction }: Journal, tenant = TENANT) {
  const responder = { containments: Containments.over(transaction) } as unknown as Responder;
  return countingContainments(responder, () => NOW_MS, tenant)();
}

test('a leak is told, however many orders came after it, and all are counted', async () => {
  const journal = ordered();
  journal.add(callEntry('a', 'success'));
  for (let n = 0; n < 1_100; n++) journal.add(alertEntry(`n${n}`, { detected_at: at(5000) }));
  const { sentence, by_state } = await told(journal);
  const orders = journal.commands.filter(({ action }) => action !== 'restore').length;
  expect(orders).toBeGreaterThan(1_100);
  expect(Object.values(by_state).reduce((sum, one) => sum + one, 0)).toBe(orders);
  expect(by_state['leaked']).toBe(1);
  expect(sentence).toContain(`${orders} orders on record`);
  expect(sentence).toContain('Look at: 1 leaked');
});

test('nobody else’s orders are counted', async () => {
  expect(await told(ordered(3), 'other')).toEqual({
    ...{ sentence: 'No order is in force.', by_state: {} },
  });
});

test('one that is confirmed is not called settled where a new token could be had', async () => {
  const journal = ordered();
  journal.add(callEntry('a', 'denied', { ground: journal.commands[0]?.command_id ?? '' }));
  const { sentence, by_state } = await told(journal);
  expect(by_state).toEqual({ confirmed: 1 });
  expect(sentence).toContain('Look at: 1 confirmed, but a new token could be had.');
});
