/** Which declarations count: those of a sender who is more than asserted. */
import type { Assurance } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { declare, declaredSince, isDeclared } from './declarations.ts';

const declaration = (assurance: Assurance) =>
  event(1, {
    activity: 'config_change',
    agent: { uid: 'reporter', name: 'reporter', assurance },
    target: { resource_id: 'release/2' },
  });

it('counts what an authenticated sender declares', () => {
  const draft = new MapDraft();
  expect(declare(draft, declaration('authenticated'))).toBe('release/2');
  expect(declaredSince(draft, event(2))).toBeDefined();
});

it('counts nothing that is merely asserted, neither for volumes nor for what it names', () => {
  const draft = new MapDraft();
  expect(declare(draft, declaration('asserted'))).toBeUndefined();
  expect(declaredSince(draft, event(2))).toBeUndefined();
  expect(isDeclared(draft, event(2), 'model/lumen-5', 0)).toBe(false);
});
