/**
 * Who signed in, who was refused, who changed an account: one line of JSON each, beside the data. What people do about
 * alerts stands signed in the log itself. Two files of bounded size: the older one goes when the newer is full.
 */
import { appendFileSync, existsSync, readFileSync, renameSync, statSync } from 'node:fs';

const FILE_BYTES_MAX = 8 * 1024 * 1024;
const FILE_MODE = 0o600;
const DETAIL_LENGTH_MAX = 300;
const DENIED_A_MINUTE_MAX = 60;

export const ACCESS_ACTS = [
  'signed_in',
  'sign_in_refused',
  'signed_out',
  'password_changed',
  'account_added',
  'account_changed',
  'password_reset',
  'token_issued',
  'token_revoked',
  'denied',
] as const;
export type AccessAct = (typeof ACCESS_ACTS)[number];

export interface AccessEntry {
  readonly at: string;
  readonly act: AccessAct;
  /** Who did it, or tried. */
  readonly by: string;
  /** To whom or what. */
  readonly of?: string;
  readonly from?: string;
  readonly detail?: string;
}

export class AccessLog {
  readonly #path: string;
  readonly #tenant: string;
  #bytes: number;
  #denied = { minute: '', count: 0 };

  constructor(path: string, tenant: string) {
    this.#path = path;
    this.#tenant = tenant;
    this.#bytes = existsSync(path) ? statSync(path).size : 0;
  }

  write(entry: AccessEntry): void {
    if (entry.act === 'denied' && !this.#hasRoom(entry.at)) return;
    const detail = entry.detail?.slice(0, DETAIL_LENGTH_MAX);
    const of = { ...entry, tenant: this.#tenant };
    const line = `${JSON.stringify({ ...of, ...(detail === undefined ? {} : { detail }) })}\n`;
    if (this.#bytes + line.length > FILE_BYTES_MAX) {
      renameSync(this.#path, `${this.#path}.1`);
      this.#bytes = 0;
    }
    appendFileSync(this.#path, line, { mode: FILE_MODE });
    this.#bytes += Buffer.byteLength(line);
  }

  /** Who asks without end pushes nobody out. */
  #hasRoom(at: string): boolean {
    const minute = at.slice(0, 16);
    this.#denied = this.#denied.minute === minute ? this.#denied : { minute, count: 0 };
    this.#denied.count += 1;
    return this.#denied.count <= DENIED_A_MINUTE_MAX;
  }

  /** Of this tenant, the newest first. */
  newest(limit: number): readonly AccessEntry[] {
    const lines = [`${this.#path}.1`, this.#path]
      .filter((path) => existsSync(path))
      .flatMap((path) => readFileSync(path, 'utf8').split('\n'));
    return lines
      .filter((line) => line !== '')
      .flatMap((line) => {
        try {
          return [JSON.parse(line) as AccessEntry & { readonly tenant: string }];
        } catch {
          return []; // Cut short by a full disk.
        }
      })
      .filter(({ tenant }) => tenant === this.#tenant)
      .slice(-limit)
      .toReversed();
  }
}
