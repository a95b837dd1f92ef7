/** Guarantees: each level that a person may order at can be named, wholly, and one alone. */
import { targetProblems } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { UsageError } from '../../input/command-output.ts';
import { previewQuery, type TargetFlags, targetOf } from './operator.ts';

const of = (flags: Partial<TargetFlags>) => targetOf('acme', { agent: 'agent/a', ...flags });

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
  ['kill_session', 'conversation', { conversation: 'c' }, { conversation_id: 'c' }],
  ['revoke_grant', 'grant', { grant: 'g' }, { grant_id: 'g' }],
  ['hold', 'call', { call: 'c' }, { call_uid: 'c' }],
  ['hold_payment', 'call', { call: 'c', payment: 'p' }, { call_uid: 'c', payment_id: 'p' }],
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
  ['a payment without its call', { payment: 'p' }],
  ['an origin of no kind', { origin: 'mallory@evil.example' }],
  ['an origin without a name', { origin: 'sender=' }],
])('refuses %s', (_, flags) => {
  expect(() => of(flags)).toThrow(UsageError);
});

it('asks a preview by the same ids', () => {
  const delegating = of({ delegation: 'hand-1', parent: 'agent/p' });
  expect(String(previewQuery(delegating, { action: 'revoke_delegation' }))).toBe(
    'agent=agent%2Fa&parent=agent%2Fp&delegation=hand-1&action=revoke_delegation',
  );
});
