/** Guarantees: which passages stay, and where else an identifier must stand to take weight off planted text. */
import { describe, expect, it } from 'vitest';
import { call, item, passage, purpose, reading } from '../testing/injection-builder.ts';
import type { Passage, Reading } from './call-view.ts';
import {
  CONTEXT_IDS_MAX,
  CONTEXT_PASSAGES_MAX,
  EMPTY_CONTEXT,
  isNamedSource,
  observe,
  observeReading,
  type ReadContext,
} from './read-context.ts';

const reads = call({ tool: 'read_page', effect: 'read', items: [] });
const after = (readings: readonly Reading[]): ReadContext =>
  readings.reduce((context, one) => observeReading(context, one, false), EMPTY_CONTEXT);
const eve = passage({ ids: ['id-eve'] });
const flood = (count: number, of: Partial<Passage>, over: Partial<Reading> = {}) =>
  Array.from({ length: count }, (_, n) =>
    reading(100 + n, { passages: [passage({ ...of, tokens: [`flood-${n}`] })], ...over }),
  );
const keeps = (context: ReadContext) => context.passages.some(({ ids }) => ids.includes('id-eve'));

describe('of more passages than are kept', () => {
  const many = 3 * CONTEXT_PASSAGES_MAX;

  it.each<[string, Partial<Passage>, Partial<Reading>]>([
    ['text without a mark', { mark: 0.49 }, {}],
    ['text that is only asserted to have been read', { mark: 1 }, { assurance: 'asserted' }],
    ['mentions', { kind: 'mention' }, {}],
  ])('%s pushes out nothing that is planted and proven', (_, of, over) => {
    for (const order of [
      [reading(1, { passages: [eve] }), ...flood(many, of, over)],
      [...flood(many, of, over), reading(1, { passages: [eve] })],
    ]) {
      const context = after(order);
      expect(context.passages).toHaveLength(CONTEXT_PASSAGES_MAX);
      expect(keeps(context)).toBe(true);
    }
  });

  it('the latest of equals stay, by the time of their events and not by arrival', () => {
    const all = [reading(1, { passages: [eve] }), ...flood(many, {})];
    for (const order of [all, [...all].reverse()]) {
      const { passages } = after(order);
      expect(passages.map(({ tokens }) => tokens[0]).sort()).toEqual(
        all
          .slice(-CONTEXT_PASSAGES_MAX)
          .map((one) => one.passages[0]?.tokens[0])
          .sort(),
      );
    }
  });

  it('one text that is read again counts once, by the event that is believed furthest', () => {
    const context = after([
      reading(1, { passages: [eve], assurance: 'asserted' }),
      reading(2, { passages: [eve], assurance: 'attested' }),
      reading(3, { passages: [eve] }),
    ]);
    expect(context.passages).toMatchObject([{ eventId: 'event-2', assurance: 'attested' }]);
  });
});

describe('an identifier that stands elsewhere', () => {
  const planted = reading(2, { passages: [eve], otherIds: ['id-ada'], trust: 'untrusted' });
  const known = (readings: readonly Reading[]) => after(readings).others.includes('id-eve');
  const says = (n: number, trust: string) => reading(n, { otherIds: ['id-eve'], trust });

  it.each([
    [
      'the other text of the planted text’s own source',
      [{ ...planted, otherIds: ['id-eve'] }],
      false,
    ],
    ['what outsiders can write, read after', [planted, says(3, 'untrusted')], false],
    ['what outsiders can write, read before', [says(1, 'untrusted'), planted], true],
    ['a record of a system that is trusted, read after', [planted, says(3, 'trusted')], true],
    ['a record of which nobody says who writes it', [planted, says(3, 'unknown')], true],
  ])('%s: %s', (_, readings, is) => {
    expect(known(readings)).toBe(is);
  });

  it('is not cleared by a record into which a write may have carried it', () => {
    const writes = call({ effect: 'update', items: [item()] });
    const written = observe(observe(EMPTY_CONTEXT, reads, planted), writes, null);
    const context = (trust: string) => observe(written, reads, says(3, trust));
    expect(context('unknown').others).not.toContain('id-eve');
    expect(context('trusted').others).toContain('id-eve');
    const onlyRead = observe(
      observe(EMPTY_CONTEXT, reads, planted),
      { ...writes, effect: 'read' },
      null,
    );
    expect(observe(onlyRead, reads, says(3, 'unknown')).others).toContain('id-eve');
  });

  it('is kept with the latest and no more of them', () => {
    const ids = Array.from({ length: 2 * CONTEXT_IDS_MAX }, (_, n) => `id-${n}`);
    const { others } = after([reading(1, { otherIds: ids })]);
    expect(others).toEqual(ids.slice(-CONTEXT_IDS_MAX));
  });
});

it('text in a language that is not read stays said', () => {
  expect(after([reading(1, { isUnread: true }), reading(2)]).hasUnread).toBe(true);
  expect(after([reading(1)]).hasUnread).toBe(false);
});

it.each([
  [
    'a place that it names, in the arguments',
    { tokens: ['plan'] },
    { sources: new Set(['plan']) },
    true,
  ],
  ['a place that it does not name', { tokens: ['notes'] }, { sources: new Set(['plan']) }, false],
  [
    'a kind of place to which it sends the agent, by the tool’s name',
    {},
    { sources: new Set(['mail']), delegates: true },
    true,
  ],
  [
    'the same kind where it only speaks of it',
    {},
    { sources: new Set(['mail']), delegates: false },
    false,
  ],
] as const)('a request names %s', (_, args, request, is) => {
  expect(isNamedSource(call({ items: [item(args)], purpose: purpose(request) }))).toBe(is);
});
