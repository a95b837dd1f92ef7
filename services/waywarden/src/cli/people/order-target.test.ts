/** Guarantees: each level that a person may order at can be named, wholly, and one alone. */
import { targetProblems } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { UsageError } from '../../input/command-output.ts';
import { asFarAsKnown, previewQuery, type TargetFlags, targetOf } from './order-target.ts';

const of = (flags: Partial<TargetFlags>) =>
  targetOf({ tenant: 'acme', agent: 'agent/a', ...flags });

it.each<[string, string, Partial<TargetFlags>, object]>([
  ['block_tool', 'tool', { tool: 'mail/send' }, { tool: 'mail/send' }],
  [
    'revoke_delegation',
    'delegation',
    { delegation: 'hand-1', parent: 'agent/p' },
    { parent_agent_uid: 'agent/p', delegation_ref: 'hand-1' },
  ],
  ['quarantine_origin', 'origin', { origin: 'sender=a=b@evil' }, { sender: 'a=b@evil' }],
  ['quarantine_origin', 'origin', { origin: 'resource=wiki/1' }, { resource_id: 'wiki/1' }],
  ['quarantine_origin', 'origin', { origin: 'fp=abc' }, { fp: 'abc' }],
  ['revoke_token', 'task', { task: 't' }, { task_id: 't' }],
  ['revoke_token', 'credential', { credential: 'c' }, { credential_uid: 'c' }],
  ['kill_session', 'instance', { instance: 'i' }, { instance_uid: 'i' }],
  ['disable_agent', 'agent', {}, {}],
])('names for %s the level %s', (action, level, flags, ids) => {
  const target = of(flags);
  expect(target).toEqual({ level, tenant_id: 'acme', agent_uid: 'agent/a', ...ids });
  expect(targetProblems(action, target)).toEqual([]);
});

it.each<[string, Partial<TargetFlags>]>([
  ['two parts', { task: 't', tool: 'mail/send' }],
  ['half a hand-over', { delegation: 'hand-1' }],
  ['who handed over alone', { parent: 'agent/p' }],
  ['an origin of no kind', { origin: 'mallory@evil.example' }],
  ['an origin without a name', { origin: 'sender=' }],
])('refuses %s', (_, flags) => {
  expect(() => of(flags)).toThrow(UsageError);
});

it('asks a preview of what can be told, and says where it tells of more', () => {
  const delegating = of({ delegation: 'hand-1', parent: 'agent/p' });
  expect(String(previewQuery(delegating, 'revoke_delegation'))).toBe(
    'action=revoke_delegation&agent=agent%2Fa&parent=agent%2Fp&delegation=hand-1',
  );
  expect(String(previewQuery(of({ tool: 'mail/send' }), 'block_tool'))).toBe('agent=agent%2Fa');
  expect(previewQuery(of({ origin: 'fp=abc' }), 'quarantine_origin')).toBeUndefined();
  expect(asFarAsKnown(of({ tool: 'mail/send' }), 'It would break 1 open task.')).toContain(
    'of all of its access: It would break 1 open task.',
  );
  expect(asFarAsKnown(of({ task: 't' }), 'It breaks.')).toBe('It breaks.');
});
