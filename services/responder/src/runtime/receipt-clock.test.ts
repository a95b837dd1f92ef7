/**
 * Guarantee: an order whose receiver says nothing is noticed by the wall; one whose receiver works
 * through others meanwhile is not, but not for ever.
 */
import type { AppendRecord, EventLog } from '@waywarden/event-log';
import { expect, test } from 'vitest';
import type { IssuedCommand } from '../core/model/issued-command.ts';
import { issuedCommand } from '../core/model/issued-command.ts';
import { alertEntry, Journal, policyEntry, registryEntry } from '../testing/response-fixtures.ts';
import { ReceiptClock } from './receipt-clock.ts';

const START = Date.parse('2026-11-24T09:00:00Z');
const MINUTE_MS = 60_000;

function clockOver(silentForMs: () => number, isPaused: (nowMs: number) => boolean = () => false) {
  const journal = new Journal();
  const receivers = [{ id: 'gateway', kind: 'http' }];
  const agents = [{ uid: 'agent-a', class: 'autonomous' }];
  const limits = { receipt_within: '1m' };
  journal.add(registryEntry({ receivers, agents }), policyEntry({ limits }), alertEntry('a'));
  const [command] = journal.commands;
  if (command === undefined) throw new Error('nothing was commanded');
  const written: AppendRecord[] = [];
  let nowMs = START;
  // Of the port only what a clock needs: appending.
  const log = { append: async (records: readonly AppendRecord[]) => void written.push(...records) };
  const clock = new ReceiptClock({
    log: log as unknown as EventLog,
    issued: (id): IssuedCommand | undefined => issuedCommand(journal.transaction, id),
    receiptsRead: async () => undefined,
    silentForMs,
    isPaused: () => isPaused(nowMs),
    wallClock: () => new Date(nowMs).toISOString(),
  });
  clock.note(command);
  return async (afterMs: number) => {
    nowMs = START + afterMs;
    await clock.check();
    return written.length;
  };
}

test('a receiver that was never heard is noticed once its time is over, once', async () => {
  const noticedAfter = clockOver(() => Number.POSITIVE_INFINITY);
  expect(await noticedAfter(MINUTE_MS - 1)).toBe(0);
  expect(await noticedAfter(MINUTE_MS)).toBe(1);
  expect(await noticedAfter(2 * MINUTE_MS)).toBe(1);
});

test('one that answers other orders has longer, and is noticed when it stops answering', async () => {
  let silentMs = 100;
  const noticedAfter = clockOver(() => silentMs);
  expect(await noticedAfter(5 * MINUTE_MS)).toBe(0);
  silentMs = MINUTE_MS;
  expect(await noticedAfter(5 * MINUTE_MS)).toBe(1);
});

test('one that answers everything but this order is noticed in the end', async () => {
  const noticedAfter = clockOver(() => 100);
  expect(await noticedAfter(19 * MINUTE_MS)).toBe(0);
  expect(await noticedAfter(20 * MINUTE_MS)).toBe(1);
});

test('while enforcement is paused nobody is silent: the order then has its whole time', async () => {
  const after = clockOver(
    () => Number.POSITIVE_INFINITY,
    (nowMs) => nowMs < START + 10 * MINUTE_MS,
  );
  expect(await after(9.9 * MINUTE_MS)).toBe(0);
  expect(await after(10.5 * MINUTE_MS)).toBe(0);
  expect(await after(11 * MINUTE_MS)).toBe(1);
});
