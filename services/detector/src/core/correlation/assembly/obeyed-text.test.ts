/**
 * Guarantees: what one agent obeys of another's reading is one alert with both calls; what the request
 * explains, what came too late, what a system of record says and what the actor read itself are none;
 * and what stands doesn't depend on arrival.
 */
import type { PrivilegeStep, StepWords } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { CHAIN_STEPS_MAX, TEXTS_MAX } from './model/assembly-limits.ts';
import { SECRET_TO_EGRESS as policy } from './testing/secret-to-egress.ts';
import { Bench, idOf, step, watermarkRecord } from './testing/step-builder.ts';

const PLANTED = {
  actions: ['send'],
  mark: 0.9,
  tokens: ['mail', 'eve', 'ledger'],
  ids: ['id-eve'],
};
const reads = (over: Partial<NonNullable<StepWords['read']>> = {}): StepWords => ({
  read: { passages: [PLANTED], free_text_ids: ['id-eve'], field_ids: [], named: false, ...over },
});
const acts = (over: Partial<NonNullable<StepWords['act']>> = {}): StepWords => ({
  act: {
    write: true,
    object_tokens: ['mail'],
    items: [{ path: 'to', class: 'atom', tokens: ['eve'], ids: ['id-eve'], id_like: true }],
    purpose: { terms: ['read'], tokens: ['letters'], values: [], delegates: false },
    known_ids: [],
    habit: false,
    ...over,
  },
});
const reader = (words = reads(), wire: Partial<PrivilegeStep> = {}, at = 0) =>
  step({
    ...{ id: `read-${at}`, agent: 'reader', at, capabilities: ['ingest:untrusted'] },
    wire: { words, result_trust: 'untrusted', ...wire },
  });
const actor = (words = acts(), wire: Partial<PrivilegeStep> = {}, at = 600) =>
  step({
    ...{ id: `send-${at}`, agent: 'actor', at, capabilities: ['send:external'] },
    wire: { words, ...wire },
  });

function after(...steps: readonly PrivilegeStep[]) {
  const bench = new Bench(policy);
  bench.feed(...steps);
  return bench;
}

describe('text that one agent read and another obeys', () => {
  it('is suspected with both calls and both agents, and names the actor', () => {
    const [alert, ...others] = after(reader(), actor()).open();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      ...{ kind: 'hijack_suspected', rule_id: 'hijack-across-agents', severity: 'high' },
      ...{ evaluable: true, decisive_assurance: 'authenticated' },
      subject: { agent_uid: 'actor', task_id: 'task-1' },
      evidence: [
        { event_id: idOf('send-600'), agent_uid: 'actor', role: 'deviating_call' },
        { event_id: idOf('read-0'), agent_uid: 'reader', role: 'read_instruction' },
      ],
    });
    expect(alert?.title).toBe('actor obeyed text that reader had read');
    expect(alert?.summary).toContain('asks for send and reads as planted (90 %)');
    expect(alert?.reasons[0]).toMatchObject({ feature: 'tied', level: 'chain' });
  });

  it('is one alert that counts, whoever obeys again', () => {
    const third = { ...actor(acts(), {}, 700), agent_uid: 'other-actor' };
    const [alert, ...others] = after(reader(), actor(), third).open();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ count: 2, revision: 2 });
    expect(alert?.evidence.map((one) => one.agent_uid)).toEqual(['actor', 'reader', 'other-actor']);
  });

  it('tells each further text that the same agent obeys, however many went before', () => {
    const text = (who: string) =>
      reads({
        passages: [{ ...PLANTED, tokens: ['mail', who], ids: [`id-${who}`] }],
        free_text_ids: [`id-${who}`],
      });
    const to = (who: string) =>
      acts({
        items: [{ path: 'to', class: 'atom', tokens: [who], ids: [`id-${who}`], id_like: true }],
      });
    const bench = after(reader(), actor());
    const told = ['mallory', 'trudy'].map((who, n) => {
      const at = 1000 * (n + 1);
      bench.feed(reader(text(who), {}, at), actor(to(who), {}, at + 600));
      return bench.open()[0];
    });
    expect(told.map((one) => one?.revision)).toEqual([2, 3]);
    expect(told[1]?.evidence.map((one) => one.event_id)).toContain(idOf('send-2600'));
    expect(told[1]?.summary).toContain('Texts in 3 results were obeyed');
  });

  it('is nothing where the request says the same', () => {
    const purpose = {
      terms: ['send'],
      tokens: ['eve', 'mail'],
      values: ['id-eve'],
      delegates: false,
    };
    expect(after(reader(), actor(acts({ purpose }))).open()).toEqual([]);
  });

  it('is nothing where the actor has made this call for this purpose before', () => {
    const usual = acts({ habit: true, known_ids: ['id-eve'] });
    expect(after(reader(), actor(usual)).open()).toEqual([]);
    expect(after(reader(), actor(acts({ known_ids: ['id-eve'] }))).open()).toHaveLength(1);
  });

  it('is nothing where the text stands in a system of record, or was read after the call', () => {
    expect(after(reader(reads(), { result_trust: 'trusted' }), actor()).open()).toEqual([]);
    expect(after(reader(reads(), {}, 1200), actor()).open()).toEqual([]);
  });

  it('is less grave where a system of record gives the address too; what outsiders write says nothing', () => {
    const customer = (trust: 'trusted' | 'untrusted') =>
      reader(
        reads({ passages: [], free_text_ids: [], field_ids: ['id-eve'] }),
        { agent_uid: 'clerk', result_trust: trust },
        300,
      );
    const severity = (trust: 'trusted' | 'untrusted') =>
      after(reader(), customer(trust), actor())
        .open()
        .map((one) => one.severity);
    expect(severity('untrusted')).toEqual(['high']);
    expect(severity('trusted')).toEqual(['medium']);
  });

  it('needs a mark of planted text where no request was sent: values go from reader to actor in all work', () => {
    const plain = { ...PLANTED, mark: 0.1 };
    const { purpose: _, ...unasked } = acts().act ?? {};
    const unaskedCall = actor({ act: unasked } as StepWords);
    expect(after(reader(reads({ passages: [plain] })), unaskedCall).open()).toEqual([]);
    expect(after(reader(), unaskedCall).open()).toMatchObject([{ severity: 'high' }]);
    const asked = after(reader(reads({ passages: [plain] })), actor()).open();
    expect(asked).toMatchObject([{ severity: 'medium' }]);
  });

  it('is not told again of what the actor read itself', () => {
    expect(after(reader(reads(), { agent_uid: 'actor' }), actor()).open()).toEqual([]);
  });

  it('is nothing in another chain: the words of a chain are its own', () => {
    expect(after(reader(reads(), { chain_id: 'chain-2' }), actor()).open()).toEqual([]);
  });

  it('is suspected, and nothing automatic follows, where nothing tells what came first', () => {
    const [alert] = after(reader(), actor(acts(), {}, 30)).open();
    expect(alert).toMatchObject({ kind: 'hijack_suspected', decisive_assurance: 'asserted' });
    expect(alert?.not_visible).toContain(
      'Nothing tells whether the text was read before the call.',
    );
  });

  it('names the sources of both calls, or none', () => {
    const told = (read: object, act: object) =>
      after(reader(reads(), read), actor(acts(), act)).open()[0]?.sources;
    expect(told({ source: 'gateway/b' }, { source: 'gateway/a' })).toEqual([
      'gateway/a',
      'gateway/b',
    ]);
    expect(told({}, { source: 'gateway/a' })).toBeUndefined();
  });

  it('rests on the weakest of both calls', () => {
    const asserted = reader(reads(), { agent_assurance: 'asserted' });
    expect(after(asserted, actor()).open()[0]?.decisive_assurance).toBe('asserted');
  });

  it('is less grave when a late record shows that the value was in a field first', () => {
    const bench = after(reader(), actor());
    const before = bench.open().map((one) => one.severity);
    const field = {
      read: { passages: [], free_text_ids: [], field_ids: ['id-eve'], named: false },
    };
    bench.feed(reader(field, {}, -900));
    expect([before, bench.open().map((one) => one.severity)]).toEqual([['high'], ['medium']]);
    expect(bench.alerts.at(-1)).toMatchObject({ state: 'open', revision: 2 });
  });

  it('is taken back when a late record shows that the actor itself had read the text first', () => {
    const bench = after(reader(), actor());
    const before = bench.open().length;
    bench.feed(reader(reads(), { agent_uid: 'actor' }, -900));
    expect([before, bench.open().length]).toEqual([1, 0]);
    expect(bench.alerts.at(-1)).toMatchObject({ state: 'withdrawn', revision: 2 });
  });

  it('stands the same whatever the order of arrival, and whatever comes twice', () => {
    const all = [
      reader(),
      actor(),
      reader(reads({ free_text_ids: [] }), {}, -300),
      actor(acts(), {}, 900),
    ];
    const [a, b, c, d] = all as [PrivilegeStep, PrivilegeStep, PrivilegeStep, PrivilegeStep];
    const ends = [all, [d, c, b, a], [b, d, a, c], [a, b, a, c, d, b]].map((order) =>
      after(...order)
        .open()
        .map(({ revision, detected_at, first_detected_at, ...alert }) => alert),
    );
    expect(ends[0]).toHaveLength(1);
    for (const end of ends) expect(end).toEqual(ends[0]);
  });
});

describe('the texts that are kept', () => {
  it('are the strongest where there are too many, and it is told', () => {
    const bench = after(reader());
    const weak = reads({ passages: [{ actions: [], mark: 0.1, tokens: ['word'] }] });
    for (let n = 0; n < TEXTS_MAX; n++) bench.feed(reader(weak, {}, 10 + n));
    bench.feed(actor());
    const [alert] = bench.open();
    expect(alert?.evidence[1]?.event_id).toBe(idOf('read-0'));
    expect(alert).toMatchObject({ evaluable: false });
    expect(alert?.not_visible).toContain(
      'More was read and done in this chain than is kept to compare.',
    );
  });

  it('keep what an alert rests on, however many stronger ones come after', () => {
    const bench = after(reader(), actor());
    const strong = reads({
      passages: [{ ...PLANTED, tokens: ['x'], ids: ['id-x'], mark: 0.99 }],
    });
    for (let n = 0; n <= TEXTS_MAX; n++) bench.feed(reader(strong, {}, 1000 + n));
    bench.feed(reader(reads({ passages: [] }), {}, -600));
    expect(bench.open()).toHaveLength(1);
  });

  it('outlive their step, where that had to make room', () => {
    const bench = after(reader());
    for (let n = 1; n <= CHAIN_STEPS_MAX; n++) {
      const more = { id: `more-${n}`, agent: 'reader', at: n };
      bench.feed(step({ ...more, capabilities: ['ingest:untrusted'] }));
    }
    const inHand = [...bench.transaction.entries].filter(([key, value]) => {
      return /\/step\/\d+$/.test(key) && JSON.stringify(value).includes(idOf('read-0'));
    });
    expect(inHand).toEqual([]);
    bench.feed(actor(acts(), {}, 5000));
    expect(bench.open()[0]?.evidence[1]?.event_id).toBe(idOf('read-0'));
  });

  it('are so many and no more, also where the steps stay', () => {
    const bench = after();
    for (let n = 0; n < TEXTS_MAX + 40; n++) bench.feed(reader(reads(), {}, n));
    const inHand = [...bench.transaction.entries.values()].filter((value) =>
      JSON.stringify(value).includes('"passages"'),
    );
    expect(inHand).toHaveLength(TEXTS_MAX);
  });

  it('go with their chain', () => {
    const bench = after(reader());
    bench.feed(reader(reads(), { capabilities: [], arg_values: [], result_values: [] }, 60));
    const retained = () =>
      [...bench.transaction.entries.keys()].filter((key) => key.startsWith('chain/'));
    expect(retained().some((key) => key.includes('/text/'))).toBe(true);
    bench.decide(watermarkRecord(40 * 86_400, 2));
    expect(retained()).toEqual([]);
  });
});
