/**
 * Gives each service only the key material that it needs, from the folder that `waywarden init` made:
 *
 *   node deploy/split-keys.mjs <folder of init>/keys <target folder>
 *
 * writes <target>/<service>/*.json. Whoever verifies a MAC needs the writer's secret, so detector and
 * responder each get the other's MAC keys, canary and console both; the key that signs commands and rules goes to the
 * responder alone, and its public half to ingest, canary and console.
 */
import { createPublicKey } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) {
  process.stderr.write('usage: node deploy/split-keys.mjs <keys folder> <target folder>\n');
  process.exit(2);
}

const PRIVATE_FILE = 0o600;

function copy(service, name) {
  const path = join(to, service, name);
  copyFileSync(join(from, name), path);
  chmodSync(path, PRIVATE_FILE);
}

function copyMacKeys(service, name) {
  const file = JSON.parse(readFileSync(join(from, name), 'utf8'));
  const keys = file.keys.filter((key) => key.use === 'mac');
  const text = `${JSON.stringify({ ...file, keys }, null, 2)}\n`;
  writeFileSync(join(to, service, name), text, { mode: PRIVATE_FILE });
}

/** The public halves of the keys that sign, as a JSON Web Key Set. */
function writePublicKeys(service, name, target) {
  const file = JSON.parse(readFileSync(join(from, name), 'utf8'));
  const keys = file.keys
    .filter((key) => key.use === 'sign')
    .map((key) => {
      const jwk = createPublicKey({ key: key.jwk, format: 'jwk' }).export({ format: 'jwk' });
      return { ...jwk, kid: key.id };
    });
  const text = `${JSON.stringify({ keys }, null, 2)}\n`;
  writeFileSync(join(to, service, target), text, { mode: PRIVATE_FILE });
}

for (const service of ['ingest', 'detector', 'responder', 'canary', 'console']) {
  mkdirSync(join(to, service), { recursive: true, mode: 0o700 });
}
copy('ingest', 'ingest.json');
copy('ingest', 'tokens.json');
writePublicKeys('ingest', 'responder.json', 'registry-keys.json');
copy('detector', 'detector.json');
copyMacKeys('detector', 'responder.json');
copy('responder', 'responder.json');
copyMacKeys('responder', 'detector.json');
copy('canary', 'canary-token');
copy('canary', 'waywarden-canary.json');
copyMacKeys('canary', 'detector.json');
copyMacKeys('canary', 'responder.json');
writePublicKeys('canary', 'responder.json', 'command-keys.json');
copy('console', 'console.json');
copyMacKeys('console', 'detector.json');
copyMacKeys('console', 'responder.json');
writePublicKeys('console', 'responder.json', 'registry-keys.json');
