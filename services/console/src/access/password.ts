/**
 * Passwords: scrypt (RFC 7914) with the parameters that OWASP's Password Storage Cheat Sheet gives (N 2^17, r 8, p 1),
 * stored beside the hash. At most two are computed at once: each takes 128 MiB, and strangers choose how many come.
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

const N = 2 ** 17;
const R = 8;
const P = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const AT_ONCE_MAX = 2;
const WAITING_MAX = 32;
export const PASSWORD_LENGTH_MIN = 12;
export const PASSWORD_LENGTH_MAX = 256;
const STORED = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([\w-]+)\$([\w-]+)$/;

let running = 0;
const waiting: (() => void)[] = [];

export class TooManyPasswordsError extends Error {
  constructor() {
    super('Too many sign-ins at once; try again in a moment.');
    this.name = 'TooManyPasswordsError';
  }
}

async function turn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE_MAX) {
    if (waiting.length >= WAITING_MAX) throw new TooManyPasswordsError();
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
  }
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  const maxmem = 256 * 1024 * 1024;
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, { ...options, maxmem }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await turn(() => derive(password, salt, { N, r: R, p: P }));
  return `scrypt$${N}$${R}$${P}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

const NO_SALT = Buffer.alloc(SALT_BYTES);

/** As slow for an account that does not exist (`stored` undefined) as for one that does. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const [, n, r, p, salt = '', hash = ''] = STORED.exec(stored ?? '') ?? [];
  if (n === undefined || password.length > PASSWORD_LENGTH_MAX) {
    await turn(() => derive('', NO_SALT, { N, r: R, p: P }));
    return false;
  }
  const options = { N: Number(n), r: Number(r), p: Number(p) };
  const given = await turn(() => derive(password, Buffer.from(salt, 'base64url'), options));
  const expected = Buffer.from(hash, 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

export const newPassword = (): string => randomBytes(15).toString('base64url');
