/**
 * The password of the embedded engine: random, made at the first start, in a file that only its
 * owner can read. Without it any user of the machine who finds the port could read what the process
 * may read, and delete alerts.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataPaths } from './data-folder.ts';

const FILE_MODE = 0o600;
const PASSWORD_BYTES = 24;

export function storePassword(paths: DataPaths): string {
  const file = join(paths.keys, 'clickhouse-password');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  writeFileSync(file, `${password}\n`, { mode: FILE_MODE });
  return password;
}
