/** A real log and a real ClickHouse in temporary folders, and records to put into them. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import {
  type Archiver,
  type ArchiverOptions,
  clickhouseClient,
  startArchiver,
} from '@waywarden/archiver';
import { type EmbeddedClickHouse, startClickHouse } from '@waywarden/clickhouse-embedded';
import { type AppendRecord, encodeSrc } from '@waywarden/event-log';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  BINARY,
  ENDS,
  ENVIRONMENT,
  JSON_VALUES,
  RECORDS,
  STARTS,
  TOPICS_DATABASE as STORED_TOPICS,
  type StoredStart,
  type StoredTopic,
} from '@waywarden/event-log/lmdb/layout';
import { canonicalJson, HEADERS, TOPICS } from '@waywarden/schemas';
import { type Database, open } from 'lmdb';

export const TENANT = 'acme';
const ENCODER = new TextEncoder();
export const ARCHIVED = [
  TOPICS.auditEvents,
  TOPICS.alerts,
  TOPICS.decisions,
  TOPICS.revocationCommands,
  TOPICS.revocationReceipts,
  TOPICS.auditDeadletter,
];

export function uuidOf(text: string): string {
  const h = createHash('sha1').update(text).digest('hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-5${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20, 32)}`;
}

/** Nanosecond times, ten events a minute. */
export function timeOf(n: number): string {
  const ms = Date.UTC(2026, 10, 24, 9, 0, 0) + n * 6_000;
  return new Date(ms).toISOString().replace('Z', `${String(n % 1_000_000).padStart(6, '0')}Z`);
}

export function event(n: number, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    schema_version: '1.0',
    event_id: uuidOf(`event ${n}`),
    native_id: `call-${n}`,
    event_time: timeOf(n),
    event_time_quality: 'measured',
    duration_ms: 12.5 + n,
    observed_time: timeOf(n + 1),
    source: { kind: 'otlp_span', instance: 'gateway-1' },
    tenant_id: TENANT,
    activity: 'tool_call',
    phase: 'completed',
    effect: 'read',
    agent: { uid: `agent-${n % 7}`, assurance: 'attested' },
    claims: {},
    chain_id: `chain-${n % 50}`,
    tool: { name: `tool-${n % 5}`, server: 'mail' },
    capabilities: [{ symbol: n % 3 === 0 ? 'exec:code' : 'read:internal', basis: 'catalogue' }],
    args: { size: 10 * n },
    result: { size: n, trust: 'unknown' },
    fp_version: 1,
    key_id: 'k1',
    outcome: n % 11 === 0 ? 'denied' : 'success',
    ...extra,
  };
}

export function record(
  topic: string,
  value: unknown,
  options: { key?: string; src?: { offset: number; index?: number } } = {},
): AppendRecord {
  const src =
    options.src === undefined
      ? {}
      : {
          [HEADERS.src]: encodeSrc({
            topic: TOPICS.auditEvents.name,
            incarnation: 'i',
            partition: 0,
            offset: options.src.offset,
            index: options.src.index ?? 0,
          }),
        };
  return {
    topic,
    key: options.key ?? TENANT,
    value:
      typeof value === 'string' ? ENCODER.encode(value) : ENCODER.encode(JSON.stringify(value)),
    headers: { [HEADERS.type]: 'event', ...src },
  };
}

export function eventRecord(n: number, extra: Record<string, unknown> = {}): AppendRecord {
  return record(TOPICS.auditEvents.name, event(n, extra), { key: `${TENANT}|agent-${n % 7}` });
}

export function alert(n: number, revision = 1): Record<string, unknown> {
  return {
    alert_id: uuidOf(`alert ${n}`),
    revision,
    state: 'open',
    count: revision,
    incident_id: uuidOf(`incident ${n}`),
    tenant_id: TENANT,
    kind: 'hijack_suspected',
    rule_id: 'hijack-high',
    rule_version: '1',
    severity: 'high',
    confidence: 0.95,
    score: 4.25,
    evaluable: true,
    subject: { agent_uid: `agent-${n % 7}` },
    first_event_time: timeOf(n),
    last_event_time: timeOf(n),
    first_detected_at: timeOf(n),
    detected_at: timeOf(n + revision),
    title: 'An agent sends what it never sent',
    summary: 'It read a secret and sent it out.',
    reasons: [],
    evidence: [
      {
        event_id: uuidOf(`event ${n}`),
        agent_uid: `agent-${n % 7}`,
        role: 'completer',
        assurance: 'attested',
      },
    ],
    not_visible: [],
    taxonomy: {},
    policy_version: 'p1',
    detector_version: 'd1',
  };
}

export function command(n: number): Record<string, unknown> {
  return {
    command_id: uuidOf(`command ${n}`),
    containment_id: uuidOf(`containment ${n}`),
    tenant_id: TENANT,
    sequence: n + 1,
    incident_id: uuidOf(`incident ${n}`),
    alert_ids: [uuidOf(`alert ${n}`)],
    issued_at: timeOf(n),
    expires_at: timeOf(n + 600),
    action: 'revoke_token',
    target: { level: 'task', tenant_id: TENANT, agent_uid: 'agent-1', task_id: `task-${n}` },
    receivers: ['mcp-gateway'],
    audience: 'mcp-gateway',
    drain: 'cancel',
    severity: 'high',
    confidence: 0.95,
    initiating_entity: 'policy',
    approvals: [],
    reason: 'Hijack suspected.',
    evidence: [],
    preconditions: { assurance_min: 'authenticated', targets_max: 1 },
  };
}

/** A chain of decisions, each enforced by the command of its number. */
export function decisions(count: number): readonly Record<string, unknown>[] {
  const chain: Record<string, unknown>[] = [];
  let prev = '0'.repeat(64);
  for (let n = 0; n < count; n++) {
    const body = {
      decision_id: uuidOf(`decision ${n}`),
      tenant_id: TENANT,
      alert_ids: [uuidOf(`alert ${n}`)],
      alert_revision: 1,
      agent_uid: 'agent-1',
      rule_id: 'hijack-high',
      mode: 'enforce',
      would_be_command: command(n),
      withheld_reason: null,
      policy_version: 'p1',
      decided_at: timeOf(n),
      seq: n + 1,
      prev_hash: prev,
    };
    prev = createHash('sha256').update(canonicalJson(body)).digest('hex');
    chain.push({ ...body, hash: prev });
  }
  return chain;
}

interface WorldNames {
  readonly database: string;
  readonly logPath: string;
}

/** The databases of a closed log, to be harmed. */
export interface HarmedLog {
  readonly records: Database<Buffer, Buffer>;
  readonly ends: Database<number, string>;
  readonly starts: Database<StoredStart, string>;
  /** Of the topic asked for. */
  readonly id: number;
}

export class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'waywarden-archiver-'));
  readonly database: string;
  readonly logPath: string;
  readonly clickhouse: EmbeddedClickHouse;
  readonly client: ClickHouseClient;
  log: LmdbLog;

  private constructor(clickhouse: EmbeddedClickHouse, log: LmdbLog, names: WorldNames) {
    const { database } = names;
    this.clickhouse = clickhouse;
    this.log = log;
    this.logPath = names.logPath;
    this.database = database;
    this.client = clickhouseClient({ url: clickhouse.url, database });
  }

  /** `nowMs`: the clock by which records grow old. */
  static async open(
    clickhouse: EmbeddedClickHouse,
    database: string,
    nowMs = () => Date.UTC(2026, 10, 24, 12),
  ): Promise<World> {
    const path = join(mkdtempSync(join(tmpdir(), 'waywarden-archiver-log-')), 'log');
    const log = await openLmdbLog({ path, durable: false, nowMs });
    await log.createTopics(ARCHIVED.map((topic) => ({ name: topic.name, partitions: 2 })));
    return new World(clickhouse, log, { database, logPath: path });
  }

  async archiver(options: Partial<ArchiverOptions> = {}): Promise<Archiver> {
    const archiver = await startArchiver({
      log: this.log,
      clickhouse: { url: this.clickhouse.url, database: this.database },
      stateDir: join(this.folder, 'state'),
      now: () => Date.UTC(2026, 10, 24, 12),
      ...options,
    });
    // The engine removes rows by the system's clock: those of a fixed day would be gone some day.
    if (options.now !== Date.now) await this.#keepRows();
    return archiver;
  }

  async #keepRows(): Promise<void> {
    for (const table of ['audit_events_v1', 'dead_letters_v1']) {
      await this.client.command({ query: `SYSTEM STOP TTL MERGES ${table}` });
    }
  }

  async select<T>(query: string): Promise<readonly T[]> {
    const result = await this.client.query({ query, format: 'JSONEachRow' });
    return result.json<T>();
  }

  async count(table: string, final = true): Promise<number> {
    const [row] = await this.select<{ n: string | number }>(
      `SELECT count() AS n FROM ${table} ${final ? 'FINAL' : ''}`,
    );
    return Number(row?.n);
  }

  /** Closes the log, lets `harm` change its files, and opens it read-only. */
  async harmLog(topic: string, harm: (log: HarmedLog) => Promise<void>): Promise<void> {
    await this.log.close();
    const root = open({ path: this.logPath, ...ENVIRONMENT });
    const topics = root.openDB<StoredTopic, string>({ name: STORED_TOPICS, ...JSON_VALUES });
    await harm({
      records: root.openDB<Buffer, Buffer>({ name: RECORDS, ...BINARY }),
      ends: root.openDB<number, string>({ name: ENDS, ...JSON_VALUES }),
      starts: root.openDB<StoredStart, string>({ name: STARTS, ...JSON_VALUES }),
      id: topics.get(topic)?.id ?? -1,
    });
    await root.close();
    this.log = await openLmdbLog({ path: this.logPath, readOnly: true });
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.log.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function startStore(): Promise<EmbeddedClickHouse> {
  return startClickHouse({ path: mkdtempSync(join(tmpdir(), 'waywarden-archiver-ch-')) });
}
