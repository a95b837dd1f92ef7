/**
 * The token that may change registry and policy of a running `up`: another than the one that sends events, with which
 * whoever is watched could register itself. In a file that only its owner reads, made anew at every start.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataPaths } from './data-folder.ts';

const TOKEN_BYTES = 32;
const FILE_MODE = 0o600;

const digest = (text: string) => createHash('sha256').update(text).digest();

export interface ControlToken {
  readonly file: string;
  /** Whether an Authorization header carries it; takes as long whatever it carries. */
  readonly allows: (authorization: string | undefined) => boolean;
}

export function controlTokenFile(paths: DataPaths): string {
  return join(paths.keys, 'control-token');
}

/** Makes a new token; call it once the folder is ours, since it voids the one before. */
export function issueControlToken(paths: DataPaths): ControlToken {
  const token = `wwc_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  const file = controlTokenFile(paths);
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${token}\n`, { mode: FILE_MODE });
  renameSync(temporary, file);
  const expected = digest(`Bearer ${token}`);
  return {
    file,
    allows: (authorization) => timingSafeEqual(digest(authorization ?? ''), expected),
  };
}
