/**
 * A receiver over the embedded log in Kafka's place, to be opened before each test and closed after it: orders
 * are given as the responder gives them, and receipts are read from where it reads them. Test code.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  activeSigningKey,
  agentKey,
  type EnforcementNotice,
  HEADERS,
  loadOrCreateKeyFile,
  noticeKey,
  type Receipt,
  type RevocationCommand,
  signDetached,
  signingKeyRing,
  TOPICS,
} from '@waywarden/schemas';
import type { ConsumerOptions } from '../orders/consumer-options.ts';
import { FileStateStore } from '../orders/file-state-store.ts';
import { LogSource } from '../orders/log-source.ts';
import { RevocationConsumer } from '../orders/revocation-consumer.ts';

export const NOW = Date.parse('2026-11-24T09:00:00Z');
export const UUID = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const FACTS = { agentUid: 'agent-a', taskId: 'task-a' };
const TOPIC = TOPICS.revocationCommands.name;

export function order(sequence: number, over: Partial<RevocationCommand> = {}): RevocationCommand {
  return {
    command_id: UUID(sequence),
    containment_id: UUID(sequence),
    tenant_id: 'acme',
    sequence,
    incident_id: UUID(900),
    alert_ids: [UUID(901)],
    issued_at: '2026-11-24T09:00:00Z',
    expires_at: '2026-11-24T10:00:00Z',
    action: 'revoke_token',
    target: { level: 'task', tenant_id: 'acme', agent_uid: 'agent-a', task_id: 'task-a' },
    receivers: ['gateway'],
    audience: 'waywarden:acme',
    drain: 'cancel',
    severity: 'high',
    confidence: null,
    initiating_entity: 'policy',
    approvals: [],
    reason: 'a test',
    evidence: [],
    preconditions: { assurance_min: 'authenticated', targets_max: 1 },
    ...over,
  };
}

/** How it is signed and sent where that is not as it should be. */
export interface Wire {
  readonly by?: string;
  readonly topic?: string;
  readonly audience?: string;
  readonly key?: string;
  readonly cut?: number;
}

export class ReceiverBench {
  folder = '';
  refusals: string[] = [];
  nowMs = NOW;
  #log: LmdbLog | undefined;
  #started: RevocationConsumer | undefined;

  get log(): LmdbLog {
    if (this.#log === undefined) throw new Error('The log is open within a test only.');
    return this.#log;
  }

  async open(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), 'waywarden-consumer-'));
    this.#log = await openLmdbLog({ path: join(this.folder, 'log'), durable: false });
    const topics = [TOPICS.revocationCommands.name, TOPICS.revocationReceipts.name];
    await this.log.createTopics(topics.map((name) => ({ name, partitions: 1 })));
    this.refusals = [];
    this.nowMs = NOW;
    this.#started = undefined;
  }

  async close(): Promise<void> {
    // The consumer closes its source, and with it the log.
    if (this.#started === undefined) await this.log.close();
    else await this.#started.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async give(command: RevocationCommand, wire: Wire = {}): Promise<void> {
    const value = new TextEncoder().encode(JSON.stringify(command));
    const signingKey = activeSigningKey(this.#keys(wire.by ?? 'responder'));
    const signature = await signDetached(value, signingKey, {
      topic: wire.topic ?? TOPIC,
      audience: wire.audience ?? command.audience,
      iat: 0,
    });
    const key = wire.key ?? agentKey(command.tenant_id, command.target.agent_uid);
    const sent = wire.cut === undefined ? value : value.subarray(0, wire.cut);
    const headers = { [HEADERS.type]: 'event', [HEADERS.sig]: signature };
    await this.log.append([{ topic: TOPIC, key, value: sent, headers }]);
  }

  /** Two people have paused enforcement, or let it go on. */
  async announce(number: number, paused: boolean, by = 'responder'): Promise<void> {
    const audience = 'waywarden:acme';
    const since = '2026-11-24T09:00:00Z';
    const notice: EnforcementNotice = {
      ...{ kind: 'enforcement', tenant_id: 'acme', audience, paused, number, since },
      ...{ by: ['ana', 'ben'], reason: 'a test' },
    };
    const value = new TextEncoder().encode(JSON.stringify(notice));
    const signingKey = activeSigningKey(this.#keys(by));
    const signature = await signDetached(value, signingKey, { topic: TOPIC, audience, iat: 0 });
    const headers = { [HEADERS.type]: 'control', [HEADERS.sig]: signature };
    await this.log.append([{ topic: TOPIC, key: noticeKey('acme'), value, headers }]);
  }

  /** The one started last is stopped after the test. */
  start(over: Partial<ConsumerOptions> = {}, isPinned = true): RevocationConsumer {
    const started = new RevocationConsumer({
      source: new LogSource(this.log),
      store: new FileStateStore(join(this.folder, 'state.json')),
      receiver: 'gateway',
      tenantId: 'acme',
      signingKey: activeSigningKey(this.#keys('gateway')),
      ...(isPinned ? { commandKeys: signingKeyRing(this.#keys('responder')) } : {}),
      nowMs: () => this.nowMs,
      onRefused: (reason) => this.refusals.push(reason),
      ...over,
    });
    started.start();
    this.#started = started;
    return started;
  }

  async receipts(): Promise<readonly Receipt[]> {
    const records = await this.log.read(TOPICS.revocationReceipts.name, 0, 0, 1000);
    return records.map((one) => JSON.parse(new TextDecoder().decode(one.value ?? undefined)));
  }

  #keys(service: string) {
    const path = join(this.folder, `${service}.json`);
    return loadOrCreateKeyFile(path, { service, uses: ['sign'], createdAt: '' });
  }
}
