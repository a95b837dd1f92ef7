/** Writes `docs/reference-metrics.md` from the table of metrics. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { metricsPage } from '../src/metrics-page.ts';

const path = fileURLToPath(new URL('../../../docs/reference-metrics.md', import.meta.url));
writeFileSync(path, metricsPage());
process.stdout.write(`metrics written to ${path}\n`);
