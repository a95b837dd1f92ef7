/**
 * Guarantees: which word about an alert counts, of which revision it is, and whether more was told since, whoever said
 * what in which order; the half of two that nobody completed counts for nothing.
 */
import type { Decision } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { verdictsClaimed } from './said-verdict.ts';

const ALERT = { alert_id: 'a1', revision: 5, detected_at: '2026-11-24T09:00:00Z' };
const AS_OF = '2026-11-24T10:00:00Z';

interface Given {
  readonly seq: number;
  readonly at?: string;
  readonly by?: readonly string[];
  readonly verdict?: 'true_positive' | 'false_positive';
  readonly withheld?: string;
  readonly signed?: unknown;
  readonly alertIds?: readonly string[];
  readonly issued?: readonly string[];
}

function decision(given: Given): Decision {
  const { seq, at = '2026-11-24T09:30:00Z', by = ['ana'], verdict = 'false_positive' } = given;
  const { withheld = null, signed = { alert_id: 'a1', revision: 3 }, alertIds = ['a1'] } = given;
  const text = typeof signed === 'string' ? signed : JSON.stringify(signed);
  return {
    ...{ decision_id: `d${seq}`, seq, decided_at: at, rule_id: 'operator/verdict' },
    ...{ alert_ids: alertIds, withheld_reason: withheld, issued_command_ids: given.issued },
    act: { act_id: 'x', act: 'verdict', by, reason: 'a month-end', verdict, signed: { text } },
  } as unknown as Decision;
}

const said = (...given: readonly Given[]) => verdictsClaimed(given.map(decision), ALERT, AS_OF);

describe('a word about an alert', () => {
  it('is of the revision that was signed, and says who, when and why', () => {
    expect(said({ seq: 1 })).toEqual([
      {
        ...{
          decision_id: 'd1',
          at: '2026-11-24T09:30:00Z',
          by: ['ana'],
          verdict: 'false_positive',
        },
        ...{ reason: 'a month-end', revision: 3, reported_since: true, standing: 'counts' },
        ...{ gave_back: 0, stays: false },
      },
    ]);
    const latest = { alert_id: 'a1', revision: 5 };
    expect(said({ seq: 1, signed: latest })[0]?.reported_since).toBe(false);
  });

  it.each([[{ alert_id: 'a1' }], ['not JSON'], ['null'], [{ revision: 'three' }]])(
    'that names no revision (%j) counts up to when it came in',
    (signed) => {
      expect(said({ seq: 1, signed })[0]).toMatchObject({ revision: null, reported_since: false });
      const before = { seq: 1, signed, at: '2026-11-24T08:00:00Z' };
      expect(said(before)[0]?.reported_since).toBe(true);
    },
  );

  it('counts until a later one does, in the order of the chain and not of the answer', () => {
    const all = said({ seq: 1 }, { seq: 3, verdict: 'true_positive' }, { seq: 2 });
    expect(all.map((one) => [one.decision_id, one.standing])).toEqual([
      ['d3', 'counts'],
      ['d2', 'replaced'],
      ['d1', 'replaced'],
    ]);
  });

  it('says what it gave back, and what another alert needs', () => {
    expect(said({ seq: 1, issued: ['c1', 'c2'] })[0]).toMatchObject({ gave_back: 2, stays: false });
    const stays = said({ seq: 1, withheld: 'needed_by_other_alert' })[0];
    expect(stays).toMatchObject({ standing: 'counts', stays: true });
  });

  it('is none where it is about another alert, or no verdict', () => {
    // The first of two names each alert that holds the order, and means one.
    const other = { alert_id: 'a2', revision: 1 };
    expect(said({ seq: 1, signed: other, alertIds: ['a1', 'a2'] })).toEqual([]);
    const rule = { ...decision({ seq: 2 }), act: undefined } as unknown as Decision;
    expect(verdictsClaimed([rule], ALERT, AS_OF)).toEqual([]);
  });
});

describe('what takes two people', () => {
  const half = { seq: 1, withheld: 'second_person_needed' };

  it('waits for a quarter of an hour and then counts for nothing', () => {
    expect(said({ ...half, at: '2026-11-24T09:50:00Z' })[0]?.standing).toBe('waiting');
    expect(said(half)[0]?.standing).toBe('lapsed');
  });

  it('is one word of both once the second agrees', () => {
    const all = said(half, { seq: 2, by: ['ana', 'bob'] });
    expect(all.map((one) => [one.by, one.standing])).toEqual([[['ana', 'bob'], 'counts']]);
  });

  it('is told apart from what somebody else said of it later', () => {
    const all = said(half, { seq: 2, by: ['bob'], verdict: 'true_positive' });
    expect(all.map((one) => one.standing)).toEqual(['counts', 'replaced']);
  });

  it('takes nothing from the word that counts', () => {
    const all = said({ seq: 1 }, { ...half, seq: 2, by: ['bob'], at: '2026-11-24T09:50:00Z' });
    expect(all.map((one) => one.standing)).toEqual(['waiting', 'counts']);
  });
});
