/**
 * Guarantee: `policy check` refuses a combination that no calls can complete, and says which two demands
 * exclude each other and what to do; it refuses none that can fire.
 */
import { readFileSync } from 'node:fs';
import { SHIPPED_POLICY } from '@waywarden/detector';
import { describe, expect, it } from 'vitest';
import { checkPolicyText } from './check-policy.ts';

const shipped = readFileSync(SHIPPED_POLICY, 'utf8');

/** Of a combination of three steps, what is said beside what every such short file is told. */
function said(more: string, send = '', read = ''): readonly string[] {
  const text = `version: 1
combinations:
  - id: a
    severity: high
    within: 24h
    steps:
      - { id: ingest, any: ["ingest:untrusted"] }
      - { id: read, any: ["read:secret"], after: [ingest]${read} }
      - { id: send, any: ["send:external"], after: [read]${send} }
${more}
`;
  const usual = /examples that fire|danger: why|a runbook|replaces the shipped ones/;
  return checkPolicyText(text, shipped)
    .findings.filter(({ expected }) => !usual.test(expected))
    .map(
      ({ level, path, expected }) =>
        `${level} ${path.slice('combinations[0].'.length)}: ${expected}`,
    );
}

const pairs = (...all: readonly string[]) => `    pairs: [${all.join(', ')}]`;
const pair = (a: string, b: string, are: string) => `{ steps: [${a}, ${b}], are: ${are} }`;

describe('a combination that can never fire', () => {
  it.each([
    [
      'a pair that is the same and different',
      pairs(pair('read', 'send', 'same'), pair('send', 'read', 'different')),
      'error pairs[1].are: agents that can differ: by pairs[0].are, send and read are calls of the same agent, so this combination never fires; leave out one of the two',
    ],
    [
      'a pair that is the same and independent',
      pairs(pair('read', 'send', 'same'), pair('read', 'send', 'independent')),
      'error pairs[1].are: agents that can differ: by pairs[0].are, read and send are calls of the same agent, so this combination never fires; leave out one of the two',
    ],
    [
      'different agents whom others make the same',
      pairs(
        pair('ingest', 'read', 'same'),
        pair('read', 'send', 'same'),
        pair('ingest', 'send', 'different'),
      ),
      'error pairs[2].are: agents that can differ: by pairs[0].are and pairs[1].are, ingest and send are calls of the same agent, so this combination never fires; leave out one of the two',
    ],
    [
      'a step compared with itself',
      pairs(pair('read', 'read', 'different')),
      'error pairs[0].steps: two different steps: read is compared with itself, which is one call; name the other step, or leave the pair out',
    ],
    [
      'one agent where all are to be independent',
      `    actors: independent\n${pairs(pair('ingest', 'read', 'same'))}`,
      'error actors: agents that can differ: by pairs[0].are, ingest and read are calls of the same agent, so this combination never fires; leave out one of the two',
    ],
  ])('%s is refused', (_, more, expected) => {
    expect(said(more)).toEqual([expected]);
  });

  it('one whose link holds inside one agent only, with different actors, is refused', () => {
    expect(said('    actors: different', ', link: [context]')).toEqual([
      'error actors: agents that can differ: by steps[2].link, read and send are calls of the same agent, so this combination never fires; leave out one of the two',
    ]);
  });

  it('one that shares a fact in which it has to differ is refused', () => {
    const both = ', same: { as: read, of: [task, tool] }, differs: { from: read, of: [tool] }';
    expect(said('', both)).toEqual([
      'error steps[2].differs.of: a fact that can differ: tool of send and read must also be the same, so this combination never fires; leave it out of `same` or of `differs`',
    ]);
  });

  it('one agent on two planes is refused', () => {
    expect(
      said(pairs(pair('read', 'send', 'same')), ', plane: execution', ', plane: retrieval'),
    ).toEqual([
      'error steps[2].plane: retrieval, or another agent: by pairs[0].are, send and read are calls of the same agent, which has one plane',
    ]);
  });

  it('one that needs more links than are followed, or has no time, is refused', () => {
    const text = `version: 1
links: { hops_max: 1 }
combinations:
  - id: a
    severity: high
    within: 0s
    steps:
      - { id: one, any: ["ingest:untrusted"] }
      - { id: two, any: ["read:secret"], after: [one] }
      - { id: three, any: ["send:external"], after: [two] }
`;
    const errors = checkPolicyText(text, shipped).findings.filter(({ level }) => level === 'error');
    expect(errors.map(({ path, expected }) => `${path}: ${expected}`)).toEqual([
      'combinations[0].within: a time in which calls can follow each other, such as 24h: within none, this combination never fires',
      'combinations[0].steps: at most 2 steps after each other: these need 2 links, and links.hops_max is 1, so this combination never fires',
    ]);
  });
});

describe('a combination that can fire', () => {
  it.each([
    [
      'different agents beside the same',
      pairs(pair('ingest', 'read', 'same'), pair('read', 'send', 'different')),
      '',
    ],
    [
      'not independent and different',
      pairs(pair('read', 'send', 'not_independent'), pair('read', 'send', 'different')),
      '',
    ],
    [
      'one agent that is not independent of itself',
      pairs(pair('read', 'send', 'same'), pair('read', 'send', 'not_independent')),
      '',
    ],
    [
      'a context or a flow between different agents',
      '    actors: different',
      ', link: [context, data_flow]',
    ],
    [
      'the same task by another tool',
      '',
      ', same: { as: read, of: [task] }, differs: { from: read, of: [tool, task] }',
    ],
  ])('%s is not refused', (_, more, send) => {
    expect(said(more, send)).toEqual([]);
  });

  it('is told of what works and surprises', () => {
    expect(
      said(pairs(pair('read', 'send', 'independent'), pair('read', 'send', 'not_independent'))),
    ).toEqual([
      'warning pairs[1].are: one of independent and not_independent: both hold only where it is not known who stands behind read and send',
    ]);
    expect(said('    kind_one_agent: toxic_combination\n    actors: different')).toEqual([
      'warning kind_one_agent: no kind_one_agent: by actors, one agent alone never does all steps',
    ]);
  });
});

it('says of a time in an example what a time is there', () => {
  const text = `version: 1
combinations:
  - id: a
    severity: high
    steps: [{ id: one, any: ["read:secret"] }, { id: two, any: ["send:external"], after: [one] }]
    examples:
      fires: { kind: privilege_assembly, proof: [p], steps: [{ id: p, agent: a, at: 1e300 }] }
      quiet: { steps: [{ id: p, agent: a, at: soon }] }
`;
  const errors = checkPolicyText(text, shipped).findings.filter(({ level }) => level === 'error');
  expect(errors.map(({ value, expected }) => `${value}: ${expected}`)).toEqual([
    '1e+300: seconds after the first call: a number from 0 to 31536000, which is a year',
    '"soon": seconds after the first call: a number from 0 to 31536000, which is a year',
  ]);
});
