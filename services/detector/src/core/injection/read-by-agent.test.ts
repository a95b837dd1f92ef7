/** Guarantees: planted text is remembered beyond its piece of work, and what is asserted makes nobody forget. */
import { type AuditEvent, shiftTime } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MapTransaction } from '../testing/map-draft.ts';
import {
  CHAINS_STORED_MAX,
  contextOf,
  learnReading,
  PLANTED_STORED_MAX,
} from './instruction-match.ts';

const START = '2026-01-05T09:00:00.000Z';
const HOUR = 3_600_000;
const asserted: Partial<AuditEvent> = { agent: { uid: 'reporter', assurance: 'asserted' } };

/** The agent reads a text in a piece of work of its own; `hour`: since the start. */
function reads(
  n: number,
  work: string,
  over: Partial<AuditEvent> & { hour?: number; mark?: number; id?: string } = {},
) {
  const { hour = 0, mark = 0.98, id = `id-${work}`, ...rest } = over;
  const time = shiftTime(START, hour * HOUR);
  return event(n, {
    ...{ event_time: time, observed_time: time, chain_id: `chain-${work}`, task: { id: work } },
    tool: { name: 'read_page' },
    result: {
      passages: [{ kind: 'imperative', mark, actions: ['send'], tokens: [work], ids: [id] }],
    },
    ...rest,
  });
}
function learned(events: readonly AuditEvent[]): MapTransaction {
  const transaction = new MapTransaction();
  for (const one of events) learnReading(transaction, one);
  return transaction;
}
const idsAt = (transaction: MapTransaction, act: AuditEvent) =>
  contextOf(transaction, act).passages.flatMap(({ ids }) => ids);

describe('text that was read in one piece of work', () => {
  const transaction = learned([reads(1, 'mail'), reads(2, 'plain', { mark: 0.3 })]);

  it('is known in another within a day where it is planted', () => {
    expect(idsAt(transaction, reads(3, 'other', { hour: 23 }))).toEqual(['id-mail']);
    expect(contextOf(transaction, reads(3, 'other')).passages).toMatchObject([
      { isOfOtherWork: true },
    ]);
  });

  it('is not after a day, nor where it bears no mark, nor of another agent', () => {
    expect(idsAt(transaction, reads(3, 'other', { hour: 25 }))).toEqual([]);
    expect(
      idsAt(
        transaction,
        reads(3, 'other', { agent: { uid: 'clerk', assurance: 'authenticated' } }),
      ),
    ).toEqual([]);
  });

  it('counts once in its own', () => {
    const { passages } = contextOf(transaction, reads(3, 'mail', { hour: 30 }));
    expect(passages.map(({ ids, isOfOtherWork }) => [ids[0], isOfOtherWork])).toEqual([
      ['id-mail', undefined],
    ]);
  });
});

describe('many pieces of work', () => {
  const flood = (count: number, over: Parameters<typeof reads>[2]) =>
    Array.from({ length: count }, (_, n) => reads(100 + n, `flood-${n}`, over));

  it.each([8, 40, 3 * CHAINS_STORED_MAX])(
    '%i that are only asserted evict nothing that is proven',
    (count) => {
      const transaction = learned([
        reads(1, 'mail', { mark: 0.9 }),
        reads(2, 'plain', { mark: 0.3 }),
        ...flood(count, { ...asserted, mark: 1, hour: 1 }),
      ]);
      expect(idsAt(transaction, reads(3, 'plain', { hour: 2 }))).toContain('id-plain');
      expect(idsAt(transaction, reads(3, 'other', { hour: 2 }))).toContain('id-mail');
    },
  );

  it('that are as proven leave the latest of each', () => {
    const transaction = learned([reads(1, 'mail'), ...flood(40, {})]);
    const latest = Array.from(
      { length: PLANTED_STORED_MAX },
      (_, n) => `id-flood-${40 - PLANTED_STORED_MAX + n}`,
    );
    expect(idsAt(transaction, reads(3, 'other'))).toEqual(latest);
    expect(idsAt(transaction, reads(3, 'mail'))).toEqual(latest);
  });

  it('of which one is in use keep that', () => {
    const transaction = new MapTransaction();
    learnReading(transaction, reads(1, 'endless', { mark: 0.3 }));
    flood(100, { mark: 0.3 }).forEach((one, n) => {
      learnReading(transaction, one);
      if (n % 10 === 0)
        learnReading(transaction, reads(200 + n, 'endless', { mark: 0.3, id: `id-endless-${n}` }));
    });
    expect(idsAt(transaction, reads(3, 'endless'))).toContain('id-endless');
  });
});
