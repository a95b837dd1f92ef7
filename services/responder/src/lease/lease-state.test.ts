import type { LeaseRecord } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { applyLease, type LeaseState, NO_LEASE } from './lease-state.ts';

function after(...records: readonly Partial<LeaseRecord>[]): LeaseState {
  const full = records.map((one) => ({
    ...{ role: 'responder', kind: 'claim', epoch: 1, holder: 'a' },
    ...one,
  })) as LeaseRecord[];
  return full.reduce(applyLease, NO_LEASE);
}

it('of two claims of one epoch the first stands', () => {
  expect(after({ holder: 'a' }, { holder: 'b' })).toMatchObject({ epoch: 1, holder: 'a' });
});

it('a newer epoch ends an older one, and what that still says counts no more', () => {
  const state = after(
    { holder: 'a' },
    { holder: 'b', epoch: 2 },
    { holder: 'a', kind: 'renew', progress: { x: 9 } },
    { holder: 'a', kind: 'release' },
  );
  expect(state).toEqual({ epoch: 2, holder: 'b', progress: {} });
});

it('a renewal whose claim was compacted away counts', () => {
  const state = after({ kind: 'renew', epoch: 7, holder: 'c', progress: { x: 3 } });
  expect(state).toEqual({ epoch: 7, holder: 'c', progress: { x: 3 } });
});

it('nobody holds what was given back, and its progress remains known', () => {
  const state = after({}, { kind: 'renew', progress: { x: 3 } }, { kind: 'release' });
  expect(state).toEqual({ epoch: 1, holder: undefined, progress: { x: 3 } });
});
