import { registrySchema } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { changeLines, diffRegistry } from './diff-registry.ts';
import { proposeFromSpire, proposeFromToolsList } from './import-proposals.ts';

const registry = (content: object) => registrySchema.parse({ version: 1, ...content });
const agents = (...list: readonly object[]) => registry({ agents: list });

test('says what an agent may do afterwards that it may not do now', () => {
  const before = agents({ uid: 'a', class: 'assistive', grants: ['read:*', 'send:internal'] });
  const after = agents({ uid: 'a', class: 'autonomous', grants: ['read:secret', 'send:external'] });
  expect(diffRegistry(before, after)).toMatchObject([
    {
      what: 'changed',
      fields: ['class', 'grants'],
      effects: [
        'class widened: assistive → autonomous',
        'gains send:external',
        'loses read:*, send:internal',
      ],
    },
  ]);
});

test('tells retired from removed, and everything as added where nothing was published', () => {
  const before = agents({ uid: 'a' }, { uid: 'b' });
  const after = agents({ uid: 'a', state: 'retired' });
  const changes = diffRegistry(before, after);
  expect(changes.map(({ what, id }) => [what, id])).toEqual([
    ['retired', 'a'],
    ['removed', 'b'],
  ]);
  expect(diffRegistry(undefined, before).every((one) => one.what === 'added')).toBe(true);
  expect(changeLines(changes)[1]).toContain('unregistered');
});

test('the same registry is no change, whatever the order of its entries', () => {
  const one = agents({ uid: 'a' }, { uid: 'b' });
  expect(diffRegistry(one, agents({ uid: 'b' }, { uid: 'a' }))).toEqual([]);
});

test('names what a workflow is newly approved for', () => {
  const approval = {
    combination: 'payment-release',
    by: 'x',
    reason: 'y',
    from: '2026-11-01',
    expires: '2027-01-01',
  };
  const of = (approvals: readonly object[]) => registry({ workflows: [{ name: 'w', approvals }] });
  expect(diffRegistry(of([]), of([approval]))).toMatchObject([
    { kind: 'workflow', effects: ['approves payment-release until 2027-01-01'] },
  ]);
});

const SPIRE = JSON.stringify({
  entries: [
    { spiffe_id: { trust_domain: 'acme.example', path: '/agent/a' }, selectors: [] },
    { spiffe_id: 'spiffe://acme.example/agent/b' },
  ],
});

test('SPIRE entries become proposals, and never change an agent that is there', () => {
  const before = agents({ uid: 'spiffe://acme.example/agent/a', class: 'assistive' });
  const proposed = proposeFromSpire(SPIRE, before);
  if (!proposed.ok) throw new Error(proposed.problem);
  expect(proposed.registry.agents).toMatchObject([
    { uid: 'spiffe://acme.example/agent/a', class: 'assistive', state: 'live' },
    { uid: 'spiffe://acme.example/agent/b', class: 'unknown', state: 'proposed' },
  ]);
  expect(registrySchema.safeParse(proposed.registry).success).toBe(true);
});

test('tools/list becomes proposals; hints that a server leaves out mean the worst', () => {
  const tools = [
    { name: 'search', annotations: { readOnlyHint: true, openWorldHint: false } },
    { name: 'wipe' },
    { name: 'known' },
  ];
  const before = registry({ tools: [{ match: { server: 's', tool: 'known' }, capabilities: [] }] });
  const proposed = proposeFromToolsList(JSON.stringify({ result: { tools } }), before, 's');
  if (!proposed.ok) throw new Error(proposed.problem);
  expect(proposed.registry.tools.slice(1)).toMatchObject([
    { match: { tool: 'search' }, effect: 'read', state: 'proposed' },
    {
      match: { tool: 'wipe' },
      capabilities: [{ symbol: 'delete:data' }, { symbol: 'send:external' }],
      state: 'proposed',
    },
  ]);
});

test.each(['{', '{"entries": 3}', '[]'])('%s is refused with a reason', (text) => {
  expect(proposeFromSpire(text, undefined)).toMatchObject({ ok: false });
  expect(proposeFromToolsList(text, undefined, 's')).toMatchObject({ ok: false });
});

test('names each operator whose key would be believed, first of all', () => {
  const before = registrySchema.parse({ version: 1, agents: [] });
  const operators = [{ uid: 'mallory', key: { kty: 'OKP', kid: 'k' } }];
  const [line] = changeLines(diffRegistry(before, { ...before, operators }));
  expect(line).toMatch(/^ {2}\+ operator mallory \(added\): whoever holds this key may sign/);
  const other = [{ uid: 'mallory', key: { kty: 'OKP', kid: 'other' } }];
  const changed = diffRegistry({ ...before, operators }, { ...before, operators: other });
  expect(changed).toMatchObject([{ kind: 'operator', what: 'changed', fields: ['key'] }]);
});
