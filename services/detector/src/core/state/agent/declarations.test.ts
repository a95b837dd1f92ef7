/** Which declarations count: those of a sender who is more than asserted, and not the agent itself. */
import type { Assurance, AuditEvent } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { MapTransaction } from '../../testing/map-draft.ts';
import { declare, declaredChanges, declaredSince, isChangeDeclared } from './declarations.ts';

const OWNER = { uid: 'release-office', type: 'human' };

const declaration = (assurance: Assurance, over: Partial<AuditEvent> = {}) =>
  event(1, {
    activity: 'config_change',
    agent: { uid: 'reporter', name: 'reporter', assurance },
    target: { resource_id: 'release/2' },
    principal: OWNER,
    ...over,
  });

it('counts what an authenticated sender declares', () => {
  const transaction = new MapTransaction();
  expect(declare(transaction, declaration('authenticated'))).toBe('release/2');
  expect(declaredSince(transaction, event(2))).toBeDefined();
});

it('counts nothing that is merely asserted, neither for volumes nor for what it names', () => {
  const transaction = new MapTransaction();
  expect(declare(transaction, declaration('asserted'))).toBeUndefined();
  expect(declaredSince(transaction, event(2))).toBeUndefined();
  expect(isChangeDeclared(transaction, event(2), 'model/lumen-5', 0)).toBe(false);
});

const { claims } = event(1);
it.each([
  ['names nobody', { principal: undefined }],
  ['names itself', { principal: { uid: 'reporter' } }],
  ['asserts a name', { claims: { ...claims, principal: 'asserted' } }],
] as const)('counts nothing that an agent declares of itself: it %s', (_, over) => {
  const transaction = new MapTransaction();
  const self = declaration('authenticated', over);
  const ms = Date.parse(self.event_time);
  expect(declare(transaction, self)).toBeUndefined();
  expect(declaredSince(transaction, event(2))).toBeUndefined();
  expect(declaredChanges(transaction, event(2), ms)).toEqual([]);
  expect(isChangeDeclared(transaction, event(2), 'model/lumen-5', ms)).toBe(false);
});

it('pushes nothing out that others declared, however often it declares itself', () => {
  const transaction = new MapTransaction();
  for (let n = 0; n < 16; n += 1) declare(transaction, declaration('authenticated'));
  for (let n = 0; n < 20; n += 1) {
    declare(transaction, declaration('authenticated', { principal: undefined }));
  }
  const changes = declaredChanges(transaction, event(2), Date.parse(event(1).event_time));
  expect(changes).toEqual(Array.from({ length: 16 }, () => 'release/2'));
});

it('keeps all that was declared within a day: tools of a server are declared one by one', () => {
  const transaction = new MapTransaction();
  for (let n = 0; n < 40; n += 1) {
    declare(
      transaction,
      declaration('authenticated', { target: { resource_id: `tool/office/t-${n}` } }),
    );
  }
  const shown = event(2, { tool: { name: 't-0', server: 'office' } });
  const ms = Date.parse(event(1).event_time);
  expect(isChangeDeclared(transaction, shown, 'tool/office', ms)).toBe(true);
  const other = event(2, { tool: { name: 'other', server: 'office' } });
  expect(isChangeDeclared(transaction, other, 'tool/office', ms)).toBe(false);
});
