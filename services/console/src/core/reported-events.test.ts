/** A call that was told stays on the page until it is stored, and no longer than that can take. */
import { describe, expect, it } from 'vitest';
import {
  announce,
  EVENTS_SHOWN,
  mergeEvents,
  stillReported,
  WAITED_MS,
} from './reported-events.ts';
import type { EventRow } from './view-model.ts';

const row = (id: string) => ({ event_id: id }) as EventRow;
const ids = (rows: readonly EventRow[]) => rows.map((one) => one.event_id);

describe('a call that was told', () => {
  it('is put back while no answer has it', () => {
    const told = announce([], [row('new')], 1000);
    const left = stillReported(told, [row('old')], 2500);
    expect(ids(left.map((one) => one.row))).toEqual(['new']);
    expect(ids(mergeEvents([row('new')], [row('old')]))).toEqual(['new', 'old']);
  });

  it('is let go once an answer has it, or none will', () => {
    const told = announce([], [row('new')], 1000);
    expect(stillReported(told, [row('new')], 2500)).toEqual([]);
    expect(stillReported(told, [], 1000 + WAITED_MS)).toEqual([]);
  });

  it('is shown once, the newest first, and no more than the page holds', () => {
    expect(ids(mergeEvents([row('b'), row('a')], [row('a'), row('c')]))).toEqual(['b', 'a', 'c']);
    const many = Array.from({ length: 40 }, (_, n) => row(`r${n}`));
    expect(mergeEvents(many, [row('x')])).toHaveLength(EVENTS_SHOWN);
    expect(announce(announce([], [row('a')], 1), [row('a')], 5)).toEqual([
      { row: row('a'), reportedMs: 5 },
    ]);
  });
});
