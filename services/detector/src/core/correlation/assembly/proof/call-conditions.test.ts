/**
 * Guarantees: whoever writes to a person's own address sends him nothing of the record in which another
 * piece of work had found it; what else of the record is sent, or to whom else, is proven as before.
 */
import { type AuditEvent, policySchema } from '@waywarden/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Call, call, openAfter } from '../../../testing/cross-chain-calls.ts';
import { testId } from '../../../testing/event-builder.ts';
import { MemoryPipeline } from '../../../testing/memory-pipeline.ts';

const LINKS = ['secret_use', 'delegation', 'data_flow', 'resource', 'context'];
const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      ...{ id: 'trifecta', severity: 'high', within: '24h' },
      steps: [
        { id: 'ingest', any: ['ingest:untrusted'] },
        { id: 'read', any: ['read:personal'], after: ['ingest'], link: LINKS },
        {
          ...{ id: 'send', any: ['send:external'], after: ['read'], link: LINKS },
          unless: { own_subject_of: 'read' },
        },
      ],
    },
  ],
});

type Result = NonNullable<AuditEvent['result']>;
const record = (fps: readonly string[], over: Partial<Result> = {}): Partial<AuditEvent> => ({
  result: { trust: 'trusted', values: fps.map((fp) => ({ fp, kind: 'email' })), ...over },
});
const to = (resource_id: string, over: Partial<AuditEvent> = {}): Partial<AuditEvent> => ({
  target: { resource_type: 'mailbox', resource_id },
  ...over,
});

/** Support answers a ticket: it looks up whose it is, at his record. */
const ticket = { n: 1, agent: 'triage', chain: 'a', can: 'ingest:untrusted', result: ['case'] };
const crm = { target: { resource_type: 'record', resource_id: 'customer/1' } };
const look = {
  ...{ n: 2, agent: 'desk', chain: 'a', can: 'read:personal', args: ['case'] },
  over: { ...crm, ...record(['ann']) },
};
/** The press office mails to its list, of which nobody in support knows. */
const news = {
  ...{ n: 9, agent: 'press', chain: 'b', can: 'send:external', args: ['ann'] },
  over: to('ann'),
};

const days = (one: Call, day: number): AuditEvent => {
  const made = call(one);
  const event_time = made.event_time.replace('2026-01-05', `2026-01-0${day}`);
  return { ...made, event_time, observed_time: event_time };
};
const open = (calls: readonly Call[]) => openAfter(calls, policy);
const proofOf = (calls: readonly Call[]) => open(calls).map((one) => one.assembly?.proof);
const direct = [[1, 2, 9].map(testId)];

describe('a message to the address that a record holds', () => {
  it('sends nothing of the record, on the same day as days later', () => {
    expect(open([ticket, look, news])).toEqual([]);
    const pipeline = new MemoryPipeline(policy).settle();
    pipeline.sendAll([days(ticket, 5), days(look, 5), days(news, 9)]);
    expect(pipeline.alerts).toEqual([]);
  });

  it('sends nothing of it either where support had written the address on a page that the sender read', () => {
    const on = { target: { resource_type: 'page', resource_id: 'page/list' } };
    const page = {
      ...{ n: 3, agent: 'desk', chain: 'a', can: 'write:data', args: ['ann'] },
      over: { ...on, effect: 'update' as const },
    };
    const list = { n: 8, agent: 'press', chain: 'b', can: 'read:internal', result: ['ann'] };
    expect(open([ticket, look, page, { ...list, over: on }, news])).toEqual([]);
    const leak = { ...news, over: to('mallory') };
    expect(open([ticket, look, page, { ...list, over: on }, leak])).toHaveLength(1);
  });

  it('is a leak all the same where the record’s content goes to somebody else', () => {
    expect(proofOf([ticket, look, { ...news, over: to('mallory') }])).toEqual(direct);
    const both = { ...look, over: record(['ann'], { values: [email('ann'), paper('contract')] }) };
    const sent = { ...news, args: ['contract'], kind: 'document_number', over: to('mallory') };
    expect(proofOf([ticket, both, sent])).toEqual(direct);
    // Somebody else gets it too.
    const copied = to('ann', { args: { ...call(news).args, features: { destinations: 2 } } });
    expect(proofOf([ticket, look, { ...news, over: copied }])).toEqual(direct);
  });

  it('excuses no list of people, nothing that outsiders can write, and no address in running text', () => {
    const read = (over: Partial<AuditEvent>) => proofOf([ticket, { ...look, over }, news]);
    expect(read(record(['ann', 'bo']))).toEqual(direct);
    expect(read(record(['ann'], { trust: 'untrusted' }))).toEqual(direct);
    expect(read(record([], { values: [{ ...email('ann'), in: 'text' }] }))).toEqual(direct);
    expect(read(record([], { values: [{ ...email('ann'), instructed: true }] }))).toEqual(direct);
    // More values than are told of another chain's call: among the others may be addresses.
    const many = Array.from({ length: 9 }, (_, n) => `e${n}`);
    const known = many.flatMap((fp, at) =>
      Array.from({ length: 9 }, (_, n) => ({
        ...{ n: 100 + at * 9 + n, at: 0, agent: `x${n}`, chain: `x${n}` },
        ...{ can: 'read:internal', result: [fp] },
      })),
    );
    const crowd = { ...look, over: record([...many.slice(0, 7), 'ann', 'bo']) };
    expect(proofOf([...known, ticket, crowd, news])).toEqual(direct);
  });

  it('excuses nothing where somebody had put the address into the record, in whatever order it is told', () => {
    const planted = {
      ...{ n: 0, agent: 'thief', chain: 'w', can: 'write:data', args: ['ann'] },
      over: { ...crm, effect: 'update' as const },
    };
    const calls = [planted, ticket, look, news];
    fc.assert(
      fc.property(fc.shuffledSubarray(calls, { minLength: calls.length }), (all) => {
        expect(proofOf(all)).toEqual(direct);
      }),
    );
    const nameless = { ...planted, over: { effect: 'update' as const } };
    expect(proofOf([nameless, ticket, look, news])).toEqual(direct);
    const elsewhere = { ...planted, over: { ...planted.over, ...to('customer/2') } };
    expect(open([elsewhere, ticket, look, news])).toEqual([]);
  });

  it('counts no address that everybody has, as the house’s own', () => {
    const known = Array.from({ length: 9 }, (_, n) => ({
      ...{ n: 100 + n, at: 0, agent: `x${n}`, chain: `x${n}` },
      ...{ can: 'read:internal', result: ['house'] },
    }));
    const shared = { ...look, over: record(['ann', 'house']) };
    expect(proofOf([ticket, shared, news])).toEqual(direct);
    expect(open([...known, ticket, shared, news])).toEqual([]);
    // Told late, it is taken back.
    const pipeline = new MemoryPipeline(policy).settle();
    expect(pipeline.sendAll([ticket, shared, news].map(call)).open()).toHaveLength(1);
    expect(pipeline.sendAll(known.map(call)).open()).toEqual([]);
  });

  it('excuses nothing inside one piece of work, and nothing that was read beside the record', () => {
    expect(proofOf([ticket, look, { ...news, chain: 'a' }])).toEqual(direct);
    const other = { ...look, n: 3, args: ['case'], over: record(['victim']) };
    const own = { ...look, n: 4, args: [] };
    expect(proofOf([ticket, other, own, news])).toEqual([[1, 3, 4, 9].map(testId)]);
  });
});

function email(fp: string) {
  return { fp, kind: 'email' };
}

function paper(fp: string) {
  return { fp, kind: 'document_number' };
}
