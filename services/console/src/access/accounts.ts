/**
 * Accounts: made, signed in to, disabled, given roles and tokens. Each that signs has a key of its own on the server.
 */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import {
  activeSigningKey,
  type JwsSigningKey,
  loadOrCreateKeyFile,
  publicJwks,
  type SignedOperatorAct,
  signDetached,
} from '@waywarden/schemas';
import { type Permission, permissionsOf, type Role, signs } from '../core/access/roles.ts';
import { ACCOUNT_TOKENS_MAX, ACCOUNTS_MAX, type Account, AccountFile } from './account-file.ts';
import { hashPassword, isPassword, newPassword } from './password.ts';

const TOKEN_BYTES = 32;
const TOKEN_PREFIX = 'wwa_';
const TIED_MS = 24 * 3_600_000;
const FAILURES_MAX = 10;
const FAILURES_MS = 15 * 60_000;
const FAILURES_REMEMBERED_MAX = 10_000;

export interface AccountsParts {
  readonly file: string;
  readonly keys: string;
  readonly now: () => string;
  /** Told when the keys that the registry must name have changed. */
  readonly changed: () => Promise<void>;
  readonly passwordChanged?: () => void;
}

interface Failure {
  readonly atMs: number;
}

export interface NewAccount {
  readonly uid: string;
  readonly roles: Account['roles'];
  readonly by: string;
  readonly password?: string;
  readonly mustChange?: boolean;
  readonly subject?: Account['subject'];
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('base64url');

/** Key ids take no `@` or `/`, which people's uids have; the digest keeps two alike names apart. */
function keyName(uid: string): string {
  const digest = createHash('sha256').update(uid).digest('hex').slice(0, 12);
  return `account-${uid.replace(/[^\w.-]/g, '_').slice(0, 60)}-${digest}`;
}

export class Accounts {
  readonly #parts: AccountsParts;
  readonly #file: AccountFile;
  readonly #failures = new Map<string, readonly Failure[]>();
  readonly #keys = new Map<string, JwsSigningKey>();

  constructor(parts: AccountsParts) {
    this.#parts = parts;
    this.#file = new AccountFile(parts.file);
  }

  all(): readonly Account[] {
    return this.#file.all();
  }

  find(uid: string): Account | undefined {
    return this.#file.find(uid);
  }

  findBySubject(iss: string, sub: string): Account | undefined {
    return this.all().find(({ subject }) => subject?.iss === iss && subject.sub === sub);
  }

  async add({ uid, roles, by, password, mustChange = true, subject = null }: NewAccount) {
    const made: Account = {
      ...{ uid, roles, subject, created_by: by, created_at: this.#parts.now() },
      password: password === undefined ? null : await hashPassword(password),
      ...{ must_change: mustChange, disabled: false, active: false, epoch: 0, tokens: [] },
    };
    this.#file.put(made);
    return made;
  }

  get isFull(): boolean {
    return this.all().length >= ACCOUNTS_MAX;
  }

  /** A password that is shown once; sessions and tokens of before end. */
  async resetPassword(uid: string, by: string): Promise<string | undefined> {
    const password = newPassword();
    const hash = await hashPassword(password);
    const before = this.find(uid);
    if (before === undefined) return undefined;
    const epoch = before.epoch + 1;
    const reset = { by, at: this.#parts.now() };
    this.#file.put({ ...before, password: hash, must_change: true, reset, epoch, tokens: [] });
    this.#parts.passwordChanged?.();
    return password;
  }

  /** If still meant once it is hashed. */
  async changePassword(uid: string, password: string, isMeant: () => boolean): Promise<boolean> {
    const hash = await hashPassword(password);
    const before = this.find(uid);
    if (before === undefined || !isMeant()) return false;
    this.#file.put({ ...before, password: hash, must_change: false, epoch: before.epoch + 1 });
    this.#parts.passwordChanged?.();
    return true;
  }

  /** Why both count as one: whoever gave a password could still act as it. */
  tie(first: string, second: string): string | undefined {
    return this.holders(second).get(first) ?? this.holders(first).get(second);
  }

  /** Who could sign in as it, by themselves or by accounts that they hold, and why. */
  holders(uid: string): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    const asked = [uid];
    for (let one = asked.pop(); one !== undefined; one = asked.pop()) {
      for (const [by, why] of this.#holdersOf(one)) {
        if (!found.has(by)) asked.push(by);
        found.set(by, found.get(by) ?? why);
      }
    }
    return found;
  }

  #holdersOf(uid: string): readonly (readonly [by: string, why: string])[] {
    const found = this.find(uid);
    if (found === undefined || found.subject !== null) return [];
    const { created_by, reset } = found;
    const isRecent = (at: string) => Date.parse(this.#parts.now()) - Date.parse(at) < TIED_MS;
    const holders: (readonly [string, string])[] = [];
    if (reset !== undefined && isRecent(reset.at))
      holders.push([reset.by, `${reset.by} reset the password of ${uid}`]);
    return [...holders, [created_by, `${created_by} made the account ${uid}`]];
  }

  async setRoles(uid: string, roles: Account['roles'], disabled: boolean): Promise<void> {
    const before = this.find(uid);
    if (before === undefined) return;
    const epoch = disabled && !before.disabled ? before.epoch + 1 : before.epoch;
    this.#file.put({ ...before, roles, disabled, epoch });
    await this.#parts.changed();
  }

  /** The account, when the password is its own; `locked` after too many that were not. */
  async signIn(uid: string, password: string): Promise<Account | 'refused' | 'locked'> {
    const atMs = Date.parse(this.#parts.now());
    const recent = (this.#failures.get(uid) ?? []).filter((one) => atMs - one.atMs < FAILURES_MS);
    if (recent.length >= FAILURES_MAX) return 'locked';
    // Counted first: many may come at once.
    const failure = { atMs };
    this.#setFailures(uid, [...recent, failure]);
    const given = this.find(uid)?.password ?? null;
    let isRight: boolean;
    try {
      isRight = await isPassword(password, given);
    } catch (error) {
      const others = (this.#failures.get(uid) ?? []).filter((one) => one !== failure);
      this.#setFailures(uid, others);
      throw error;
    }
    const found = this.find(uid);
    if (!isRight || found?.disabled !== false || found.password !== given) return 'refused';
    this.#failures.delete(uid);
    return found;
  }

  #setFailures(uid: string, failures: readonly Failure[]): void {
    this.#failures.delete(uid);
    if (failures.length > 0) this.#failures.set(uid, failures);
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined && this.#failures.size > FAILURES_REMEMBERED_MAX)
      this.#failures.delete(oldest);
  }

  /** From now on the registry names its key, if it signs. */
  async activate(uid: string): Promise<void> {
    const found = this.find(uid);
    if (found === undefined || found.active) return;
    this.#file.put({ ...found, active: true });
    await this.#parts.changed();
  }

  signingKey(uid: string): JwsSigningKey {
    const known = this.#keys.get(uid);
    if (known !== undefined) return known;
    const key = activeSigningKey(this.#keyFile(uid));
    this.#keys.set(uid, key);
    return key;
  }

  /** As the registry names people: accounts that sign, have signed in and are not disabled. */
  operators(tenant: string): readonly { uid: string; key: Record<string, unknown> }[] {
    return this.all().flatMap(({ uid, roles, active, disabled }) => {
      const role = roles[tenant];
      if (!active || disabled || role === undefined || !signs(role)) return [];
      const [key] = Object.values(publicJwks(this.#keyFile(uid)));
      return key === undefined ? [] : [{ uid, key: { ...key } }];
    });
  }

  issueToken(
    uid: string,
    of: { label: string; scopes: readonly Permission[]; expires: string },
  ): { readonly id: string; readonly token: string } | undefined {
    const before = this.find(uid);
    const at = this.#parts.now();
    const valid = (before?.tokens ?? []).filter(
      ({ expires }) => Date.parse(expires) > Date.parse(at),
    );
    if (before === undefined || valid.length >= ACCOUNT_TOKENS_MAX) return undefined;
    const token = TOKEN_PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
    const { label, expires } = of;
    const entry = {
      ...{ id: randomUUID(), label, expires, digest: digestOf(token) },
      ...{ scopes: [...of.scopes], created_at: at },
    };
    this.#file.put({ ...before, tokens: [...valid, entry] });
    return { id: entry.id, token };
  }

  revokeToken(uid: string, id: string): boolean {
    const before = this.find(uid);
    const tokens = before?.tokens.filter((one) => one.id !== id);
    if (before === undefined || tokens?.length === before.tokens.length) return false;
    this.#file.put({ ...before, tokens: tokens ?? [] });
    return true;
  }

  /** Whose token it is and what it may, which is never more than its account. */
  ofToken(
    token: string,
    tenant: string,
  ): { account: Account; role: Role; permissions: readonly Permission[] } | undefined {
    if (!token.startsWith(TOKEN_PREFIX)) return undefined;
    const given = Buffer.from(digestOf(token));
    const nowMs = Date.parse(this.#parts.now());
    for (const one of this.all()) {
      const role = one.roles[tenant];
      if (one.disabled || role === undefined) continue;
      const entry = one.tokens.find(({ digest }) => {
        const known = Buffer.from(digest);
        return known.length === given.length && timingSafeEqual(known, given);
      });
      if (entry === undefined || Date.parse(entry.expires) <= nowMs) continue;
      const granted = permissionsOf(role);
      const permissions = entry.scopes.filter((scope) => granted.includes(scope));
      return { account: one, role, permissions };
    }
    return undefined;
  }

  #keyFile(uid: string) {
    const service = keyName(uid);
    return loadOrCreateKeyFile(join(this.#parts.keys, `${service}.json`), {
      ...{ service, uses: ['sign'] as const, createdAt: this.#parts.now() },
    });
  }
}

const ENCODER = new TextEncoder();

export interface ActBinding {
  readonly topic: string;
  readonly audience: string;
  readonly atMs: number;
}

/** Signs what somebody did with the key of their account. */
export async function signAct(
  text: string,
  key: JwsSigningKey,
  { topic, audience, atMs }: ActBinding,
): Promise<SignedOperatorAct> {
  const iat = Math.floor(atMs / 1000);
  const signature = await signDetached(ENCODER.encode(text), key, { topic, audience, iat });
  const jwk = { ...key.publicKey.export({ format: 'jwk' }), kid: key.kid };
  const print = key.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return { text, signature, key: jwk, key_print: print };
}
