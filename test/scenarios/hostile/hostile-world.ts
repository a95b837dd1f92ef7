/**
 * A real ingest over real HTTP with an embedded log, for the table of hostile inputs: cases send, and
 * what they were answered is rendered as the table writes it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventLog, EventLogError } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  type IngestOptions,
  issueToken,
  type NewToken,
  openDeadLetter,
  type RunningIngest,
  startIngest,
} from '@waywarden/ingest';
import {
  type AuditEvent,
  loadOrCreateKeyFile,
  TOPICS,
  tenantFingerprintKey,
} from '@waywarden/schemas';
import { pino } from 'pino';

export const NOW = '2026-11-24T09:00:00.000Z';

export interface Letter {
  readonly headers: Readonly<Record<string, string>>;
  /** The clear body; undefined when none is kept or another tenant's key is needed. */
  readonly body: Buffer | undefined;
}

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly json: Readonly<Record<string, unknown>>;
}

/** As the table writes it: `202 accepted=1 dead_lettered=1 not_json@2`, `400 not_json line=1`. */
function rendered({ status, json }: Answer): string {
  if (typeof json['error'] === 'string') {
    const place = ['line', 'field'].flatMap((name) =>
      json[name] === undefined ? [] : [`${name}=${json[name]}`],
    );
    return [status, json['error'], ...place].join(' ');
  }
  const counts = ['accepted', 'duplicates', 'dead_lettered'].flatMap((name) =>
    json[name] === 0 ? [] : [`${name}=${json[name]}`],
  );
  const errors = json['errors'] as readonly { code: string; line: number; field: string }[];
  const aside = errors.map(
    ({ code, line, field }) => `${code}@${line}${field === '' ? '' : `:${field}`}`,
  );
  return [status, ...counts, ...aside].join(' ');
}

function parseAnswers(text: string): readonly Answer[] {
  const answers: Answer[] = [];
  let rest = text;
  while (rest.startsWith('HTTP/1.1 ')) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) break;
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = new Map(
      lines.map((line) => {
        const at = line.indexOf(':');
        return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
      }),
    );
    const length = Number(headers.get('content-length') ?? 0);
    // The rest of it is still on its way.
    if (rest.length < end + 4 + length) break;
    const body = rest.slice(end + 4, end + 4 + length);
    rest = rest.slice(end + 4 + length);
    const status = Number(statusLine.split(' ')[1]);
    if (status >= 200) answers.push({ status, headers, json: JSON.parse(body || '{}') });
  }
  return answers;
}

/** What one raw connection said until it closed, or until `count` answers were there. */
export class RawConnection {
  readonly #socket: Socket;
  #text = '';
  #closed = false;
  #changed: () => void = () => undefined;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk) => {
      this.#text += chunk.toString('latin1');
      this.#changed();
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.#closed = true;
      this.#changed();
    });
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Ends without a word, as a sender does whose cable was pulled. */
  cut(): void {
    this.#socket.destroy();
  }

  async #until(done: () => boolean): Promise<void> {
    while (!done()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  async answers(count: number): Promise<readonly Answer[]> {
    await this.#until(() => this.#closed || parseAnswers(this.#text).length >= count);
    return parseAnswers(this.#text);
  }

  /** Until it said this; TypeError when it closes without. */
  async said(text: string): Promise<void> {
    await this.#until(() => this.#closed || this.#text.includes(text));
    if (!this.#text.includes(text)) throw new TypeError(`closed without "${text}"`);
  }

  closed(): Promise<void> {
    return this.#until(() => this.#closed);
  }
}

export type WorldOptions = Partial<
  Pick<IngestOptions, 'bodiesMax' | 'bytesMax' | 'connectionsMax' | 'times' | 'appendMsMax'>
>;

type LogMode = 'well' | 'refusing' | 'hanging';

export class HostileWorld {
  readonly #folder: string;
  readonly #log: EventLog;
  #ingest: RunningIngest | undefined;
  readonly token: string;
  nowMs = Date.parse(NOW);
  mode: LogMode = 'well';
  /** Ends every append that hangs. */
  release: () => void = () => undefined;
  answers: string[] = [];
  last: Answer | undefined;
  name = '';
  #start = new Map<string, readonly number[]>();

  private constructor(folder: string, log: EventLog, token: string) {
    this.#folder = folder;
    this.#log = log;
    this.token = token;
  }

  get ingest(): RunningIngest {
    if (this.#ingest === undefined) throw new Error('ingest has not started');
    return this.#ingest;
  }

  static async open(options: WorldOptions = {}): Promise<HostileWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'ww-hostile-'));
    const log = await openLmdbLog({ path: join(folder, 'log'), durable: false });
    await log.createTopics([
      { name: TOPICS.auditEvents.name, partitions: 2 },
      { name: TOPICS.auditDeadletter.name, partitions: 1 },
    ]);
    const source = { kind: 'sdk', instance: 's-1' };
    const grant = { id: 'one', tenant: 'acme', source, assurance: 'authenticated' } as const;
    const token = issueToken(join(folder, 'tokens.json'), grant);
    const world = new HostileWorld(folder, log, token);
    world.#ingest = await startIngest({
      log: world.#faultyLog(),
      keyFile: world.keyFile(),
      tokensPath: join(folder, 'tokens.json'),
      logger: pino({ level: 'silent' }),
      nowMs: () => world.nowMs,
      ...options,
    });
    return world;
  }

  #faultyLog(): EventLog {
    return new Proxy(this.#log, {
      get: (target, name) => {
        if (name === 'append' && this.mode === 'refusing') {
          return () => Promise.reject(new EventLogError('unavailable', 'no', { retryable: true }));
        }
        if (name === 'append' && this.mode === 'hanging') {
          return async (records: Parameters<EventLog['append']>[0]) => {
            const before = this.release;
            await new Promise<void>((resolve) => {
              this.release = () => {
                before();
                resolve();
              };
            });
            return target.append(records);
          };
        }
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  }

  keyFile() {
    return loadOrCreateKeyFile(join(this.#folder, 'ingest.json'), {
      service: 'ingest',
      uses: ['fingerprint'],
      createdAt: NOW,
    });
  }

  get tokensPath(): string {
    return join(this.#folder, 'tokens.json');
  }

  get port(): number {
    return Number(new URL(this.ingest.url).port);
  }

  async close(): Promise<void> {
    await this.ingest.close();
    await this.#log.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A case begins: answers and records from here on are its own. */
  async begin(name: string): Promise<void> {
    this.name = name;
    this.answers = [];
    for (const topic of [TOPICS.auditEvents.name, TOPICS.auditDeadletter.name]) {
      this.#start.set(topic, await this.#log.endOffsets(topic));
    }
  }

  /** Another token; ingest sees it at the next look. */
  grant(set: Partial<NewToken>): string {
    const source = { kind: 'sdk', instance: 's-1' };
    const entry = { tenant: 'acme', source, assurance: 'authenticated', ...set } as const;
    const token = issueToken(this.tokensPath, { id: this.name, ...entry });
    this.nowMs += 500;
    return token;
  }

  good(set: object = {}): Record<string, unknown> {
    return {
      native_id: `${this.name}-${this.answers.length}`,
      event_time: '2026-11-24T08:59:59Z',
      activity: 'tool_call',
      agent: { uid: `agent/${this.name}` },
      tool: { name: 'send_email' },
      outcome: 'success',
      ...set,
    };
  }

  goodLine(set: object = {}): string {
    return JSON.stringify(this.good(set));
  }

  async post(
    body: string | Uint8Array,
    headers: Readonly<Record<string, string | undefined>> = {},
    path = '/v1/events',
    method = 'POST',
  ): Promise<Answer> {
    const all: Record<string, string | undefined> = {
      'content-type': 'application/x-ndjson',
      authorization: `Bearer ${this.token}`,
      ...headers,
    };
    const sent = Object.entries(all).filter((one): one is [string, string] => one[1] !== undefined);
    const response = await fetch(`${this.ingest.url}${path}`, {
      method,
      headers: sent,
      ...(method === 'GET' ? {} : { body: typeof body === 'string' ? Buffer.from(body) : body }),
    });
    const json = (await response.json()) as Record<string, unknown>;
    return this.note({ status: response.status, headers: new Map(response.headers), json });
  }

  note(answer: Answer): Answer {
    this.answers.push(rendered(answer));
    this.last = answer;
    return answer;
  }

  json(body: string | Uint8Array, type = 'application/json'): Promise<Answer> {
    return this.post(body, { 'content-type': type });
  }

  raw(): RawConnection {
    return new RawConnection(this.port);
  }

  /** A whole request for a raw connection. */
  request(body: string, headers: readonly string[] = []): string {
    return [
      'POST /v1/events HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${this.token}`,
      'Content-Type: application/x-ndjson',
      ...(headers.length > 0 ? headers : [`Content-Length: ${Buffer.byteLength(body)}`]),
      '',
      body,
    ].join('\r\n');
  }

  async #records(topic: string) {
    const starts = this.#start.get(topic) ?? [];
    const reads = starts.map((start, p) => this.#log.read(topic, p, start, 20_000));
    return (await Promise.all(reads)).flat();
  }

  async events(): Promise<readonly AuditEvent[]> {
    const records = await this.#records(TOPICS.auditEvents.name);
    return records.map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()));
  }

  async event(): Promise<AuditEvent> {
    const [event] = await this.events();
    if (event === undefined) throw new Error('no event was written');
    return event;
  }

  async letters(tenant = 'acme'): Promise<readonly Letter[]> {
    const key = tenantFingerprintKey(this.keyFile(), tenant);
    const records = await this.#records(TOPICS.auditDeadletter.name);
    return records.map(({ value, headers }) => {
      const opened = value === null ? undefined : openDeadLetter(key, value);
      return { headers, body: opened === undefined ? undefined : Buffer.from(opened) };
    });
  }

  /** How much the case left in the log. */
  async written(): Promise<number> {
    return (await this.events()).length + (await this.letters()).length;
  }
}

export type HostileCase = (world: HostileWorld) => Promise<unknown>;
export type HostileCases = Readonly<Record<string, HostileCase>>;
