import type { SourceSeen } from '@waywarden/ingest';
import { describe, expect, it } from 'vitest';
import { diagnose, diagnosisWords, nothingWords, seenWords } from './diagnosis.ts';
import { seenBetween } from './read-seen.ts';

const told = (count: number) => ({
  ...{ arguments: count, results: count, task: count, session: count },
  ...{ delegation: count, outcome: count, principal: count },
});
const calls = (count: number, set: Partial<ReturnType<typeof told>> = {}) => ({
  calls: count,
  with: { ...told(count), ...set },
  agent_from: { run: count, label: 0, thread: 0, service: 0, none: 0 },
});

function source(set: Partial<SourceSeen> = {}): SourceSeen {
  return {
    ...{ source: 'otel/laptop', since: '2026-12-01T00:00:00.000Z', last: null },
    ...{ requests: 3, events: 0, observations: 9, definitions: 1 },
    ...calls(10),
    ...{ by_convention: { 'claude-code': calls(10) }, unresolved: {} },
    ...{
      refused: { bodies: 0, records: 0 },
      last_problem: null,
      agents: ['main'],
      tools: ['Bash'],
    },
    ...set,
  };
}

describe('what doctor says of a source', () => {
  it('is that nothing is off where calls tell every fact', () => {
    const found = diagnose(source());
    expect(found.off).toEqual([]);
    expect(found.limited).toEqual([]);
    expect(diagnosisWords(found).join('\n')).toContain('Nothing is off');
  });

  it('names what is not sent, what is not evaluable without, and the line that switches it on', () => {
    const found = diagnose(source(calls(10, { arguments: 0, results: 0, task: 0 })));
    const words = diagnosisWords(found).join('\n');
    expect(found.off).toEqual(expect.arrayContaining(['arguments', 'results', 'task']));
    expect(words).toMatch(/Not evaluable:[\s\S]*hijack_suspected.*without arguments, results/);
    expect(words).toContain('OTEL_LOG_TOOL_DETAILS=1');
    expect(words).toContain('waywarden connect claude-code');
  });

  it('holds it against nobody that nobody handed over', () => {
    const found = diagnose(source({ ...calls(10, { delegation: 0 }), definitions: 0 }));
    expect(found.off).toEqual([]);
    expect(diagnosisWords(found).join('\n')).toMatch(
      /Not seen so far: .*delegation.*confused_deputy/,
    );
  });

  it('does not take the name of a program for an agent', () => {
    const unnamed = { run: 0, label: 0, thread: 0, service: 10, none: 0 };
    const seen = source({ agent_from: unnamed });
    expect(diagnose(seen).off).toContain('agent');
    expect(seenWords(seen).join('\n')).toContain('10 stand under their program’s name');
  });

  it('says what to check where nothing came', () => {
    const empty = source({ ...calls(0), requests: 0, by_convention: {}, agents: [], tools: [] });
    expect(nothingWords(empty, 'http://127.0.0.1:8787').join('\n')).toMatch(
      /Nothing arrived from otel\/laptop[\s\S]*does the client send this token/,
    );
  });

  it('says why bodies were refused', () => {
    const refused = source({
      ...calls(0),
      refused: { bodies: 4, records: 0 },
      last_problem: { at: '2026-12-01T00:00:00.000Z', detail: 'unsupported_media_type' },
    });
    expect(nothingWords(refused, 'http://x').join('\n')).toContain('unsupported_media_type');
  });
});

describe('what came between two answers', () => {
  it('is their difference', () => {
    const before = source();
    const after = source({
      ...calls(14, { arguments: 10 }),
      by_convention: { 'claude-code': calls(10), codex: calls(4) },
      requests: 5,
    });
    const between = seenBetween(before, after);
    expect(between).toMatchObject({ calls: 4, requests: 2, with: { arguments: 0, results: 4 } });
    expect(Object.keys(between.by_convention)).toEqual(['codex']);
  });

  it('is all of the later one where ingest was started anew', () => {
    const after = source({ ...calls(2), since: '2026-12-02T00:00:00.000Z' });
    expect(seenBetween(source(), after)).toEqual(after);
  });
});
