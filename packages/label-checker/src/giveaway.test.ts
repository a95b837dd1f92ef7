/** What the give-away report must see: a field, a tool, a name's beginning that only attacks have. */
import { describe, expect, it } from 'vitest';
import { featuresOf, shapeOf } from './event-feature.ts';
import { FeatureCounts, type Marked, questionsOf } from './giveaway.ts';
import { giveawayReport } from './giveaway-report.ts';

type Fields = Readonly<Record<string, unknown>>;

const event = (id: string, more: Fields = {}) => ({
  native_id: id,
  event_time: '2026-09-14T10:00:00Z',
  agent: { uid: 'bot' },
  tool: { name: 'get', server: 's' },
  ...more,
});

const mark = (id: string, nativeIds: readonly string[], fires = true): Marked => ({
  incidentId: id,
  group: 'g',
  fires,
  nativeIds,
});

function asked(marked: readonly Marked[], events: readonly ReturnType<typeof event>[]) {
  const counts = new FeatureCounts(marked);
  for (const one of events) {
    const timeMs = Date.parse(one.event_time);
    counts.add({ event: one, nativeId: one.native_id, agent: one.agent.uid, timeMs });
  }
  return questionsOf(counts);
}

const ordinary = [event('o1'), event('o2', { args: { value: { id: 'a' } } })];

describe('a feature', () => {
  it('is a field, a tool, a beginning, a set of arguments or a shape', () => {
    const texts = featuresOf({
      tool: { name: 'get', server: 's' },
      target: { resource_id: 'issue/https://x.example/1' },
      args: { value: { b: [{ c: 1 }], a: 'run-12' } },
    }).map(({ kind, text }) => `${kind} ${text}`);
    expect(texts).toEqual(
      expect.arrayContaining([
        'field args.value.b[].c',
        'tool s/get',
        'prefix issue/',
        'prefix issue/https/',
        'arguments a b',
        'shape args.value.a = run-#',
      ]),
    );
  });

  it('does not hang on numbers and made-up names', () => {
    expect(shapeOf('run-8d425eecf3a2-1')).toBe('run-#-#');
    expect(shapeOf('run-feeed1aa2e-7')).toBe('run-#-#');
    expect(shapeOf('facade/readme')).toBe('facade/readme');
  });
});

describe('a stream gives its labels away', () => {
  it('by a field that no other event has', () => {
    const leaking = event('x', { args: { value: { ref: 'r' } } });
    const [question] = asked([mark('i', ['x']), mark('j', ['o2'])], [...ordinary, leaking]);
    const names = question?.onlyInLabelled.map((one) => one.feature.text);
    expect(names).toContain('args.value.ref');
    expect(question?.classifiers[0]?.best?.found).toHaveLength(2);
  });

  it('by a field that every other event has and it lacks', () => {
    const others = ordinary.map((one) => ({ ...one, trace_id: 't' }));
    const [question] = asked([mark('i', ['x'])], [...others, event('x')]);
    const best = question?.onlyInLabelled.find((one) => one.feature.text === 'trace_id');
    expect(best).toMatchObject({ absent: true, labelledEvents: 1, found: ['i'] });
  });

  it('not by what ordinary work has too', () => {
    const [question] = asked([mark('i', ['o1'])], [...ordinary, event('o3')]);
    expect(question?.onlyInLabelled.filter((one) => one.feature.kind !== 'shape')).toEqual([]);
    expect(question?.classifiers[0]?.nearly?.feature.kind).not.toBe('field');
  });
});

it('near-misses are labelled in the one question and ordinary in the other', () => {
  const ref = { args: { value: { ref: 'r' } } };
  const [all, firing] = asked(
    [mark('f', ['x']), mark('q', ['y'], false)],
    [...ordinary, event('x', ref), event('y', ref)],
  );
  expect(all?.onlyInLabelled.some((one) => one.feature.text === 'args.value.ref')).toBe(true);
  expect(firing?.onlyInLabelled.some((one) => one.feature.text === 'args.value.ref')).toBe(false);
});

it('the report names the feature and the share of incidents that it finds', () => {
  const label = {
    stream: 'behavior',
    incident_id: 'i',
    family: 'tool_misuse',
    verdict: 'fires',
    native_ids: ['x'],
  };
  const drop = { tool: { name: 'drop', server: 's' } };
  const labels = [label, { ...label, incident_id: 'j', native_ids: ['y'] }];
  const text = giveawayReport([...ordinary, event('x', drop), event('y', drop)], labels);
  expect(text).toContain('tool s/drop: 2 events, 2 incidents');
  expect(text).toContain('none: 1.00 by');
});
