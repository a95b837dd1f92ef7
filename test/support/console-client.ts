/** Who works in a console by its API: signed in, with the session's cookie and token. */
import { readFileSync } from 'node:fs';

const PASSWORD = 'a better password one';

export class ConsoleClient {
  readonly #url: string;
  #headers: Record<string, string> = {};

  constructor(url: string) {
    this.#url = url;
  }

  // biome-ignore lint/suspicious/noExplicitAny: an answer of any route
  async ask(method: string, path: string, body?: object): Promise<{ status: number; body: any }> {
    const json: Record<string, string> =
      body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await fetch(`${this.#url}${path}`, {
      ...{ method, headers: { ...this.#headers, ...json } },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const [cookie] = answer.headers.getSetCookie();
    if (cookie !== undefined) this.#headers['cookie'] = cookie.split(';')[0] ?? '';
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  async signIn(uid: string, password = PASSWORD): Promise<void> {
    const { status } = await this.ask('POST', '/v1/session', { uid, password });
    if (status !== 204) throw new Error(`Signing in as ${uid}: ${status}`);
    await this.#token();
  }

  /** With the password of the first start, which is changed. */
  async firstSignIn(passwordFile: string): Promise<void> {
    const current = readFileSync(passwordFile, 'utf8').trim();
    await this.signIn('admin', current);
    await this.ask('POST', '/v1/session/password', { current, next: PASSWORD });
    await this.#token();
  }

  async #token(): Promise<void> {
    this.#headers['x-csrf-token'] = (await this.ask('GET', '/v1/session')).body.csrf;
  }
}
