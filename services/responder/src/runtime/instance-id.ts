/** The name of this installation of a responder: made once, and kept with its state. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'instance';
const SHORT = 8;

/** @returns a few letters and digits, the same as long as the folder is */
export function instanceId(stateDir: string): string {
  const path = join(stateDir, FILE);
  try {
    const known = readFileSync(path, 'utf8').trim();
    if (known !== '') return known;
  } catch {
    // The first start.
  }
  const made = randomUUID().slice(0, SHORT);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  writeFileSync(path, `${made}\n`, { mode: 0o600 });
  return made;
}
