/** Guarantees: what is high, medium or nothing, what teaches nothing, and where arguments were cut. */
import { afterEach, describe, expect, it } from 'vitest';
import { asked, call, item, NO_HISTORY, passage, purpose } from '../testing/injection-builder.ts';
import { type EvidenceModel, evidenceModel, judgeCall, useEvidenceModel } from './judge-hijack.ts';
import type { EvidenceInput } from './match-passage.ts';

const unknown = purpose({ isKnown: false, effects: [], tokens: new Set(), key: '' });
const plain = passage({ mark: 0.1, effects: ['send'], tokens: ['mail', 'eve'], ids: ['id-eve'] });
const planted = { ...plain, mark: 0.98 };
const repeated = (input: EvidenceInput) => ({
  ...input,
  history: { ...NO_HISTORY, isHabit: () => true, knowsId: () => true },
});

afterEach(() => useEvidenceModel());

describe('the severity', () => {
  it.each([
    ['planted text gives the value', asked([planted]), 'high'],
    [
      'planted text gives the value, of a request that is not known',
      asked([planted], call({ purpose: unknown })),
      'high',
    ],
    ['text without a mark explains what the request does not', asked([plain]), 'medium'],
    [
      'text without a mark, of a request that is not known',
      asked([plain], call({ purpose: unknown })),
      null,
    ],
    [
      'text without a mark to which the request sends the agent',
      asked([plain], call({ purpose: purpose({ delegates: true }) }), { named: true }),
      null,
    ],
    [
      'text without a mark, of a call that is often made for this request, with a value that is known',
      repeated(asked([plain])),
      null,
    ],
    [
      'nothing was read, of a request that is not known',
      asked([], call({ purpose: unknown })),
      null,
    ],
    [
      'planted text has nothing of what was asked for',
      asked(
        [passage({ effects: ['pay'], tokens: ['bill'] })],
        call({
          purpose: purpose({
            effects: ['send'],
            tokens: new Set(['mail', 'eve']),
            values: new Set(['id-eve']),
          }),
        }),
      ),
      null,
    ],
  ] as const)('%s: %s', (_, input, severity) => {
    expect(judgeCall(input).severity).toBe(severity);
  });

  it('is high by a tie alone and never by a probability alone', () => {
    const shipped = evidenceModel();
    const certain: EvidenceModel = { ...shipped, bias: 50 };
    const hardly: EvidenceModel = { ...shipped, bias: -50 };
    useEvidenceModel(certain);
    expect(judgeCall(asked([plain]))).toMatchObject({ severity: 'medium', probability: 1 });
    useEvidenceModel(hardly);
    expect(judgeCall(asked([planted])).severity).toBe('medium');
    expect(judgeCall(asked([plain])).severity).toBe(null);
    useEvidenceModel();
    expect(evidenceModel()).toBe(shipped);
  });
});

it('a call that was obeyed, or may have been, teaches nothing; one without a request and reading does', () => {
  expect(judgeCall(asked([planted])).isDoubtful).toBe(true);
  for (const effect of ['send', 'pay', 'delete', 'update', 'read', 'unknown']) {
    expect(judgeCall(asked([], call({ effect, purpose: unknown }))).isDoubtful, effect).toBe(false);
  }
});

describe('arguments that were cut', () => {
  const cut = (over: Partial<ReturnType<typeof call>> = {}) =>
    call({
      items: [item({ ids: ['id-ada'] })],
      isCut: true,
      purpose: purpose({ effects: ['send'], values: new Set(['id-ada']) }),
      ...over,
    });
  const read = passage({ effects: ['pay'], tokens: ['bill'] });

  it('may hide what planted text gave: the call is told and teaches nothing', () => {
    expect(judgeCall(asked([read], cut()))).toMatchObject({
      severity: 'medium',
      isBlind: true,
      isDoubtful: true,
    });
  });

  it.each([
    ['nothing planted was read', asked([{ ...read, mark: 0.4 }], cut())],
    ['the call does not act', asked([read], cut({ effect: 'update' }))],
    ['nothing was cut', asked([read], cut({ isCut: false }))],
  ])('hide nothing where %s', (_, input) => {
    expect(judgeCall(input)).toMatchObject({ severity: null, isBlind: false });
  });
});
