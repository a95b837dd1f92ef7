/**
 * `npm run chaos:containment`: the scenarios of a containment in `waywarden up` and in processes on a
 * real broker, with responder and receivers killed before every step, in the order of a seed.
 * Settings: WAYWARDEN_CHAOS_SEED, WAYWARDEN_CONTAINMENT_ROUNDS (14), _KILLS a round (8), _MS a site.
 * Arguments go to vitest: `npm run chaos:containment -- -t Kafka`.
 */
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, ROOT, run } from './bootstrap.mjs';

await ensureInstalled();
await ensureBuilt();
process.exit(
  run(
    join(ROOT, 'node_modules/.bin/vitest'),
    ['run', 'test/containment/containment-processes.test.ts', ...process.argv.slice(2)],
    {
      WAYWARDEN_CONTAINMENT_ROUNDS: '14',
      WAYWARDEN_CONTAINMENT_KILLS: '8',
      WAYWARDEN_CONTAINMENT_MS: '7200000',
      REQUIRE_KAFKA: '1',
      ...process.env,
    },
  ),
);
