/**
 * `npm run chaos:distributed`: all services apart on a real broker, killed fifty times, frozen for a
 * minute each, with broker and store away, beside an undisturbed installation that gets the same events.
 * Settings: WAYWARDEN_CHAOS_SEED, WAYWARDEN_FAULT_KILLS (50), _MS (60000), _STORIES (100), _REST_MS,
 * _PAUSE_MS (12000), the longest that a partition may stand still.
 */
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, ROOT, run } from './bootstrap.mjs';

await ensureInstalled();
await ensureBuilt();
process.exit(
  run(
    join(ROOT, 'node_modules/.bin/vitest'),
    ['run', 'test/chaos/distributed-faults.test.ts', ...process.argv.slice(2)],
    {
      WAYWARDEN_FAULT_KILLS: '50',
      WAYWARDEN_FAULT_MS: '60000',
      WAYWARDEN_FAULT_STORIES: '100',
      WAYWARDEN_FAULT_REST_MS: '8000',
      WAYWARDEN_FAULT_PAUSE_MS: '12000',
      WAYWARDEN_CHAOS_RESULTS: join(ROOT, '.cache/chaos-distributed.ndjson'),
      REQUIRE_KAFKA: '1',
      ...process.env,
    },
  ),
);
