/** The name of this installation, stored with its state. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'instance';
const SHORT = 8;

export function instanceId(stateDir: string): string {
  const path = join(stateDir, FILE);
  try {
    const known = readFileSync(path, 'utf8').trim();
    if (known !== '') return known;
  } catch {}
  const made = randomUUID().slice(0, SHORT);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  writeFileSync(path, `${made}\n`, { mode: 0o600 });
  return made;
}
