/**
 * `npm run revoke:many`: 10,000 revocations to a receiver that declares 200 a second, through a killed
 * receiver and a restarted responder. WAYWARDEN_MASS_COUNT and _RATE change both.
 */
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, ROOT, run } from './bootstrap.mjs';

await ensureInstalled();
await ensureBuilt();
process.exit(
  run(join(ROOT, 'node_modules/.bin/vitest'), ['run', 'test/containment/mass-revocation.test.ts'], {
    WAYWARDEN_MASS_COUNT: '10000',
    WAYWARDEN_MASS_RATE: '200',
    ...process.env,
  }),
);
