/** Key files on disk: of two makers one wins (link); rotation renames. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import {
  familyOf,
  KEY_FILE_MODE,
  KEYS_PER_USE_MAX,
  type KeyEntry,
  type KeyFile,
  KeyFileError,
  type KeyUse,
  keyFileSchema,
} from './key-file.ts';
import { MAC_KEY_BYTES_MIN } from './mac.ts';

const READABLE_BY_OTHERS = 0o077;

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** KeyFileError `missing`, `open_to_others`, `unreadable`, `malformed`. */
export function loadKeyFile(path: string, service?: string): KeyFile {
  let text: string;
  try {
    const mode = statSync(path).mode & 0o777;
    // Windows has ACLs instead.
    if (process.platform !== 'win32' && (mode & READABLE_BY_OTHERS) !== 0) {
      const hint = `Mode is ${mode.toString(8)}; run: chmod 600 ${path}, and rotate its keys.`;
      throw new KeyFileError('open_to_others', `Others may read the key file ${path}. ${hint}`);
    }
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof KeyFileError) throw cause;
    if (isErrno(cause, 'ENOENT')) {
      throw new KeyFileError('missing', `There is no key file ${path}.`, cause);
    }
    throw new KeyFileError('unreadable', `The key file ${path} cannot be read.`, cause);
  }
  return parse(path, text, service);
}

function parse(path: string, text: string, service: string | undefined): KeyFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // No cause: it would quote keys.
    throw new KeyFileError('malformed', `The key file ${path} is not JSON.`);
  }
  const file = keyFileSchema.safeParse(json);
  if (!file.success) {
    const problems = file.error.issues.map((i) => `${i.path.join('.') || 'file'}: ${i.message}`);
    throw new KeyFileError('malformed', `The key file ${path}: ${problems.join('; ')}.`);
  }
  if (service !== undefined && file.data.service !== service) {
    const message = `The key file ${path} is that of ${file.data.service}, not of ${service}.`;
    throw new KeyFileError('wrong_service', message);
  }
  return file.data;
}

function newEntry(use: KeyUse, id: string, createdAt: string, tenant?: string): KeyEntry {
  const common = { id, state: 'active', created_at: createdAt } as const;
  const secret = randomBytes(MAC_KEY_BYTES_MIN).toString('base64url');
  switch (use) {
    case 'mac':
      return { ...common, use, secret };
    case 'fingerprint':
      return { ...common, use, secret, ...(tenant === undefined ? {} : { tenant }) };
    case 'sign': {
      const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
      return { ...common, use, jwk: { ...jwk } };
    }
  }
}

function nextId(file: KeyFile, use: KeyUse): string {
  const prefix = `${file.service}-${use}-`;
  const used = file.keys.map((k) =>
    k.id.startsWith(prefix) ? Number(k.id.slice(prefix.length)) : 0,
  );
  return prefix + (Math.max(0, ...used.filter(Number.isSafeInteger)) + 1);
}

function writeBeside(path: string, file: KeyFile): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const fd = openSync(temporary, 'wx', KEY_FILE_MODE);
  try {
    writeSync(fd, `${JSON.stringify(file, null, 2)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return temporary;
}

export interface NewKeyFile {
  readonly service: string;
  readonly uses: readonly KeyUse[];
  /** RFC 3339. */
  readonly createdAt: string;
}

/** Errors of `loadKeyFile`. */
export function loadOrCreateKeyFile(path: string, options: NewKeyFile): KeyFile {
  try {
    return loadKeyFile(path, options.service);
  } catch (error) {
    if (!(error instanceof KeyFileError) || error.code !== 'missing') throw error;
  }
  const file: KeyFile = { version: 1, service: options.service, keys: [] };
  for (const use of options.uses)
    file.keys.push(newEntry(use, nextId(file, use), options.createdAt));
  const temporary = writeBeside(path, file);
  try {
    // Another was first.
    linkSync(temporary, path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    unlinkSync(temporary);
  }
  return loadKeyFile(path, options.service);
}

export interface Rotation {
  readonly use: KeyUse;
  readonly createdAt: string;
  /** `fingerprint` only. */
  readonly tenant?: string;
}

export function rotateKeyFile(path: string, rotation: Rotation): KeyFile {
  const file = loadKeyFile(path);
  const { use, createdAt, tenant } = rotation;
  const entry = newEntry(use, nextId(file, use), createdAt, tenant);
  const family = familyOf(entry);
  const older = file.keys.map((k) =>
    familyOf(k) === family ? { ...k, state: 'retired' as const } : k,
  );
  const ofFamily = older.filter((k) => familyOf(k) === family);
  const dropped = new Set(ofFamily.slice(0, Math.max(0, ofFamily.length + 1 - KEYS_PER_USE_MAX)));
  const next: KeyFile = { ...file, keys: [...older.filter((k) => !dropped.has(k)), entry] };
  renameSync(writeBeside(path, next), path);
  return next;
}
