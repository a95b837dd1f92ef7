import { describe, expect, it } from 'vitest';
import { assemblyCounters } from './model/stage-counters.ts';
import { SECRET_TO_EGRESS } from './testing/secret-to-egress.ts';
import { Bench, type StepSketch, step } from './testing/step-builder.ts';

const CUT = { values_truncated: true };
const ARGS_CUT = { values_truncated: true, args_truncated: true };
const at = (id: string, agent: string, seconds: number, more: Partial<StepSketch>): StepSketch => ({
  ...{ id, agent, at: seconds },
  ...more,
});
const read = (symbol: string, wire: StepSketch['wire'] = {}, seconds = 0) =>
  at('read', 'reader', seconds, { capabilities: [symbol], result: { 'value-1': 'secret' }, wire });
const send = (symbol: string, wire: StepSketch['wire'] = {}, more: Partial<StepSketch> = {}) =>
  at('send', 'sender', 60, { capabilities: [symbol], wire, ...more });

function told(...calls: readonly StepSketch[]) {
  const bench = new Bench(SECRET_TO_EGRESS);
  bench.feed(...calls.map(step));
  const alerts = bench.open().filter((one) => one.rule_id === 'values-not-seen');
  return { bench, alerts };
}

describe('values that were not kept', () => {
  it.each([
    [
      'a mail whose values were cut, after a secret',
      read('read:secret'),
      send('send:external', ARGS_CUT),
    ],
    ['a post whose values were cut', read('read:personal'), send('publish:public', ARGS_CUT)],
    ['a payment whose values were cut', read('read:financial'), send('initiate:payment', ARGS_CUT)],
    ['a mail after a secret’s result was cut', read('read:secret', CUT), send('send:external')],
    ['a fetch whose values were cut', read('read:secret'), send('browse:web', ARGS_CUT)],
    [
      'a search with a value, after a secret’s result was cut',
      read('read:secret', CUT),
      send('browse:web', {}, { args: { 'value-2': 'token' } }),
    ],
  ])('are told, medium and as a gap, of %s, in whatever order they come', (_what, first, last) => {
    for (const calls of [
      [first, last],
      [last, first],
    ]) {
      const { alerts, bench } = told(...calls);
      expect(alerts).toHaveLength(1);
      expect(alerts[0]).toMatchObject({ severity: 'medium', evaluable: false });
      expect(alerts[0]?.not_visible?.join(' ')).toMatch(/more than are kept/);
      expect(assemblyCounters(bench.transaction).unseen).toBe(1);
    }
  });

  it('are told once a piece of work, however many calls there are', () => {
    const more = { ...send('send:external', ARGS_CUT), id: 'again', at: 90 };
    const { bench, alerts } = told(read('read:secret'), send('send:external', ARGS_CUT), more);
    expect(alerts).toHaveLength(1);
    expect(bench.alerts.filter((one) => one.rule_id === 'values-not-seen')).toHaveLength(1);
  });

  it.each([
    ['nothing was cut', read('read:secret'), send('send:external')],
    [
      'what went out was whole, and a list of people was long',
      read('read:personal', CUT),
      send('send:external'),
    ],
    ['only the page that was fetched was long', read('read:secret'), send('browse:web', CUT)],
    ['nothing left with the fetch', read('read:secret', CUT), send('browse:web')],
    ['it stayed inside', read('read:secret'), send('send:internal', ARGS_CUT)],
    ['nothing of note was read', read('read:public'), send('send:external', ARGS_CUT)],
    ['it was read after the mail', read('read:secret', {}, 600), send('send:external', ARGS_CUT)],
    [
      'the mail was refused',
      read('read:secret'),
      send('send:external', { ...ARGS_CUT, exercise: 'attempted' }),
    ],
  ])('are no matter where %s', (_why, first, last) => {
    expect(told(first, last).alerts).toEqual([]);
  });

  it('are not told beside the combination that the call completed', () => {
    const both = { args: { 'value-1': 'secret' } };
    const { bench, alerts } = told(read('read:secret'), send('send:external', ARGS_CUT, both));
    expect(alerts).toEqual([]);
    expect(bench.open().map((one) => one.rule_id)).toEqual(['secret-to-egress']);
  });
});
