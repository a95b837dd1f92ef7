/** `npm run clients:generate`: docs/clients, from recordings or coverage.json. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadClients } from '@waywarden/agent-telemetry';
import { replayCaptures } from '../captures/replay-captures.ts';
import { COVERAGES, type Coverages, coveragesOf } from './client-coverage.ts';
import { clientPages } from './client-page.ts';

const DOCS = new URL('../../../../docs/clients/', import.meta.url);
const COVERAGE = new URL('coverage.json', DOCS);
const RECORDINGS = fileURLToPath(new URL('../../../../../shared/data/telemetry', import.meta.url));

async function coverages(): Promise<Coverages> {
  if (!existsSync(RECORDINGS)) return COVERAGES.parse(JSON.parse(readFileSync(COVERAGE, 'utf8')));
  let counted: Coverages = {};
  await replayCaptures([RECORDINGS], undefined, (seen) => {
    counted = coveragesOf(loadClients(), seen);
  });
  writeFileSync(COVERAGE, `${JSON.stringify(counted, null, 2)}\n`);
  return counted;
}

mkdirSync(DOCS, { recursive: true });
const pages = clientPages(await coverages());
for (const file of readdirSync(DOCS)) {
  if (file.endsWith('.md') && !pages.has(file)) rmSync(new URL(file, DOCS));
}
for (const [file, text] of pages) writeFileSync(new URL(file, DOCS), text);
process.stdout.write(`${pages.size} pages in docs/clients\n`);
