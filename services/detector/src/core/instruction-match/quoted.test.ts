/** What a call only repeats in its text, and what of it counts all the same. */
import { MemoryDraft } from '@waywarden/stage';
import { describe, expect, it } from 'vitest';
import { InstructionHistory } from '../facets/instruction-history.ts';
import { type Call, type Item, NO_PURPOSE, type Passage, WRITING } from './call-digest.ts';
import { EMPTY_CONTEXT, observe } from './match-context.ts';
import { quotableOf } from './quoted.ts';
import { scoreCall } from './score-call.ts';

const channel: Item = {
  path: 'channel',
  class: 'atom',
  tokens: ['sales'],
  ids: [],
  idLike: true,
  secret: false,
};
const body: Item = {
  path: 'body',
  class: 'text',
  tokens: ['quote', 'project', 'link'],
  ids: ['link'],
  idLike: false,
  secret: false,
};

const post: Call = {
  tool: 'send_channel_message',
  action: 'send',
  write: true,
  isMemory: false,
  objectTokens: ['channel'],
  items: [channel, body],
  argsHash: 'h1',
  purpose: { ...NO_PURPOSE, key: 'digest', terms: ['read', 'post'], tokens: ['digest'] },
};
const read: Call = { ...post, tool: 'read_mail', action: 'read', write: false, items: [] };

const passage: Passage = {
  kind: 'imperative',
  actions: ['send'],
  meta: [],
  tokens: ['quote', 'project', 'link'],
  ids: ['link'],
};

function partsOf(over: Partial<Passage>, call: Partial<Call> = {}) {
  const context = observe(EMPTY_CONTEXT, read, {
    eventId: 'event-1',
    assurance: 'authenticated',
    passages: [{ ...passage, ...over }],
    freeTextIds: ['link'],
    fieldIds: [],
  });
  const history = new InstructionHistory(new MemoryDraft(), 'acme', 'agent');
  return scoreCall({ context, call: { ...post, ...call }, history }).parts;
}

describe('an identifier that stands in text only', () => {
  it('is new only where an order names it and where the call goes', () => {
    const here = { tokens: [...passage.tokens, 'sales'] };
    expect(partsOf(here).newIdentifier).toBeGreaterThan(0);
    expect(partsOf({ tokens: [...passage.tokens, 'channel'] }).newIdentifier).toBeGreaterThan(0);
    expect(partsOf({}).newIdentifier).toBe(0);
    expect(partsOf({ ...here, kind: 'mention' }).newIdentifier).toBe(0);
    expect(partsOf({ ...here, actions: ['pay'] }).newIdentifier).toBe(0);
  });

  it('is new in what agents are to remember, whoever asked for notes', () => {
    const note: Item = { ...body, path: 'note' };
    const kept: Partial<Call> = { tool: 'add_memory', action: 'create', items: [note] };
    const order: Partial<Passage> = { actions: ['create'] };
    expect(partsOf(order, kept).newIdentifier).toBe(0);
    const memory = { ...kept, isMemory: true, objectTokens: ['memory'] };
    expect(partsOf(order, memory).newIdentifier).toBeGreaterThan(0);
  });

  it('is quoted by who was asked to remember, but for what a passage wants remembered', () => {
    const purpose = { ...post.purpose, terms: [], tokens: ['memory'] };
    const note: Item = { ...body, path: 'note' };
    const kept: Partial<Call> = { tool: 'add_memory', action: 'create', items: [note], purpose };
    const memory = { ...kept, isMemory: true, objectTokens: ['memory'] };
    expect(partsOf({ actions: ['pay'] }, memory)).toMatchObject({ newIdentifier: 0, match: 0 });
    const wanted = { actions: ['pay'], tokens: [...passage.tokens, 'memory'] };
    for (const over of [{ kind: 'mention' }, { actions: ['create'] }]) {
      const parts = partsOf({ ...wanted, ...over }, memory);
      expect(parts.newIdentifier).toBeGreaterThan(0);
      expect(parts.match).toBeGreaterThan(0);
    }
    // "Remember to pay …" orders a payment.
    expect(partsOf(wanted, memory)).toMatchObject({ newIdentifier: 0, match: 0 });
    const about: Item = { ...note, tokens: [...note.tokens, 'memory'] };
    const told = { ...memory, items: [about] };
    expect(partsOf({ ...wanted, kind: 'mention' }, told).newIdentifier).toBe(0);
    expect(partsOf({ meta: ['override'] }, memory).newIdentifier).toBeGreaterThan(0);
  });

  it('is not named to a call that goes where the request says by a word of what its text is about', () => {
    const kind = { tokens: [...passage.tokens, 'channel'] };
    const about: Item = { ...body, tokens: [...body.tokens, 'channel'] };
    const items = [channel, about];
    const purpose = { ...post.purpose, tokens: ['digest', 'sales'] };
    expect(partsOf(kind, { items, purpose }).newIdentifier).toBe(0);
    expect(partsOf(kind, { items }).newIdentifier).toBeGreaterThan(0);
    expect(partsOf(kind, { purpose }).newIdentifier).toBeGreaterThan(0);
  });

  it('is new in text that is marked as planted, and where its verb is not known', () => {
    expect(partsOf({ meta: ['override'], actions: ['pay'] }).newIdentifier).toBeGreaterThan(0);
    const silent = { actions: [], tokens: [...passage.tokens, 'sales'] };
    expect(partsOf(silent).newIdentifier).toBeGreaterThan(0);
    const vague = { actions: [], tokens: [...passage.tokens, 'channel'] };
    expect(partsOf(vague).newIdentifier).toBe(0);
  });

  it('is new as an argument of its own, and under a name that may be more than text', () => {
    const alone: Item = { ...body, class: 'atom', tokens: ['link'], idLike: true };
    const command: Item = { ...body, path: 'command' };
    for (const one of [alone, command]) {
      expect(partsOf({}, { items: [channel, one] }).newIdentifier).toBeGreaterThan(0);
    }
  });
});

it('a request explains what is written into a file by the verb of letters alone', () => {
  const purpose = { ...post.purpose, terms: ['read', 'update'], tokens: ['runbook'] };
  const context = observe(EMPTY_CONTEXT, read, null);
  const history = new InstructionHistory(new MemoryDraft(), 'acme', 'agent');
  const isUnasked = (terms: readonly string[]) => {
    const call: Call = { ...post, action: WRITING, purpose: { ...purpose, terms } };
    return scoreCall({ context, call, history }).isUnasked;
  };
  expect(isUnasked(['read', 'update'])).toBe(true);
  expect(isUnasked(['read', 'send'])).toBe(false);
});

it('text is a quotation where a request to read names what is written to', () => {
  const purpose = { ...post.purpose, terms: ['read'], tokens: ['digest', 'sales'] };
  expect(partsOf({}, { purpose }).newIdentifier).toBe(0);
  expect(partsOf({ actions: ['pay'] }, { purpose }).match).toBe(0);
});

it('text is a quotation where a request to read says the title of what is written, of several words', () => {
  const purpose = { ...post.purpose, terms: ['read'], tokens: ['inbox', 'digest'] };
  const title: Item = { ...channel, path: 'title', tokens: ['inbox', 'digest'], idLike: false };
  const newOf = (one: Item) => partsOf({}, { purpose, items: [one, body] }).newIdentifier;
  expect(newOf(title)).toBe(0);
  for (const other of [{ tokens: ['inbox'] }, { tokens: ['sign', 'inbox'] }, { path: 'subject' }]) {
    expect(newOf({ ...title, ...other })).toBeGreaterThan(0);
  }
});

describe('where nothing was to be written, or the tool is not known to do so', () => {
  const reading = { ...post.purpose, terms: ['read'] };
  const cases = {
    'a request to read': { purpose: reading },
    'a request that asks for nothing': { purpose: { ...reading, terms: [] } },
    'a tool of no known verb': { action: null },
  } satisfies Record<string, Partial<Call>>;

  it.each(Object.entries(cases))('%s: text counts whoever asks', (_, call) => {
    expect(partsOf({}, call).newIdentifier).toBeGreaterThan(0);
    expect(partsOf({ actions: ['pay'] }, call).match).toBeGreaterThan(0);
  });
});

it('words of text count for the verb that the passage asks for, or for one that is not known', () => {
  expect(partsOf({ actions: ['pay'] }).match).toBe(0);
  expect(partsOf({ actions: ['send'] }).match).toBeGreaterThan(0);
  expect(partsOf({ actions: [] }).match).toBeGreaterThan(0);
  // An argument of its own counts beside it, however much more of the passage the text repeats.
  const bare: Item = { ...channel, tokens: ['quote'], idLike: false };
  expect(partsOf({ actions: ['pay'] }, { items: [bare, body] }).match).toBeGreaterThan(0);
  const recipients: Item = { ...body, path: 'to' };
  expect(partsOf({ actions: ['pay'] }, { items: [recipients] }).match).toBeGreaterThan(0);
});

const isText = (item: Item, beside: readonly Item[] = [], said: readonly string[] = []) =>
  quotableOf({ ...post, items: [...beside, item] }, new Set(said)).includes(item);

it('text is what a tool takes under a name for it, unless it is one value', () => {
  for (const path of ['body', 'new_content', 'page.text', 'html']) {
    expect(isText({ ...body, path })).toBe(true);
  }
  for (const path of ['to', 'command', 'url', 'context']) {
    expect(isText({ ...body, path })).toBe(false);
  }
  expect(isText({ ...body, class: 'atom' })).toBe(false);
});

it('text is a cell among others of a row that goes to a sheet which the request names', () => {
  const number: Item = { ...channel, path: 'values', tokens: ['4711'], idLike: false };
  const sheet: Item = { ...channel, path: 'sheet', tokens: ['log'], idLike: false };
  const cell: Item = { ...body, path: 'values' };
  expect(isText(cell, [sheet, number], ['log'])).toBe(true);
  expect(isText(cell, [sheet, number], ['channel'])).toBe(true);
  expect(isText(cell, [sheet, number])).toBe(false);
  expect(isText(cell, [sheet], ['log'])).toBe(false);
  expect(isText({ ...cell, class: 'atom' }, [sheet, number], ['log'])).toBe(false);
});
