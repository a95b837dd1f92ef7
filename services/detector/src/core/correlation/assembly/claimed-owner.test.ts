import { policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { Bench, type StepSketch, step } from './testing/step-builder.ts';

const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      ...{ id: 'leak', severity: 'high', within: '24h' },
      steps: [
        { id: 'read', any: ['read:personal'] },
        {
          ...{ id: 'send', any: ['send:external'], after: ['read'] },
          unless: { own_subject_of: 'read' },
        },
      ],
    },
  ],
});
const THIEF = 'ops@evil.example';
const sketch = (id: string, more: Partial<StepSketch>): StepSketch => ({
  ...{ id, agent: 'desk', at: id === 'read' ? 0 : 60 },
  ...more,
});
const read = (wire: StepSketch['wire'] = {}) =>
  sketch('read', { capabilities: ['read:personal'], wire: { result_trust: 'trusted', ...wire } });
const send = (wire: StepSketch['wire'] = {}) =>
  sketch('send', {
    capabilities: ['send:external'],
    wire: { target: { resource_id: THIEF }, ...wire },
  });
const { claims } = step(read());
const CLAIMED = { agent_assurance: 'asserted' } as const;
const UNPROVEN_TASK = { claims: { ...claims, task: 'asserted' } } as const;
const UNPROVEN_OUTCOME = { claims: { ...claims, outcome: 'asserted' } } as const;
const OWNER = { target: { owner_uid: THIEF } };

const isReported = (first: StepSketch, last: StepSketch) => {
  const bench = new Bench(policy);
  bench.feed(step(first), step(last));
  return bench.open().length === 1;
};

describe('a claim of whose record it is', () => {
  it.each([
    ['an unproven agent tells the record’s owner', read({ ...OWNER, ...CLAIMED }), send()],
    ['an unproven outcome tells it', read({ ...OWNER, ...UNPROVEN_OUTCOME }), send()],
    [
      'its print alone is told so',
      read({ target: { owner_uid: 'x', owner_fp: THIEF }, ...CLAIMED }),
      send(),
    ],
    ['the record is what outsiders write', read({ ...OWNER, result_trust: 'untrusted' }), send()],
    [
      'the task’s subjects are unproven',
      read(),
      send({ task_subjects: [THIEF], ...UNPROVEN_TASK }),
    ],
    [
      'an unproven agent tells the subjects',
      read(),
      send({ task_subject_fps: [THIEF], ...CLAIMED }),
    ],
    [
      'an unproven mail says that the mailbox is the owner’s',
      read({ target: { owner_uid: 'ann' } }),
      send({ target: { resource_id: THIEF, owner_uid: 'ann' }, ...CLAIMED }),
    ],
  ])('excuses no sending where %s', (_why, first, last) => {
    expect(isReported(first, last)).toBe(true);
  });

  it('excuses one where a proven source tells the owner, or a proven task its subject', () => {
    expect(isReported(read(OWNER), send())).toBe(false);
    expect(isReported(read(), send({ task_subjects: [THIEF] }))).toBe(false);
    // Whom an unproven mail reached is told by the destination itself.
    expect(isReported(read(OWNER), send(CLAIMED))).toBe(false);
  });

  it('parts no context by instances that an unproven agent names', () => {
    const parted = (wire: StepSketch['wire']) =>
      isReported(read({ instance_uid: 'i-1' }), send({ instance_uid: 'i-2', ...wire }));
    expect(parted(CLAIMED)).toBe(true);
    expect(parted({})).toBe(false);
  });
});
