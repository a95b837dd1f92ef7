import { registrySchema } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { agentLines, agentsQuery, fittingAgents } from './agent-list.ts';

const registry = registrySchema.parse({
  version: 1,
  agents: [
    { uid: 'a/payer', class: 'autonomous', owner: { person: 'cfo@acme' }, workflows: ['invoices'] },
    { uid: 'a/quiet', class: 'assistive' },
  ],
});
const uses = [
  { agent_uid: 'a/payer', last: '2026-11-24T09:00:00Z', calls: '7', denied: '1' },
  { agent_uid: 'a/stranger', last: '2026-11-24T10:00:00Z', calls: 3, denied: 0 },
];
const open = new Map([['a/payer', { critical: 1, low: 2 }]]);
const lines = agentLines(registry, uses, open);
const uids = (query: object) =>
  fittingAgents(lines, agentsQuery.parse(query)).map((one) => one.agent_uid);

it('lists who is registered and who called, the riskiest first', () => {
  expect(uids({})).toEqual(['a/payer', 'a/quiet', 'a/stranger']);
  expect(lines[0]).toMatchObject({ risk: 102, calls: 7, denied: 1, registered: true });
});

it.each([
  [{ q: 'invoices payer' }, ['a/payer']],
  [{ class: 'assistive' }, ['a/quiet']],
  [{ owner: 'cfo@acme' }, ['a/payer']],
  [{ registered: 'no' }, ['a/stranger']],
  [{ sort: 'seen' }, ['a/stranger', 'a/payer', 'a/quiet']],
  [{ sort: 'name' }, ['a/payer', 'a/quiet', 'a/stranger']],
])('by %j', (query, found) => {
  expect(uids(query)).toEqual(found);
});

it('a parameter that nobody knows is refused', () => {
  expect(agentsQuery.safeParse({ bogus: '1' }).success).toBe(false);
});
