import { type JournalEntry, journalEntrySchema, TOPICS } from '@waywarden/schemas';
import { MemoryTransaction, type StageRecord } from '@waywarden/stage';
import { expect, test } from 'vitest';
import {
  alertEntry,
  anAlert,
  at,
  policyEntry,
  registryEntry,
  START,
  uuid,
} from '../../testing/response-fixtures.ts';
import { decideIntake } from './decide-intake.ts';
import { inReplayOrder } from './journal-order.ts';

const record = (topic: string, value: unknown, over: Partial<StageRecord> = {}): StageRecord => ({
  topic,
  partition: 0,
  offset: 0,
  key: null,
  type: 'event',
  value,
  source: 'test/1/0',
  ...over,
});

const control = (entry: JournalEntry) => (entry.kind === 'control' ? entry.control : undefined);

test('alerts, receipts, policy, registry and watermarks become journal entries in one partition', () => {
  const transaction = new MemoryTransaction();
  const { seq: _, ...policy } = { ...control(policyEntry()) } as { seq: number };
  const receipt = {
    command_id: uuid('c'),
    tenant_id: 'acme',
    agent_uid: 'a',
    receiver: 'r',
    state: 'applied',
  };
  const inputs = [
    record(TOPICS.alerts.name, anAlert('a')),
    record(TOPICS.revocationReceipts.name, {
      ...{ receipt, signedAt: 1_790_000_000, arrivedMs: Date.parse(START) },
    }),
    record(TOPICS.registry.name, policy, { offset: 6 }),
    record(TOPICS.alerts.name, { seq: 1, time: START }, { type: 'watermark' }),
  ];
  const outputs = inputs.flatMap((input) => decideIntake(transaction, input));
  for (const output of outputs) {
    expect(output).toMatchObject({ topic: TOPICS.responseJournal.name, key: null, partition: 0 });
    expect(journalEntrySchema.safeParse(output.value).success).toBe(true);
  }
  expect(outputs.map((output) => (output.value as JournalEntry).kind)).toEqual([
    'alert',
    'receipt',
    'control',
    'watermark',
  ]);
  expect(outputs[1]?.value).toMatchObject({
    ...{ receipt, signed_at: 1_790_000_000, arrived_at: START },
  });
  expect(outputs[2]?.value).toMatchObject({ control: { seq: 7, version: 'p1' } });
  expect(new Set(outputs.map((output) => output.id)).size).toBe(4);
});

test('a watermark number is taken once; forwarded control records are left to the registry topic', () => {
  const transaction = new MemoryTransaction();
  const mark = (seq: number) =>
    record(TOPICS.alerts.name, { seq, time: START }, { type: 'watermark' });
  expect([1, 1, 3, 2].map((seq) => decideIntake(transaction, mark(seq)).length)).toEqual([
    1, 0, 1, 0,
  ]);
  const forwarded = record(TOPICS.alerts.name, control(policyEntry()), { type: 'control' });
  expect(decideIntake(transaction, forwarded)).toEqual([]);
});

test('the order of a replay depends on content only: rules first, then log time and id', () => {
  const entries = [
    policyEntry({ seq: 1 }),
    registryEntry({}, 1),
    alertEntry('a', { detected_at: at(2) }),
    alertEntry('b', { detected_at: at(1) }),
    alertEntry('c', { detected_at: at(2) }),
    alertEntry('c', { detected_at: at(2), revision: 2 }),
  ];
  const ordered = JSON.stringify(inReplayOrder(entries));
  expect(JSON.stringify(inReplayOrder(entries.toReversed()))).toBe(ordered);
  expect(inReplayOrder(entries).slice(0, 3)).toEqual([entries[1], entries[0], entries[3]]);
});
