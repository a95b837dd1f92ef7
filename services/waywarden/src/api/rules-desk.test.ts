/** Guarantees: whoever looks at a change sees each field that differs, with what it was and what it is to be. */
import { expect, it } from 'vitest';
import { fieldChanges, healthOf } from './rules-desk.ts';

it('names each field that differs, however deep, and nothing else', () => {
  const before = { mode: 'shadow', when: { kinds: ['a'] }, same: 1, gone: true };
  const after = { mode: 'enforce', when: { kinds: ['a', 'b'] }, same: 1, come: { x: 1 } };
  expect(fieldChanges(before, after)).toEqual([
    'come: nothing → {"x":1}',
    'gone: true → nothing',
    'mode: shadow → enforce',
    'when.kinds: ["a"] → ["a","b"]',
  ]);
  expect(fieldChanges(before, { ...before })).toEqual([]);
});

it('says of a source that sends events only what its counts do not say already', () => {
  const none = { arguments: 0, results: 0, task: 0, session: 0 };
  const seen = {
    ...{ source: 'gateway', since: '2026-11-24T09:00:00Z', last: null, last_problem: null },
    ...{ requests: 1, events: 3, observations: 0, definitions: 0, calls: 0 },
    with: { ...none, delegation: 0, outcome: 0, principal: 0 },
    agent_from: { run: 0, label: 0, thread: 0, service: 0, none: 0 },
    ...{ by_convention: {}, unresolved: {}, refused: { bodies: 0, records: 0 } },
    ...{ agents: [], tools: [] },
  };
  const url = 'http://127.0.0.1:8080';
  expect(healthOf(seen, 0, url)).toMatchObject({ state: 'events', words: [] });
  const problem = { at: '2026-11-24T09:00:00Z', detail: 'no agent' };
  expect(healthOf({ ...seen, last_problem: problem }, 0, url).words).toEqual([
    'Last problem, 2026-11-24T09:00:00Z: no agent',
  ]);
});
