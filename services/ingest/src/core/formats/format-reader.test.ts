import { epochMs, type InputEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { type Format, FormatReader } from './format-reader.ts';

function inputs(format: Format, ...lines: readonly unknown[]): readonly InputEvent[] {
  const reader = new FormatReader(format);
  return lines.flatMap((line, i) =>
    reader.read(JSON.stringify(line), i + 1).map(({ input }) => input as InputEvent),
  );
}

const run = {
  trace_id: 'r1',
  role: 'banking',
  agent: 'banking-agent',
  model: 'm',
  task: 'banking/user_task_0',
  user_task: 'Pay the bill',
  calls: [
    { tool: 'read_file', args: { file_path: 'b.txt' }, result: 'x', error: null, result_len: 403 },
    { tool: 'send_money', args: {}, result: null, error: 'ValueError: no', result_len: null },
  ],
};

const line = {
  dataset: 'd',
  trace_id: 't/1',
  step: 3,
  ts: null,
  agent_id: 'orchestrator',
  parent_agent_id: null,
  tool: 'web_search',
  args: { q: 'x' },
  result_len: 12,
  result_error: false,
  user_task: 'Find x',
  label: { attack: true },
  meta: { bench: 'b' },
};

describe('trajectories', () => {
  it('names each call by its run and step, a second apart', () => {
    const calls = inputs('trajectories', run, { ...run, trace_id: 'r2' });
    expect(calls.map(({ native_id: id }) => id)).toEqual([
      'trajectories/r1/0',
      'trajectories/r1/1',
      'trajectories/r2/0',
      'trajectories/r2/1',
    ]);
    expect(
      calls.map(({ event_time: time }) => epochMs(time) - epochMs('2026-01-01T00:00:00Z')),
    ).toEqual([0, 1000, 2000, 3000]);
  });

  it('maps run, request, error and true length', () => {
    const [first, second] = inputs('trajectories', run);
    expect(first).toMatchObject({
      event_time_quality: 'synthetic',
      agent: { uid: 'banking-agent' },
      task: { id: 'r1', request: 'Pay the bill' },
      result: { value: 'x', size: 403 },
      outcome: 'success',
      model: { name: 'm' },
    });
    expect(second).toMatchObject({ outcome: 'tool_error', error: { type: 'ValueError: no' } });
  });

  it('drops what tells the benchmark', () => {
    expect(JSON.stringify(inputs('trajectories', run))).not.toContain('user_task_0');
  });
});

describe('multi-agent', () => {
  it('maps agents, hand-overs and outcomes', () => {
    const [call, delegating] = inputs('multi-agent', line, {
      ...line,
      step: 4,
      tool: 'delegate',
      args: { to: 'web_surfer', task: 'look' },
      parent_agent_id: 'boss',
      result_error: null,
      result_len: null,
    });
    expect(call).toMatchObject({
      native_id: 'multi-agent/t/1/3',
      activity: 'tool_call',
      outcome: 'success',
      result: { size: 12 },
    });
    expect(call?.delegation).toBeUndefined();
    expect(delegating).toMatchObject({
      activity: 'delegation',
      target: { resource_type: 'agent', resource_id: 'web_surfer' },
      delegation: { parent_agent_uid: 'boss' },
      outcome: 'unknown',
    });
    expect(JSON.stringify([call, delegating])).not.toMatch(/attack|bench|dataset/);
  });

  it('keeps the order of a file whose times stand on some lines only', () => {
    const times = inputs(
      'multi-agent',
      line,
      { ...line, step: 4, ts: '2026-01-06T15:02:20.424008' },
      { ...line, step: 5 },
      { ...line, step: 6 },
      { ...line, step: 7, ts: '2026-01-06T15:02:21' },
    ).map(({ event_time: time, event_time_quality: quality }) => [time, quality]);
    expect(times).toEqual([
      ['2026-01-01T00:00:00.000000000Z', 'synthetic'],
      ['2026-01-06T15:02:20.424008Z', 'measured'],
      ['2026-01-06T15:02:20.424008001Z', 'synthetic'],
      ['2026-01-06T15:02:20.424008002Z', 'synthetic'],
      ['2026-01-06T15:02:21Z', 'measured'],
    ]);
  });
});

describe('FormatReader', () => {
  it('says what is wrong with a line, and reads on', () => {
    const reader = new FormatReader('multi-agent');
    expect(reader.read('{"a":', 1)[0]).toMatchObject({ line: 1, problem: { code: 'not_json' } });
    expect(reader.read('[]', 2)[0]).toMatchObject({ problem: { code: 'wrong_shape' } });
    expect(reader.read('{"trace_id":"t"}', 3)[0]).toMatchObject({
      problem: { code: 'wrong_shape', field: 'step' },
    });
    expect(reader.read('  ', 4)).toEqual([]);
    expect(reader.read(JSON.stringify(line), 5)[0]?.problem).toBeUndefined();
  });

  it('hands an event on as it came', () => {
    const event = { event_time: '2026-01-01T00:00:00Z', task: { id: 't' }, x: 1 };
    const [item] = new FormatReader('events').read(JSON.stringify(event), 1);
    expect(item).toMatchObject({
      input: event,
      traceId: 't',
      step: 0,
      bytes: JSON.stringify(event),
    });
  });
});
