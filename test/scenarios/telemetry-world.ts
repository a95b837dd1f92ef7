/** A running ingest on loopback with an embedded log, and what clients of several kinds send to it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventLog, EventLogError } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { type IngestOptions, issueToken, type RunningIngest, startIngest } from '@waywarden/ingest';
import { type AuditEvent, loadOrCreateKeyFile, TOPICS } from '@waywarden/schemas';
import { pino } from 'pino';

/** Nothing is over by the clock: tests say when calls are concluded. */
const NEVER_MS = 3_600_000;
export const BODY_BYTES_MAX = 1024 * 1024;

export class TelemetryWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'ww-telemetry-'));
  readonly #running: RunningIngest[] = [];
  #log: EventLog | undefined;
  token = '';
  /** Set to make the next appends fail as a broker would. */
  isFailing = false;

  get log(): EventLog {
    if (this.#log === undefined) throw new Error('The world is not open.');
    return this.#log;
  }

  async open(): Promise<void> {
    const opened = await openLmdbLog({ path: join(this.folder, 'log'), durable: false });
    await opened.createTopics([
      { name: TOPICS.auditEvents.name, partitions: 2 },
      { name: TOPICS.auditDeadletter.name, partitions: 1 },
      { name: TOPICS.telemetry.name, partitions: 2 },
    ]);
    this.#log = new Proxy(opened, {
      get: (target, name) => {
        if (name === 'append' && this.isFailing) {
          return () => Promise.reject(new EventLogError('unavailable', 'no', { retryable: true }));
        }
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    this.token = this.grant('one', 'laptop');
  }

  grant(
    id: string,
    instance: string,
    assurance: 'authenticated' | 'asserted' = 'authenticated',
  ): string {
    const source = { kind: 'otel', instance };
    return issueToken(join(this.folder, 'tokens.json'), {
      id,
      tenant: 'acme',
      source,
      assurance,
    });
  }

  async start(set: Partial<IngestOptions> = {}): Promise<RunningIngest> {
    const ingest = await startIngest({
      log: this.log,
      tokensPath: join(this.folder, 'tokens.json'),
      keyFile: loadOrCreateKeyFile(join(this.folder, 'ingest.json'), {
        service: 'ingest',
        uses: ['fingerprint'],
        createdAt: '2026-11-24T09:00:00.000Z',
      }),
      logger: pino({ level: 'silent' }),
      bodyBytesMax: BODY_BYTES_MAX,
      join: { quietMs: NEVER_MS, waitMsMax: NEVER_MS },
      ...set,
    });
    this.#running.push(ingest);
    return ingest;
  }

  async records(topic: string) {
    const ends = await this.log.endOffsets(topic);
    const parts = await Promise.all(ends.map((_, p) => this.log.read(topic, p, 0, 1_000)));
    return parts.flat();
  }

  async events(): Promise<readonly AuditEvent[]> {
    const records = await this.records(TOPICS.auditEvents.name);
    return records.map(
      ({ value }) => JSON.parse(Buffer.from(value ?? []).toString('utf8')) as AuditEvent,
    );
  }

  async close(): Promise<void> {
    this.isFailing = false;
    for (const one of this.#running) await one.close();
    await this.#log?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });

/** One span of a tool call in OTel's GenAI convention. */
export function toolSpan(set: { readonly callId?: string; readonly args?: string } = {}): object {
  const nanos = `${Date.now()}000000`;
  return {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: (set.callId ?? 'a1')
      .padStart(16, '0')
      .replace(/[^0-9a-f]/g, 'a')
      .slice(-16),
    name: 'execute_tool send_email',
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes: [
      attribute('gen_ai.operation.name', 'execute_tool'),
      attribute('gen_ai.tool.name', 'send_email'),
      attribute('gen_ai.tool.call.id', set.callId ?? 'call-1'),
      attribute('gen_ai.agent.name', 'mailer'),
      attribute('gen_ai.conversation.id', 'talk-1'),
      attribute('gen_ai.tool.call.arguments', set.args ?? '{"to":"bob@acme.example"}'),
    ],
  };
}

export const traces = (...spans: readonly object[]): string =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: 'x' }, spans }] }] });
