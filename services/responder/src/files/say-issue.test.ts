/** What is wrong with a file is said to whoever wrote it: in words, with what would be right. */
import { describe, expect, it } from 'vitest';
import { parsePolicyFile, parseRegistryFile } from './parse-yaml-file.ts';

function words(parsed: ReturnType<typeof parsePolicyFile | typeof parseRegistryFile>): string {
  if (parsed.ok) throw new Error('A problem was expected.');
  return parsed.problems.map((one) => `${one.path}: is ${one.value}; ${one.expected}`).join('\n');
}
const registry = (text: string) => words(parseRegistryFile(`version: 1\n${text}\n`));
const policy = (text: string) => words(parsePolicyFile(`version: 1\n${text}\n`));
const review = (at: string) =>
  registry(`agents: [{ uid: a, risk_review: { by: x, at: ${at}, expires: 2027-01-01 } }]`);

describe('a problem of a file', () => {
  it.each([
    [
      'a missing field',
      registry('agents: [{ class: assistive }]'),
      'agents[0].uid: is missing; required: text (The agent, as in the events), for example agent/invoices',
    ],
    [
      'a missing choice',
      registry('receivers: [{ id: gw }]'),
      'receivers[0].kind: is missing; required: one of kafka, http, ssf_push, ssf_poll',
    ],
    ['another type', registry('agents: 3'), 'agents: is 3; a list, as [one, two]'],
    ['a number for a text', registry('agents: [{ uid: 5 }]'), 'text, in quotes if it is a number'],
    ['a number', policy('limits: { subjects: x }'), 'limits.subjects: is "x"; a number'],
    ['a range', policy('limits: { fleet_share: 2 }'), 'is 2; a number of at most 1'],
    [
      'a duration',
      policy('limits: { window: soon }'),
      'is "soon"; a duration: 90s, 15m, 24h or 7d',
    ],
    ['a duration of another type', policy('limits: { window: 90 }'), 'a duration: 90s, 15m'],
    ['a day', review('soon'), 'a date as 2027-04-01, or a time as 2027-04-01T09:00:00Z'],
    [
      'a misspelt choice',
      registry('agents: [{ uid: a, class: asistive }]'),
      'is "asistive"; one of scheduled_job, human_triggered, assistive, semi_autonomous, autonomous, unknown; did you mean "assistive"?',
    ],
    [
      'what is too long',
      registry(`agents: [{ uid: ${'x'.repeat(3000)} }]`),
      'at most 2048 characters',
    ],
    ['what is empty', registry('agents: [{ uid: "" }]'), 'is ""; text that is not empty'],
    [
      'too short a list',
      policy('rules: [{ id: a, when: { kind: [] }, actions: [] }]'),
      'a list of at least 1 item',
    ],
    [
      'an empty file',
      words(parsePolicyFile('')),
      'is empty; fields are needed, beginning with "version: 1"',
    ],
    [
      'a list as a file',
      words(parseRegistryFile('- a')),
      'fields are needed, beginning with "version: 1"; known are version, agents',
    ],
  ])('is told in words: %s', (_, said, expected) => {
    expect(said).toContain(expected);
    expect(said).not.toMatch(/Invalid|expected |received|pattern|Too (big|small)|undefined/);
  });
});
