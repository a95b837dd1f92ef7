import { expect, test } from 'vitest';
import { alertEntry, Journal, policyEntry, sha256 } from '../../testing/response-fixtures.ts';
import type { RecordedDecision } from '../model/decision-chain.ts';
import { verifyDecisions } from './verify-decisions.ts';

function fourDecisions(): RecordedDecision[] {
  const journal = new Journal();
  journal.add(policyEntry(), ...['a', 'b', 'c', 'd'].map((name) => alertEntry(name)));
  return [...journal.decisions];
}

const kinds = (decisions: readonly RecordedDecision[]) =>
  verifyDecisions(decisions, sha256).map(({ kind, at }) => `${kind} ${at}`);

test('an intact chain has no problems, from the start or from any link', () => {
  const decisions = fourDecisions();
  expect(kinds(decisions)).toEqual([]);
  const [first, ...rest] = decisions;
  expect(verifyDecisions(rest, sha256, first ? { after: first } : {})).toEqual([]);
});

test('an altered decision is found, in any field, also one that the contract does not know', () => {
  const decisions = fourDecisions();
  const altered = (over: object) =>
    decisions.map((one, n) => (n === 1 ? { ...one, ...over } : one));
  expect(kinds(altered({ withheld_reason: 'never_revoke' }))).toEqual(['altered 1']);
  expect(kinds(altered({ issued_command_ids: [] }))).toEqual(['altered 1']);
});

test('an altered decision with its hash made to fit breaks the link after it', () => {
  const decisions = fourDecisions();
  const forged = decisions.map((one, n) => (n === 1 ? { ...one, hash: '0'.repeat(64) } : one));
  expect(kinds(forged)).toEqual(['altered 1', 'broken_link 2']);
});

test('a removed decision is found, and two that were swapped', () => {
  const [a, b, c, d] = fourDecisions() as [
    RecordedDecision,
    RecordedDecision,
    RecordedDecision,
    RecordedDecision,
  ];
  expect(kinds([a, c, d])).toEqual(['gap 1', 'broken_link 1']);
  expect(kinds([a, c, b, d])).toContain('broken_link 1');
  expect(kinds([b, c, d])).toEqual(['gap 0', 'broken_link 0']);
});

test('a tail cut off is found by a head that is kept elsewhere', () => {
  const decisions = fourDecisions();
  const last = decisions.at(-1);
  const head = { seq: last?.seq ?? 0, hash: last?.hash ?? '' };
  expect(verifyDecisions(decisions, sha256, { head })).toEqual([]);
  expect(verifyDecisions(decisions.slice(0, 3), sha256, { head })).toMatchObject([
    { kind: 'wrong_head' },
  ]);
});
