/** Guarantee: each order counts once in each histogram, when it has got so far, however often one asks. */
import type { KnownContainment } from '@waywarden/responder';
import { expect, it } from 'vitest';
import { ContainmentClock } from './containment-clock.ts';

const known = (id: string, appliedMs: number | null, deniedMs?: number) =>
  ({
    command: { command_id: id },
    issued: { issuedMs: 1_000 },
    appliedMs,
    proof: deniedMs === undefined ? {} : { denied: { atMs: deniedMs } },
  }) as KnownContainment;

it('counts an order when everybody has applied it, and once more when a call was denied', () => {
  const clock = new ContainmentClock();
  expect(clock.exposition([known('a', null)])).toContain(
    'containment_order_to_applied_seconds_count 0',
  );
  clock.exposition([known('a', 1_200), known('b', 4_000)]);
  const text = clock.exposition([known('a', 1_200, 1_700), known('b', 4_000)]);
  expect(text).toContain('containment_order_to_applied_seconds_bucket{le="0.25"} 1');
  expect(text).toContain('containment_order_to_applied_seconds_bucket{le="5"} 2');
  expect(text).toContain('containment_order_to_applied_seconds_sum 3.2');
  expect(text).toContain('containment_applied_to_denial_seconds_count 1');
  expect(clock.exposition([known('a', 1_200, 1_700)])).toBe(text);
});
