import { MemoryDraft } from '@waywarden/stage';
import { describe, expect, it } from 'vitest';
import { InstructionHistory, SETTLED_CHAINS_MIN } from '../facets/instruction-history.ts';
import { type Call, type Item, NO_PURPOSE, type Passage, type Result } from './call-digest.ts';
import { judgeObeying } from './is-obeying.ts';
import {
  CONTEXT_IDS_MAX,
  CONTEXT_PASSAGES_MAX,
  EMPTY_CONTEXT,
  type MatchContext,
  observe,
} from './match-context.ts';
import { scoreCall } from './score-call.ts';
import { ALARM, DOUBT, EVIDENCE, EVIDENCE_UNASKED, REVIEW } from './weights.ts';

function item(over: Partial<Item> = {}): Item {
  return {
    path: 'to',
    class: 'atom',
    tokens: ['eve'],
    ids: ['id-eve'],
    idLike: true,
    secret: false,
    ...over,
  };
}

function call(over: Partial<Call> = {}): Call {
  return {
    tool: 'send_mail',
    action: 'send',
    write: true,
    isMemory: false,
    objectTokens: ['mail'],
    items: [item()],
    argsHash: 'h1',
    purpose: NO_PURPOSE,
    ...over,
  };
}

function passage(over: Partial<Passage> = {}): Passage {
  return {
    kind: 'imperative',
    actions: ['send'],
    meta: ['addresses_ai', 'override', 'task_talk', 'urgent'],
    tokens: ['mail', 'eve', 'ledger'],
    ids: ['id-eve'],
    ...over,
  };
}

function result(over: Partial<Result> = {}): Result {
  return {
    eventId: 'event-7',
    assurance: 'authenticated',
    passages: [passage()],
    freeTextIds: ['id-eve'],
    fieldIds: [],
    ...over,
  };
}

const READ = call({ tool: 'read_page', action: 'read', write: false, items: [] });

function after(over: Partial<Result> = {}, read: Call = READ): MatchContext {
  return observe(EMPTY_CONTEXT, read, result(over));
}

const emptyHistory = () => new InstructionHistory(new MemoryDraft(), 'acme', 'agent');
const NO_HISTORY = emptyHistory();

/** Learns a call as often as it takes to settle, from different chains. */
function settle(history: InstructionHistory, one: Call, previous: string | null): void {
  for (let n = 0; n < SETTLED_CHAINS_MIN; n++) history.learn(one, previous, `chain-${n}`);
}

function score(context: MatchContext, over: Partial<Call> = {}, history = NO_HISTORY): number {
  return scoreCall({ context, call: call(over), history }).score;
}

describe('the passages of a context', () => {
  const other = passage({ tokens: ['quite', 'another'] });

  it('hold a text once, whatever the order of its words, and keep its place when believed more', () => {
    const asserted = after({ assurance: 'asserted', passages: [passage(), other] });
    const turned = passage({ tokens: ['ledger', 'mail', 'eve'] });
    const again = observe(asserted, READ, result({ assurance: 'asserted', passages: [turned] }));
    expect(again.passages).toBe(asserted.passages);
    const proven = observe(asserted, READ, result({ eventId: 'event-8', passages: [turned] }));
    expect(proven.passages.map(({ eventId }) => eventId)).toEqual(['event-8', 'event-7']);
    expect(proven.passages[0]?.assurance).toBe('authenticated');
  });

  it('are told apart by kind, actions, signs and how often a word stands there', () => {
    const passages = [
      passage(),
      passage({ kind: 'mention' }),
      passage({ actions: ['pay'] }),
      passage({ meta: [] }),
      passage({ tokens: ['mail', 'eve', 'ledger', 'eve'] }),
    ];
    expect(after({ passages }).passages).toHaveLength(passages.length);
    // From the state, as JSON, without what was remembered by identity.
    const stored = JSON.parse(JSON.stringify(after({ passages }))) as MatchContext;
    expect(observe(stored, READ, result({ passages })).passages).toBe(stored.passages);
  });
});

describe('scoreCall', () => {
  it('excuses a call by the words of its own request, not by those of another with the same key', () => {
    const purpose = { ...NO_PURPOSE, key: 'workflow', terms: ['send'] };
    const asked = { purpose: { ...purpose, tokens: ['mail', 'eve'], values: ['id-eve'] } };
    const other = { purpose: { ...purpose, tokens: ['mail', 'bob'], values: ['id-eve'] } };
    const values = { purpose: { ...purpose, tokens: ['mail', 'eve'], values: ['id-bob'] } };
    const [own, others, named] = [asked, other, values].map((over) => score(after(), over));
    expect([others, named].every((one) => (one ?? 0) > (own ?? 0))).toBe(true);
    expect([asked, values, other].map((over) => score(after(), over))).toEqual([
      own,
      named,
      others,
    ]);
  });

  it('alarms without a request only where the passage bears a mark of planted text', () => {
    const judge = (context: MatchContext, isAsked: boolean) =>
      judgeObeying({ context, call: call(), history: NO_HISTORY }, isAsked);
    const plain = after({ passages: [passage({ meta: [] })] });
    expect(judge(plain, false).scored.score).toBeGreaterThan(ALARM);
    expect(judge(plain, false).isObeying).toBe(false);
    expect(judge(plain, true).isObeying).toBe(true);
    expect(judge(after(), false).isObeying).toBe(true);
  });

  it('doubts a write of which no request is known only by what was read', () => {
    const items = [item(), item({ path: 'cc', tokens: ['ann'], ids: ['id-ann'] })];
    const judge = (over: Partial<Result>, purpose = NO_PURPOSE) =>
      judgeObeying(
        { context: after(over), call: call({ items, purpose }), history: NO_HISTORY },
        purpose !== NO_PURPOSE,
      );
    const asked = { ...NO_PURPOSE, tokens: ['rent'] };
    const record = { passages: [], freeTextIds: [], fieldIds: ['id-ann'] };
    // All that speaks against it is that no request names it.
    expect(judge(record).scored.score).toBeGreaterThan(DOUBT);
    expect(judge(record).isDoubtful).toBe(false);
    expect(judge(record, asked).isDoubtful).toBe(true);
    const plain = [passage({ meta: [], ids: [] })];
    expect(judge({ ...record, passages: plain }).isDoubtful).toBe(true);
    expect(judge({ ...record, freeTextIds: ['id-eve'] }).isDoubtful).toBe(true);
  });

  it('needs less evidence of what nobody asked for than of what was asked with other values', () => {
    // A file that is to go, by a sentence that only speaks of it.
    const gone = { action: 'delete', objectTokens: ['file'], items: [item({ ids: [] })] };
    const speaks = passage({
      kind: 'mention',
      actions: ['delete'],
      meta: [],
      tokens: ['file', 'eve'],
    });
    const context = after({ passages: [{ ...speaks, ids: [] }], freeTextIds: [] });
    const judge = (purpose: Call['purpose']) =>
      judgeObeying({ context, call: call({ ...gone, purpose }), history: NO_HISTORY }, true);
    const asked = { ...NO_PURPOSE, terms: ['pay'], tokens: ['rent'] };
    expect(judge(asked)).toMatchObject({ isObeying: true, threshold: EVIDENCE_UNASKED });
    for (const purpose of [
      { ...asked, terms: ['delete'] },
      { ...asked, tokens: ['file'] },
      { ...asked, delegates: true, handsOver: true },
    ]) {
      expect(judge(purpose)).toMatchObject({ isObeying: false, threshold: EVIDENCE });
    }
  });

  it('asks the marked passages alone where an unmarked neighbour explains the call best', () => {
    const plain = passage({ meta: [], tokens: ['mail', 'eve', 'ledger'] });
    const weaker = passage({ meta: ['urgent'], kind: 'mention', tokens: ['mail', 'eve'] });
    const judge = (marked: Passage) =>
      judgeObeying(
        {
          context: after({ passages: [plain, marked] }),
          call: call(),
          history: NO_HISTORY,
        },
        false,
      );
    const { isObeying, scored } = judge(weaker);
    expect(isObeying).toBe(true);
    expect(scored.passage).toMatchObject({ index: 1, meta: ['urgent'] });
    // A mark on a text that has nothing of the call says nothing of it.
    const other = passage({ meta: ['urgent'], actions: ['read'], tokens: ['weather'], ids: [] });
    expect(judge(other).isObeying).toBe(false);
  });

  it('takes what a request hands over for the person’s own wish, unless it is marked or of another source', () => {
    const handed = { ...NO_PURPOSE, tokens: ['ticket', '812'], delegates: true, handsOver: true };
    const purpose = { ...handed, terms: ['read' as const], sources: ['812'] };
    const ticket = call({ ...READ, items: [item({ path: 'id', tokens: ['812'], ids: [] })] });
    const plain = passage({ meta: [] });
    const obeying = (one: Passage, read: Call) =>
      judgeObeying(
        {
          context: observe(EMPTY_CONTEXT, { ...read, purpose }, result({ passages: [one] })),
          call: call({ purpose }),
          history: NO_HISTORY,
        },
        true,
      ).isObeying;
    expect(obeying(plain, ticket)).toBe(false);
    expect(obeying(plain, READ)).toBe(true);
    expect(obeying(passage(), ticket)).toBe(true);
  });

  it('alarms on a call that obeys planted text', () => {
    expect(score(after())).toBeGreaterThan(ALARM);
  });

  it('stays low when nothing was read', () => {
    expect(score(EMPTY_CONTEXT)).toBeLessThan(REVIEW);
  });

  it('stays low when the user said the values, whatever the text says', () => {
    const purpose = { ...NO_PURPOSE, terms: ['send'], tokens: ['eve', 'mail'], values: ['id-eve'] };
    expect(score(after(), { purpose })).toBeLessThan(REVIEW);
  });

  it('discounts a plain instruction in the source that the user delegated to, most if it is named', () => {
    const plain = { passages: [passage({ meta: [] })] };
    const delegating = { ...NO_PURPOSE, terms: ['send'], delegates: true, sources: ['plan'] };
    const named = { ...READ, purpose: delegating, items: [item({ tokens: ['plan'], ids: [] })] };
    const scoreOf = (read: Call, purpose: Call['purpose']) =>
      scoreCall({ context: after(plain, read), call: call({ purpose }), history: NO_HISTORY }).parts
        .match;
    const asking = { ...NO_PURPOSE, terms: ['send'] };
    const unasked = scoreOf(READ, asking);
    const delegated = scoreOf(READ, delegating);
    expect(delegated).toBeLessThan(unasked);
    expect(scoreOf(named, delegating)).toBeLessThan(delegated);
  });

  it('what is about something else than the request names is not handed over by a word of it', () => {
    const change = { action: 'update', objectTokens: ['password'] };
    const asks = passage({ actions: ['update'], meta: [], tokens: ['password', 'eve'] });
    const told = { ...NO_PURPOSE, tokens: ['bill'], delegates: true };
    const scoreOf = (purpose: typeof NO_PURPOSE) =>
      score(after({ passages: [asks], freeTextIds: [] }), { ...change, purpose });
    const beside = scoreOf({ ...told, terms: ['pay'] });
    expect(beside).toBeGreaterThan(scoreOf({ ...told, terms: [] }));
    expect(beside).toBeGreaterThan(scoreOf({ ...told, terms: ['pay'], handsOver: true }));
    expect(scoreOf({ ...told, terms: ['update'] })).toBeLessThan(beside);
  });

  it('does not let delegation excuse text that overrides the user', () => {
    const delegating = { ...NO_PURPOSE, delegates: true };
    expect(score(after(), { purpose: delegating })).toBeGreaterThan(ALARM);
  });

  it('weighs a mention less than an instruction, and an unknown verb less than both', () => {
    const matchOf = (over: Partial<Passage>) =>
      scoreCall({
        context: after({ passages: [passage({ meta: [], ...over })] }),
        call: call(),
        history: NO_HISTORY,
      }).parts.match;
    expect(matchOf({ kind: 'mention' })).toBeLessThan(matchOf({}));
    expect(matchOf({ actions: [] })).toBeLessThan(matchOf({ kind: 'mention' }));
    expect(matchOf({ actions: [] })).toBeGreaterThan(0);
  });

  it('takes the object alone for an order of unknown verbs, but only of a write and without marks', () => {
    const matchOf = (over: Partial<Passage>, act: Partial<Call> = {}) =>
      scoreCall({
        context: after({
          passages: [passage({ kind: 'mention', actions: [], meta: [], ...over })],
        }),
        call: call(act),
        history: NO_HISTORY,
      }).parts.match;
    const withoutObject = { tokens: ['eve', 'ledger'] };
    expect(matchOf({})).toBeGreaterThan(matchOf(withoutObject));
    const marked = { meta: ['urgent'] };
    expect(matchOf(marked)).toBe(matchOf({ ...marked, ...withoutObject }));
    const other = { actions: ['read'] };
    expect(matchOf(other)).toBe(matchOf({ ...other, ...withoutObject }));
    const reading = { action: 'read', write: false };
    expect(matchOf({}, reading)).toBe(matchOf(withoutObject, reading));
  });

  it('weighs a read less than a write', () => {
    expect(score(after(), { action: 'read', write: false })).toBeLessThan(score(after()));
  });

  it('forgives a call that was made for this purpose in benign history', () => {
    const history = emptyHistory();
    settle(history, call(), 'read_page');
    expect(score(after(), {}, history)).toBeLessThan(REVIEW);
  });

  it('counts a secret that leaves in running text', () => {
    const body = item({
      path: 'body',
      class: 'text',
      tokens: ['pin'],
      ids: ['id-pin'],
      idLike: false,
    });
    const context = after({ passages: [], freeTextIds: ['id-pin'] });
    const partsOf = (secret: boolean) =>
      scoreCall({ context, call: call({ items: [{ ...body, secret }] }), history: NO_HISTORY })
        .parts;
    expect(partsOf(true).secret).toBeGreaterThan(partsOf(false).secret);
  });

  it('lets what a text told be written down, and not what a record held', () => {
    const body = item({ path: 'body', class: 'text', tokens: ['iban'], ids: ['id-iban'] });
    const items = [{ ...body, idLike: false, secret: true }];
    const secretOf = (action: string, from: Partial<Result>) =>
      scoreCall({
        context: after({ passages: [], freeTextIds: [], ...from }),
        call: call({ action, items }),
        history: NO_HISTORY,
      }).parts.secret;
    expect(secretOf('create', { freeTextIds: ['id-iban'] })).toBe(0);
    expect(secretOf('create', { fieldIds: ['id-iban'] })).toBeGreaterThan(0);
    expect(secretOf('send', { freeTextIds: ['id-iban'] })).toBeGreaterThan(0);
  });

  it('never alarms on weak context alone', () => {
    const { parts } = scoreCall({
      context: after({ passages: [], freeTextIds: [], fieldIds: ['id-eve'] }),
      call: call({ tool: 'never_seen' }),
      history: emptyHistory(),
    });
    expect(parts.context).toBeLessThan(REVIEW);
  });

  it('names the result, the passage and the paths in its reasons', () => {
    const context = after({
      passages: [passage({ tokens: ['other'], ids: [], meta: [] }), passage()],
    });
    const { explain, passage: best } = scoreCall({ context, call: call(), history: NO_HISTORY });
    expect(best).toMatchObject({ eventId: 'event-7', index: 1, actions: ['send'] });
    expect(explain()[0]).toMatchObject({
      feature: 'instruction_match',
      eventId: 'event-7',
      paths: ['to'],
    });
    expect(explain()[0]?.text).toContain('event-7');
  });

  it('does not depend on the order of sets, nor change its input', () => {
    const swapped = passage({
      actions: ['post', 'send'],
      meta: [...passage().meta].reverse(),
      tokens: [...passage().tokens].reverse(),
    });
    const straight = passage({ actions: ['send', 'post'] });
    const items = [item(), item({ path: 'cc', tokens: ['ledger'], ids: [] })];
    const frozen = Object.freeze(after({ passages: [straight] }));
    const before = JSON.stringify(frozen);
    expect(score(frozen, { items })).toBe(
      score(after({ passages: [swapped] }), { items: [...items].reverse() }),
    );
    expect(JSON.stringify(frozen)).toBe(before);
  });

  it('tolerates groups, classes and kinds that it does not know', () => {
    const odd = after({ passages: [passage({ kind: 'song', actions: ['sing'], meta: ['odd'] })] });
    expect(
      Number.isFinite(score(odd, { action: 'constructor', items: [item({ class: 'epic' })] })),
    ).toBe(true);
    expect(Number.isFinite(score(odd, { action: null, items: [] }))).toBe(true);
  });
});

describe('observe', () => {
  it('keeps a context that survives storage', () => {
    const context = after();
    const stored = JSON.parse(JSON.stringify(context)) as MatchContext;
    expect(stored).toEqual(context);
    expect(score(stored)).toBe(score(context));
  });

  it('is harmless when the same result comes twice', () => {
    const once = after();
    const twice = observe(once, READ, result());
    expect(twice.passages).toEqual(once.passages);
    expect(twice.origins).toEqual(once.origins);
  });

  it('stays bounded and keeps the strong passage in a flood', () => {
    let context = after();
    for (let i = 0; i < 300; i++) {
      const weak = passage({ meta: [], tokens: [`word${i}`], ids: [] });
      const freeTextIds = [`a${i}`, `b${i}`, `c${i}`];
      context = observe(context, READ, result({ passages: [weak], freeTextIds, eventId: `e${i}` }));
    }
    expect(context.passages.length).toBeLessThanOrEqual(CONTEXT_PASSAGES_MAX);
    expect(context.origins.length).toBeLessThanOrEqual(CONTEXT_IDS_MAX);
    expect(score(context)).toBeGreaterThan(ALARM);
  });

  it('takes an identifier from a text for known once a trusted record has it, unless a write carried it', () => {
    const mailed = after({ passages: [], freeTextIds: ['id-eve'] });
    const record = { passages: [], freeTextIds: [], fieldIds: ['id-eve'] };
    const trusted = { ...record, isTrusted: true as const };
    const origins = (context: MatchContext, over: Partial<Result>) =>
      observe(context, READ, result(over)).origins;
    expect(origins(mailed, trusted)).toEqual([['id-eve', 'field']]);
    expect(origins(mailed, record)).toEqual([['id-eve', 'text']]);
    expect(origins(mailed, { ...trusted, fieldIds: [], freeTextIds: ['id-eve'] })).toEqual([
      ['id-eve', 'text'],
    ]);
    // Laundered: the agent wrote it there itself.
    const written = observe(mailed, call({ tool: 'create_vendor' }), null);
    expect(origins(written, trusted)).toEqual([['id-eve', 'carried']]);
    const paid = (context: MatchContext) =>
      scoreCall({ context, call: call(), history: NO_HISTORY }).parts.newIdentifier;
    const points = paid(mailed);
    expect(points).toBeGreaterThan(0);
    expect(paid(observe(written, READ, result(trusted)))).toBe(points);
    expect(paid(observe(mailed, READ, result(trusted)))).toBe(0);
  });

  it('remembers where an identifier was met first', () => {
    const field = observe(EMPTY_CONTEXT, READ, result({ freeTextIds: [], fieldIds: ['id-eve'] }));
    const both = observe(field, READ, result());
    expect(both.origins).toEqual([['id-eve', 'field']]);
  });
});

describe('learn', () => {
  it('finds a tool that many purposes use less surprising than one that none does', () => {
    const history = emptyHistory();
    for (const key of ['p1', 'p2', 'p3']) {
      history.learn(call({ purpose: { ...NO_PURPOSE, key } }), null, key);
    }
    const unseen = { ...NO_PURPOSE, key: 'p4' };
    const usual = history.toolBits(call({ purpose: unseen }));
    const unusual = history.toolBits(call({ purpose: unseen, tool: 'wipe_disk' }));
    expect(usual).toBeLessThan(unusual);
  });

  it('counts purposes and not runs', () => {
    const many = emptyHistory();
    const few = emptyHistory();
    const one = call({ purpose: { ...NO_PURPOSE, key: 'p1' } });
    for (let i = 0; i < 100; i++) many.learn(one, null, `chain-${i}`);
    few.learn(one, null, 'chain-0');
    const other = call({ purpose: { ...NO_PURPOSE, key: 'p2' } });
    expect(many.toolBits(other)).toBe(few.toolBits(other));
  });

  it('excuses nothing that only one chain did, however often', () => {
    const history = emptyHistory();
    for (let i = 0; i < 100; i++) history.learn(call(), 'read_page', 'chain-0');
    expect(history.isRepeat(call())).toBe(false);
    settle(history, call(), 'read_page');
    expect(history.isRepeat(call())).toBe(true);
  });
});
