/** Guarantee: each command counts once in each histogram, when it has got so far, however often one asks. */
import { makeHealth } from '@waywarden/service-health';
import { expect, it } from 'vitest';
import type { KnownContainment } from './containments.ts';
import { timeContainments } from './observe-containments.ts';

const known = (id: string, appliedMs: number | null, deniedMs?: number) =>
  ({
    command: { command_id: id },
    issued: { issuedMs: 1_000 },
    appliedMs,
    proof: deniedMs === undefined ? {} : { denied: { atMs: deniedMs } },
  }) as KnownContainment;

it('counts a command when everybody has applied it, and once more when a call was denied', async () => {
  const { metrics } = makeHealth('responder');
  let now = [known('a', null)];
  timeContainments(metrics, () => now);
  expect(await metrics.text()).toContain(
    'waywarden_containment_command_to_applied_seconds_count 0',
  );
  now = [known('a', 1_200), known('b', 4_000)];
  await metrics.text();
  now = [known('a', 1_200, 1_700), known('b', 4_000)];
  await metrics.text();
  const text = await metrics.text();
  for (const line of [
    'command_to_applied_seconds_bucket{le="0.25"} 1',
    'command_to_applied_seconds_bucket{le="5"} 2',
    'command_to_applied_seconds_sum 3.2',
    'applied_to_denial_seconds_count 1',
  ]) {
    expect(text).toContain(`waywarden_containment_${line}\n`);
  }
});
