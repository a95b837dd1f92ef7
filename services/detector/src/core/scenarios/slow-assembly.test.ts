/**
 * Guarantees: steps that lie further apart than a combination's `within` complete it when lineage (a
 * secret, a counterparty) joins them, each link within the horizon; nothing else joins over days; what
 * stands in the end does not depend on arrival, and a chain that brought nothing lasting is given up.
 */
import { type AuditEvent, policySchema } from '@waywarden/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemblyCounters } from '../correlation/assembly/model/stage-counters.ts';
import { event, testId } from '../testing/event-builder.ts';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';

const LINKS = ['secret_use', 'delegation', 'data_flow', 'resource', 'context'];
const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'trifecta',
      severity: 'high',
      within: '24h',
      steps: [
        { id: 'ingest', any: ['ingest:untrusted'] },
        { id: 'read', any: ['read:personal', 'read:secret'], after: ['ingest'], link: LINKS },
        { id: 'send', any: ['send:external'], after: ['read'], link: LINKS },
      ],
    },
  ],
});

interface Call {
  readonly n: number;
  readonly day: number;
  readonly agent: string;
  readonly chain: string;
  readonly can: string;
  readonly args?: readonly string[];
  readonly result?: readonly string[];
  readonly kind?: string;
  readonly principal?: string;
  readonly assurance?: 'authenticated' | 'asserted';
}

function call({ n, day, agent, chain, can, args = [], result = [], kind = 'iban', ...who }: Call) {
  const time = `2026-01-${String(day).padStart(2, '0')}T09:${String(n).padStart(2, '0')}:00.000000000Z`;
  const values = (fps: readonly string[]) => ({ values: fps.map((fp) => ({ fp, kind })) });
  const over: Partial<AuditEvent> = {
    event_time: time,
    observed_time: time,
    agent: { uid: agent, assurance: 'authenticated' },
    chain_id: chain,
    task: { id: chain },
    effect: can.startsWith('send') ? 'send' : 'read',
    ...(who.principal === undefined ? {} : { principal: { uid: who.principal, type: 'human' } }),
    claims: { ...event(n).claims, principal: who.assurance ?? 'authenticated' },
    capabilities: [{ symbol: can, basis: 'operator' }],
    args: values(args),
    result: values(result),
  };
  return event(n, over);
}

const mail = { n: 1, day: 2, agent: 'reader', chain: 'a', can: 'ingest:untrusted', result: ['x'] };
const look = { n: 2, day: 5, agent: 'clerk', chain: 'b', can: 'read:personal', args: ['x'] };
const send = { n: 3, day: 10, agent: 'mailer', chain: 'c', can: 'send:external', args: ['y'] };
const plot: readonly Call[] = [mail, { ...look, result: ['y'] }, send];
const of = (kind: string) => plot.map((one) => ({ ...one, kind }));

const openAfter = (calls: readonly Call[]) =>
  new MemoryPipeline(policy).settle().sendAll(calls.map(call)).open();
const queuedAfter = (calls: readonly Call[]) =>
  openAfter(calls).filter((one) => one.hygiene !== true);

describe('assembly over days', () => {
  it('is found where a counterparty joins the steps, over more than the horizon in all', () => {
    const [alert, ...others] = openAfter(plot);
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      rule_id: 'trifecta',
      assembly: { completed_by: 'mailer', proof: [testId(1), testId(2), testId(3)] },
    });
  });

  it.each(['secret', 'email'])('is found where a %s joins them', (kind) => {
    expect(openAfter(of(kind))).toHaveLength(1);
  });

  it.each(['document_number', 'url', 'shingle'])('is not seen in a %s', (kind) => {
    expect(openAfter(of(kind))).toEqual([]);
    expect(openAfter(of(kind).map((one) => ({ ...one, day: 2 })))).toHaveLength(1);
  });

  it('is seen in a token where a secret was read, and not where an order was', () => {
    const paper = of('token');
    expect(openAfter(paper)).toEqual([]);
    expect(openAfter(paper.map((one) => ({ ...one, day: 2 })))).toHaveLength(1);
    const [page, key, sent] = of('token');
    if (page === undefined || key === undefined || sent === undefined) throw new Error('no plot');
    const read = { ...key, chain: 'a', day: 2, can: 'read:secret' };
    expect(openAfter([{ ...page, day: 2 }, read, { ...sent, day: 5 }])).toHaveLength(1);
  });

  it('is seen in a document that was written and read again, and not in its mere address', () => {
    const through = (kind: string, resource_id: string) => {
      const at = (effect: 'create' | 'read') => ({ effect, target: { resource_id } });
      const [page, read, sent] = of('iban');
      if (page === undefined || read === undefined || sent === undefined)
        throw new Error('no plot');
      const written = call({ ...page, result: [], args: ['text'], kind });
      const found = call({ ...read, args: [], result: ['text'], kind });
      return new MemoryPipeline(policy)
        .settle()
        .sendAll([
          { ...written, ...at('create') },
          { ...found, ...at('read') },
          call({ ...sent, day: 5, chain: 'b', agent: 'clerk', args: [] }),
        ])
        .open();
    };
    expect(through('shingle', 'doc/1')).toHaveLength(1);
    expect(through('url', 'doc/1')).toHaveLength(1);
    expect(through('url', 'text')).toEqual([]);
  });

  it('is not seen where one link is longer than the horizon', () => {
    expect(openAfter(plot.map((one) => (one.n === 3 ? { ...one, day: 14 } : one)))).toEqual([]);
  });

  it("is not seen in an agent's own context over days", () => {
    const own = { agent: 'clerk', chain: 'a' };
    expect(openAfter(plot.map((one) => ({ ...one, ...own, args: [], result: [] })))).toEqual([]);
  });

  it('counts calls of one chain that lie within the time of a lineage link', () => {
    const besides = { ...look, n: 4, chain: 'c', day: 10, agent: 'mailer', args: ['z'] };
    const paid = { ...send, n: 5, args: ['other'], day: 10 };
    const brought = { ...mail, result: ['z'], day: 6 };
    expect(openAfter([brought, besides, paid])).toHaveLength(1);
  });

  it('keeps a chain for what may be used days later, and none that brought nothing lasting', () => {
    const pipeline = new MemoryPipeline(policy).settle();
    const passing = { n: 7, day: 2, agent: 'x', chain: 'p', can: 'read:internal', args: ['u'] };
    pipeline.sendAll([call(mail), call({ ...passing, kind: 'url' })]);
    for (const day of [4, 5, 6, 7, 8]) {
      pipeline.pass(`2026-01-0${day}T00:00:00.000000000Z`);
      pipeline.settle();
    }
    expect(assemblyCounters(pipeline.assembly.transaction).chains).toBe(1);
    const late = plot.filter((one) => one.n !== 1).map((one) => ({ ...one, day: 8 }));
    expect(pipeline.sendAll(late.map(call)).open()).toHaveLength(1);
    pipeline.pass('2026-01-20T00:00:00.000000000Z');
    pipeline.settle();
    // What has an alert, and what led to it, are kept for a late record a while longer.
    pipeline.pass('2026-02-20T00:00:00.000000000Z');
    expect(assemblyCounters(pipeline.settle().assembly.transaction).chains).toBe(0);
  });

  it('ends the same whatever the order of arrival', () => {
    const expected = openAfter(plot).map(({ assembly }) => assembly);
    fc.assert(
      fc.property(fc.shuffledSubarray([...plot], { minLength: 3 }), (calls) => {
        expect(openAfter(calls).map(({ assembly }) => assembly)).toEqual(expected);
      }),
    );
  });
});

describe('what was done for one principal', () => {
  const paper = of('document_number');
  const forOne = (principal: string, over: Partial<Call> = {}) =>
    paper.map((one) => ({ ...one, principal, ...over }));
  /** Other pieces of work of the same principal, before the last step. */
  const others = (principal: string, count: number): readonly Call[] =>
    Array.from({ length: count }, (_, at) => ({
      ...{ n: 20 + at, day: 9, agent: `helper-${at % 2}`, chain: `other-${at}` },
      ...{ can: 'read:internal', principal, kind: 'document_number' },
    }));
  const found = (calls: readonly Call[]) =>
    openAfter([...calls].sort((a, b) => a.day - b.day || a.n - b.n));

  it('is joined over days by whatever links, is listed and queued for nobody', () => {
    const [alert, ...more] = found(forOne('ana'));
    expect(more).toEqual([]);
    expect(alert?.assembly?.proof).toEqual([testId(1), testId(2), testId(3)]);
    expect(alert?.assembly?.caveats).toContain('joined_by_principal');
    expect(alert?.hygiene).toBe(true);
  });

  it('is said to rest on that only where nothing else joins it', () => {
    const byAccount = of('iban').map((one) => ({ ...one, principal: 'ana' }));
    expect(found(byAccount)[0]?.assembly?.caveats).toEqual(['grant_unknown']);
    const soon = forOne('ana', { day: 2 });
    expect(found(soon)[0]?.assembly?.caveats).not.toContain('joined_by_principal');
  });

  it('does not shield what is joined by more later, in the same piece of work', () => {
    const more = { ...send, n: 4, args: ['z'], kind: 'iban', principal: 'ana' };
    const brought = { ...look, n: 6, day: 9, chain: 'd', args: ['m'], result: ['z'], kind: 'iban' };
    const first = { ...mail, n: 5, day: 8, chain: 'e', result: ['m'], kind: 'iban' };
    const [alert] = queuedAfter([...forOne('ana'), first, brought, more]);
    expect(alert?.assembly?.proof).toEqual([testId(5), testId(6), testId(4)]);
    expect(alert?.assembly?.caveats).not.toContain('joined_by_principal');
  });

  it('is not, where another principal took over, or nothing proves who it was', () => {
    const mixed = forOne('ana').map((one) => (one.n === 2 ? { ...one, principal: 'bo' } : one));
    expect(found(mixed)).toEqual([]);
    expect(found(forOne('ana', { assurance: 'asserted' }))).toEqual([]);
  });

  it('is not, where no value leads from call to call', () => {
    expect(found(forOne('ana', { args: [], result: [] }))).toEqual([]);
  });

  it('is not, where the principal has more pieces of work than a value may stand in', () => {
    expect(found([...forOne('batch'), ...others('batch', 7)])).toHaveLength(1);
    expect(found([...forOne('batch'), ...others('batch', 8)])).toEqual([]);
    expect(found([...forOne('batch'), ...others('someone', 8)])).toHaveLength(1);
  });

  it('is not, where one agent does all the work of the principal', () => {
    const own = others('batch', 8).map((one) => ({ ...one, agent: 'mailer' }));
    expect(found([...forOne('batch'), ...own])).toEqual([]);
  });

  it('falls when the other work turns out late', () => {
    const pipeline = new MemoryPipeline(policy).settle();
    expect(pipeline.sendAll(forOne('batch').map(call)).open()).toHaveLength(1);
    expect(pipeline.sendAll(others('batch', 8).map(call)).open()).toEqual([]);
  });

  it('is kept for days where the principal has little work, and not where it has much', () => {
    const retained = (calls: readonly Call[]) => {
      const pipeline = new MemoryPipeline(policy).settle();
      pipeline.sendAll(calls.map(call));
      for (const day of ['03', '04', '05', '06', '07', '08']) {
        pipeline.pass(`2026-01-${day}T00:00:00.000000000Z`);
        pipeline.settle();
      }
      return assemblyCounters(pipeline.assembly.transaction).chains;
    };
    const begun = { ...mail, kind: 'document_number' };
    expect(retained([{ ...begun, principal: 'ana' }])).toBe(1);
    expect(retained([begun])).toBe(0);
    const batch = others('batch', 12).map((one) => ({ ...one, day: 2, result: [`r${one.n}`] }));
    expect(retained(batch)).toBe(0);
  });
});
