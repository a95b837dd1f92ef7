/** Guarantees: each way in which a marked passage ties a call to it, and what keeps it from doing so. */
import { describe, expect, it } from 'vitest';
import { asked, call, item, NO_HISTORY, passage, purpose } from '../testing/injection-builder.ts';
import { EVIDENCE_WEIGHTS } from './evidence-weights.ts';
import type { TieReason } from './judge-hijack.ts';
import { evidenceOf, TERM_NAMES, TERMS } from './judge-hijack.ts';
import type { EvidenceInput } from './match-passage.ts';

const eve = { ids: ['id-eve'] };
const name = { ids: ['id-send-mail'] };
const words = { tokens: ['mail', 'ledger', 'eve'] };
/** No identifier decides it. */
const wordy = (over = {}) =>
  call({
    items: [item({ path: 'subject', tokens: ['ledger', 'eve'], ids: [], idLike: false })],
    ...over,
  });
const sends = purpose({ effects: ['send'] });
const sentThere = purpose({ delegates: true });

const CASES: readonly (readonly [string, TieReason, EvidenceInput])[] = [
  ['nothing was read', 'no_passage', asked([])],
  ['what was read has nothing in common with the call', 'no_passage', asked([passage()])],

  ['a value of the call stands only in planted text', 'value', asked([passage(eve)])],
  [
    'the same where the request asks to send',
    'value',
    asked([passage(eve)], call({ purpose: sends })),
  ],
  [
    'the same in planted text that only mentions it',
    'value',
    asked([passage({ ...eve, kind: 'mention' })]),
  ],
  ['the text bears no mark', 'not_marked', asked([passage({ ...eve, mark: 0.49 })])],
  [
    'the request names the value',
    'no_passage',
    asked([passage(eve)], call({ purpose: purpose({ values: new Set(['id-eve']) }) })),
  ],
  [
    'the value stands elsewhere too',
    'elsewhere',
    asked([passage({ ...eve, mark: 0.9 })], call(), { others: ['id-eve'] }),
  ],
  [
    'the agent acted on the value before',
    'elsewhere',
    { ...asked([passage({ ...eve, mark: 0.9 })]), history: { ...NO_HISTORY, knowsId: () => true } },
  ],
  [
    'the value stands in other text, and the planted one gives none',
    'foreign',
    asked([passage({ ...name, effects: ['send'] }), passage({ ...eve, mark: 0.1 })], call(), {
      others: ['id-eve'],
    }),
  ],

  [
    'the request sends the agent to text that is not surely planted',
    'sent_there',
    asked([passage({ ...eve, mark: 0.9 })], call({ purpose: sentThere }), { named: true }),
  ],
  [
    'the request sends the agent to text that surely is',
    'value',
    asked([passage(eve)], call({ purpose: sentThere }), { named: true }),
  ],

  [
    'a deed that only planted text asks for',
    'deed',
    asked([passage({ effects: ['delete'] })], call({ effect: 'delete' })),
  ],
  [
    'a deed that the request asks for too',
    'foreign',
    asked(
      [passage({ effects: ['delete'] })],
      call({ effect: 'delete', purpose: purpose({ effects: ['delete'] }) }),
    ),
  ],
  [
    'a deed of text that is not surely planted',
    'foreign',
    asked([passage({ effects: ['delete'], mark: 0.9 })], call({ effect: 'delete' })),
  ],
  [
    'sending is no deed: a report or a refusal is sent as well',
    'foreign',
    asked([passage({ effects: ['send'] })]),
  ],

  ['planted text names the tool', 'tool', asked([passage(name)], wordy())],
  [
    'the request names the tool too',
    'no_passage',
    asked([passage(name)], wordy({ purpose: purpose({ values: new Set(['id-send-mail']) }) })),
  ],
  [
    'what is surely planted names a tool that reads',
    'tool',
    asked([passage(name)], wordy({ effect: 'read' })),
  ],
  [
    'what is hardly planted names a tool that reads',
    'reads',
    asked([passage({ ...name, mark: 0.9 })], wordy({ effect: 'read' })),
  ],
  [
    'a call that reads has words and values of planted text',
    'reads',
    asked([passage({ ...words, ...eve })], call({ effect: 'read' })),
  ],

  [
    'tool and effect are those of planted text, unasked',
    'links',
    asked([passage({ tokens: ['mail'], effects: ['send'] })], wordy()),
  ],
  ['only the effect is', 'little', asked([passage({ effects: ['send'] })], wordy())],
  [
    'tool and effect are, and the request asks for the effect',
    'little',
    asked([passage({ tokens: ['mail'], effects: ['send'] })], wordy({ purpose: sends })),
  ],
  [
    'so are the words, and the request asks for the effect',
    'links',
    asked([passage({ ...words, effects: ['send'] })], wordy({ purpose: sends })),
  ],
  [
    'tool, effect and words of a text that orders nothing',
    'little',
    asked([passage({ ...words, kind: 'mention', effects: ['send'] })], wordy()),
  ],
];

describe('a call is tied to planted text, or not', () => {
  it.each(CASES)('%s: %s', (_, why, input) => {
    const { tie, terms } = evidenceOf(input);
    expect(tie.why).toBe(why);
    expect(tie.isTied).toBe(['value', 'deed', 'tool', 'links'].includes(why));
    expect(terms.tied).toBe(Number(tie.isTied));
  });
});

describe('the passage that explains a call', () => {
  it('is the marked one of two that give its value', () => {
    const plain = passage({ ...eve, mark: 0.2, tokens: ['plain'] });
    for (const all of [
      [passage(eve), plain],
      [plain, passage(eve)],
    ]) {
      expect(evidenceOf(asked(all)).passage?.mark).toBe(0.98);
    }
  });

  it('names the arguments whose new values it gives', () => {
    const items = [
      item(),
      item({ path: 'cc', ids: ['id-eve', 'id-bo'] }),
      item({ path: 'from', ids: ['id-ada'] }),
    ];
    expect(evidenceOf(asked([passage(eve)], call({ items }))).paths).toEqual(['cc', 'to']);
  });

  it('of another piece of work says nothing by the name of a tool', () => {
    const { context, ...rest } = asked([passage(name)], wordy());
    const [seen] = context.passages;
    if (seen === undefined) throw new Error('No passage.');
    const foreign = { ...context, passages: [{ ...seen, isOfOtherWork: true as const }] };
    expect(evidenceOf({ ...rest, context: foreign }).tie.why).toBe('no_passage');
  });
});

describe('terms', () => {
  it('lie between 0 and 1, whatever was read and called', () => {
    for (const [, , input] of CASES) {
      for (const value of Object.values(evidenceOf(input).terms)) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    }
  });

  it('say that a request only reads where its verbs are known', () => {
    const term = (over: Parameters<typeof purpose>[0]) =>
      evidenceOf(asked([], call({ purpose: purpose(over) }))).terms.reads_only;
    expect(term({})).toBe(1);
    expect(term({ effects: ['send'] })).toBe(0);
    expect(term({ effects: [] })).toBe(0);
    expect(term({ isKnown: false, effects: [], tokens: new Set() })).toBe(0);
  });
});

describe('the fitted weights', () => {
  it('are one finite number for each term, on the side that the term is given', () => {
    expect(Object.keys(EVIDENCE_WEIGHTS.weights).sort()).toEqual([...TERM_NAMES].sort());
    for (const term of TERM_NAMES) {
      const weight = EVIDENCE_WEIGHTS.weights[term];
      expect(Number.isFinite(weight), term).toBe(true);
      expect(weight * TERMS[term], term).toBeGreaterThanOrEqual(0);
    }
    expect(Number.isFinite(EVIDENCE_WEIGHTS.bias)).toBe(true);
  });
});
