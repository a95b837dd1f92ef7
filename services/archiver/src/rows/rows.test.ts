import type { LogRecord } from '@waywarden/event-log';
import { HEADERS } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { storedCells } from '../verify/stored-range.ts';
import { type ArchivedTopic, cellsOf } from './archived-topic.ts';
import { ARCHIVED_TOPICS } from './archived-topics.ts';
import { AUDIT_EVENTS } from './audit-event-row.ts';
import { DEAD_LETTERS, unreadableRow } from './dead-letter-row.ts';
import { DECISIONS } from './response-rows.ts';

const STORED_AT = '2026-11-24 12:00:00.000000000';

function recordOf(value: unknown, headers: Record<string, string> = {}): LogRecord {
  const bytes = new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
  const place = { topic: 't', incarnation: 'i', partition: 3, offset: 2 ** 40 };
  return { ...place, key: 'k', value: bytes, headers };
}

function rowOf(topic: ArchivedTopic, value: unknown): Record<string, unknown> {
  const record = recordOf(value);
  const parsed = topic.parse(record);
  if (parsed === undefined) throw new Error('The record holds no object.');
  const context = { record, raw: parsed.raw, storedAt: STORED_AT };
  const cells = storedCells(cellsOf(topic.row(parsed.value, context)));
  expect(cells).toHaveLength(topic.columns.length);
  return Object.fromEntries(topic.columns.map((column, at) => [column, cells[at]]));
}

describe('rows', () => {
  it('keeps nanoseconds, the place in the log, and the text of the record', () => {
    const value = { event_time: '2026-11-24T09:00:00.123456789Z', note: 'ä\u0000"\\ud800\\' };
    const row = rowOf(AUDIT_EVENTS, value);
    expect(row).toMatchObject({
      event_time: '2026-11-24 09:00:00.123456789',
      raw: JSON.stringify(value),
      log_partition: 3,
      log_offset: 2 ** 40,
      stored_at: STORED_AT,
    });
  });

  it.each(ARCHIVED_TOPICS.map((topic) => [topic.table, topic] as const))(
    'makes a row of %s out of anything, twice the same',
    (_table, topic) => {
      const odd = {
        tenant_id: 7,
        event_id: 'no id',
        agent: null,
        args: { size: 1e30 },
        result: { size: -5 },
        capabilities: 'x',
        scopes: [1, 'a', null],
        confidence: 'high',
        count: 1.5,
        would_be_command: [],
      };
      expect(rowOf(topic, odd)).toEqual(rowOf(topic, odd));
      for (const value of Object.values(rowOf(topic, odd))) expect(value).not.toBe(undefined);
    },
  );

  it('brings numbers into the range of their columns', () => {
    const row = rowOf(AUDIT_EVENTS, {
      args: { size: 1e30 },
      result: { size: -5 },
      delegation: { depth: 999 },
      conversation_turn: 1e12,
    });
    expect(row).toMatchObject({
      args_size: Number.MAX_SAFE_INTEGER,
      result_size: 0,
      delegation_depth: 255,
      conversation_turn: 4_294_967_295,
    });
    expect(rowOf(AUDIT_EVENTS, '{"duration_ms":1e999}')['duration_ms']).toBe(0);
  });

  it('replaces half a surrogate pair, and leaves text that only looks like one', () => {
    const row = rowOf(AUDIT_EVENTS, '{"call_uid":"a\\ud800b","native_id":"\\\\ud800"}');
    expect(row).toMatchObject({ call_uid: 'a\ufffdb', native_id: '\\ud800' });
  });

  it('names every command that a decision issued, in the older form too', () => {
    const command = { command_id: 'c1' };
    const enforced = { would_be_command: command, withheld_reason: null };
    expect(rowOf(DECISIONS, enforced)['issued_command_ids']).toEqual(['c1']);
    const withheld = { would_be_command: command, withheld_reason: 'rule_in_shadow' };
    expect(rowOf(DECISIONS, withheld)['issued_command_ids']).toEqual([]);
    const both = { ...enforced, issued_command_ids: ['c1', 'c2'] };
    expect(rowOf(DECISIONS, both)['issued_command_ids']).toEqual(['c1', 'c2']);
  });

  it('keeps the bytes of a dead letter whatever they are', () => {
    const bytes = Uint8Array.from([0, 255, 128, 10]);
    const record = { ...recordOf(''), value: bytes };
    const headers = { [HEADERS.deadReason]: 'too_long', [HEADERS.deadSource]: 'gateway-1' };
    const [own] = DEAD_LETTERS.row(
      {},
      { record: { ...record, headers }, raw: 'AP+ACg==', storedAt: STORED_AT },
    );
    expect(own).toMatchObject({ reason: 'too_long', source: 'gateway-1', size: 4 });
    expect(unreadableRow(record, STORED_AT)[0]).toMatchObject({
      reason: 'unarchivable',
      raw: 'AP+ACg==',
      log_topic: 't',
    });
  });
});
