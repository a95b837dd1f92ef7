/** Guarantee: a change stands in the file afterwards, and all that it does not concern stands there as before. */
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { amendText } from './amend-file.ts';

const TEXT = `# Of the claims team.
version: 1
agents:
  - uid: agent/reader # reads
    profile: { tools: ["mail/read"] }
workflows:
  - name: claims # daily
    approvals:
      - { combination: a, expires: "2027-01-01" }
  - name: letters
`;
const before = parse(TEXT);
const [claims, letters] = before.workflows;
const [reader] = before.agents;
const approval = { combination: 'b', expires: '2027-02-01', by: 'ann' };
const withClaims = (approvals: object[]) => ({
  ...before,
  workflows: [{ ...claims, approvals }, letters],
});

it.each([
  ['an entry more', withClaims([...claims.approvals, approval])],
  ['an entry less', withClaims([])],
  ['an entry changed', withClaims([approval])],
  ['the first of two gone', withClaims([approval, claims.approvals[0]])],
  ['a first list', { ...before, workflows: [claims, { ...letters, approvals: [approval] }] }],
  ['a field gone', { ...before, agents: [{ uid: reader.uid }] }],
  [
    'a list longer in the middle',
    { ...before, agents: [{ ...reader, profile: { tools: ['mail/read', 'mail/send'] } }] },
  ],
])('%s', (_, after) => {
  const text = amendText(TEXT, before, after);
  expect(parse(text)).toEqual(after);
  for (const comment of ['# Of the claims team.', '# reads', '# daily']) {
    expect(text).toContain(comment);
  }
  expect(parse(amendText(text, after, before))).toEqual(before);
});

it('what is the same stays the same text', () => {
  expect(amendText(TEXT, before, structuredClone(before))).toBe(TEXT);
});

it('fields that the file leaves to their defaults are not written into it', () => {
  const read = { ...before, tools: [], receivers: [] };
  const text = amendText(TEXT, read, { ...read, workflows: [claims] });
  expect(parse(text)).toEqual({ ...before, workflows: [claims] });
});
