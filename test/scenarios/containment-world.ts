/**
 * The responder over an embedded log, beside an enforcement point that answers what it is told to:
 * for scenarios of what becomes of an order. Alerts, events and receipts are appended as their real
 * writers do, sealed and signed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppendRecord, LogRecord } from '@waywarden/event-log';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  audienceOf,
  publishPolicy,
  publishRegistry,
  type RecordedDecision,
  type Responder,
  type ResponderOptions,
  startResponder,
  takeSignedAct,
} from '@waywarden/responder';
import {
  ACT_TOPIC,
  type Alert,
  type AuditEvent,
  activeMacKey,
  activeSigningKey,
  agentKey,
  alertKey,
  auditEventSchema,
  HEADERS,
  loadOrCreateKeyFile,
  macHeaders,
  macKeyRing,
  type OperatorAct,
  policySchema,
  publicJwks,
  type Receipt,
  type RevocationCommand,
  registrySchema,
  signDetached,
  signingKeyRing,
  TOPICS,
} from '@waywarden/schemas';
import { at, RULE, TENANT, uuid } from '../../services/responder/src/testing/response-fixtures.ts';

const PARTITIONS = 2;
const WALL_START_MS = Date.parse('2026-11-24T12:00:00Z');
const wallClock = () => new Date(WALL_START_MS).toISOString();
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

export function contentOf<T>(record: LogRecord): T {
  return JSON.parse(new TextDecoder().decode(record.value ?? undefined)) as T;
}

/** Of registry and policy, what a test is about. */
export interface Published {
  readonly agents?: readonly object[];
  readonly operators?: readonly object[];
  readonly rules?: readonly object[];
  readonly limits?: object;
  readonly task_end?: object;
}

export class ContainmentWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'waywarden-containment-'));
  readonly #log: LmdbLog;
  #responder: Responder | undefined;
  #running: Promise<void> | undefined;
  #offset = 0;
  #wallMs = WALL_START_MS;

  private constructor(log: LmdbLog) {
    this.#log = log;
  }

  static async open(): Promise<ContainmentWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'waywarden-log-'));
    const log = await openLmdbLog({ path: join(folder, 'log'), durable: false });
    await log.createTopics(
      Object.values(TOPICS).map((topic) => ({
        name: topic.name,
        partitions: 'singlePartition' in topic ? 1 : PARTITIONS,
      })),
    );
    return new ContainmentWorld(log);
  }

  get log(): LmdbLog {
    return this.#log;
  }

  get responder(): Responder {
    if (this.#responder === undefined) throw new Error('The responder is not running.');
    return this.#responder;
  }

  keyFile(service: string) {
    return loadOrCreateKeyFile(join(this.folder, `${service}.json`), {
      service,
      uses: ['mac', 'sign'],
      createdAt: wallClock(),
    });
  }

  async start(
    over: Partial<Pick<ResponderOptions, 'events' | 'failpoint' | 'log'>> = {},
  ): Promise<void> {
    const own = this.keyFile('responder');
    this.#responder = await startResponder({
      log: this.#log,
      stateDir: join(this.folder, 'state'),
      keys: {
        signingKey: activeSigningKey(own),
        macKey: activeMacKey(own),
        macKeys: macKeyRing(own),
        alertKeys: macKeyRing(this.keyFile('detector')),
        registryKeys: signingKeyRing(own),
      },
      wallClock: () => this.#now(),
      ...over,
    });
    this.#running = this.#responder.run();
    this.#running.catch(() => undefined);
  }

  /** Alerts, and ends when the orders that follow stand in the log and the responder's state does not know of them. */
  async crashAfterOrders(alert: Alert): Promise<readonly RevocationCommand[]> {
    // Rules are decided first, and are no order.
    let isArmed = false;
    const failpoint = (name: string) => {
      if (isArmed && name === 'responder-response.append.after') throw new Error('crash');
    };
    await this.start({ failpoint });
    await this.settle();
    isArmed = true;
    await this.alert(alert);
    const went = await this.settle().then(
      () => 'on',
      () => 'down',
    );
    if (went === 'on') throw new Error('The responder went on.');
    await this.stop().catch(() => undefined);
    return this.commands();
  }

  async stop(): Promise<void> {
    await this.#responder?.stop();
    await this.#running;
    this.#responder = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#log.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Registry and policy; receivers are named by whose key file signs for them. */
  async publish(
    receivers: readonly {
      readonly id: string;
      readonly issuer?: boolean;
      readonly rate_per_second?: number;
    }[],
    rule: Readonly<Record<string, unknown>> = {},
    { agents, rules, limits, task_end, ...rest }: Published = {},
  ): Promise<void> {
    const by = {
      log: this.#log,
      signingKey: activeSigningKey(this.keyFile('responder')),
      wallClock,
    };
    const registered = receivers.map((one) => {
      const [key] = Object.values(publicJwks(this.keyFile(one.id)));
      return { kind: 'http', ...one, key };
    });
    const known = agents ?? [{ uid: 'agent-a', class: 'autonomous' }];
    const registry = { version: 1, receivers: registered, agents: known, ...rest };
    await publishRegistry(by, TENANT, registrySchema.parse(registry));
    const policy = {
      version: 1,
      limits: { subjects: 1000, fleet_share: 1, ...limits },
      rules: rules ?? [{ ...RULE, ...rule }],
      task_end,
    };
    await publishPolicy(by, TENANT, policySchema.parse(policy));
  }

  async alert(alert: Alert): Promise<void> {
    const headers = { [HEADERS.type]: 'event', [HEADERS.src]: `steps/1/0/${this.#offset++}/0` };
    const key = alertKey(alert.tenant_id, alert.alert_id);
    const bare = { topic: TOPICS.alerts.name, key, value: encode(alert), headers };
    const sealed = macHeaders(bare, activeMacKey(this.keyFile('detector')));
    await this.#log.append([{ ...bare, headers: { ...headers, ...sealed } }]);
  }

  /** An event of `agent`, as ingest would have written it. */
  async event(agent: string, ms: number, over: Partial<AuditEvent> = {}): Promise<AuditEvent> {
    const event = auditEventSchema.parse({
      schema_version: '1.0',
      event_id: uuid(`${agent} ${ms}`),
      native_id: `${agent}-${ms}`,
      event_time: at(ms),
      event_time_quality: 'measured',
      observed_time: at(ms),
      source: { kind: 'ndjson', instance: 'gateway-1' },
      tenant_id: TENANT,
      activity: 'tool_call',
      phase: 'completed',
      effect: 'read',
      agent: { uid: agent, assurance: 'authenticated', uid_source: 'token' },
      claims: Object.fromEntries(
        [
          'task',
          'workflow',
          'principal',
          'delegation',
          'trace',
          'conversation',
          'approval',
          'outcome',
          'class',
        ].map((claim) => [claim, 'authenticated']),
      ),
      task: { id: agent.replace('agent', 'task') },
      tool: { name: 'send', server: 'mail' },
      capabilities: [],
      chain_id: 'chain',
      fp_version: 1,
      key_id: 'k1',
      outcome: 'success',
      ...over,
    });
    const headers = { [HEADERS.type]: 'event' };
    const key = agentKey(TENANT, agent);
    await this.#log.append([
      { topic: TOPICS.auditEvents.name, key, value: encode(event), headers },
    ]);
    return event;
  }

  /** Time passes in the partitions of events, and nowhere else: whoever needs it reads it there. */
  async time(ms: number): Promise<void> {
    await this.responder.sequencer.advance(at(ms));
  }

  /** The clock on the wall goes on, and silent receivers are noticed. */
  async wall(ms: number): Promise<void> {
    await this.settle();
    this.#wallMs = WALL_START_MS + ms;
    await this.responder.receipts.check();
    await this.settle();
  }

  /** What a person orders by hand, signed with the key of `signer`; why it was refused, if it was. */
  async act(
    act: OperatorAct['act'],
    by: string,
    {
      signer = by,
      at: time = this.#now(),
      ...of
    }: {
      readonly signer?: string;
      readonly at?: string;
    } & Pick<OperatorAct, 'order_id' | 'decision_id' | 'action' | 'target'> = {},
  ): Promise<string | undefined> {
    const given = { act_id: uuid(`${act} ${by} ${signer} ${time}`), tenant_id: TENANT, act, by };
    const text = JSON.stringify({ ...given, ...of, at: time, reason: 'A fault in the gateway.' });
    const signature = await signDetached(
      new TextEncoder().encode(text),
      activeSigningKey(this.keyFile(signer)),
      { topic: ACT_TOPIC, audience: audienceOf(TENANT), iat: 0 },
    );
    const keys = this.responder.receiverKeys;
    const desk = { log: this.#log, keys, wallClock: () => this.#now() };
    return takeSignedAct(desk, { act: text, signature });
  }

  operator(uid: string) {
    const [key] = Object.values(publicJwks(this.keyFile(uid)));
    return { uid, key };
  }

  #now(): string {
    return new Date(this.#wallMs).toISOString();
  }

  async receipt(
    command: RevocationCommand,
    receiver: string,
    over: Partial<Receipt> = {},
  ): Promise<AppendRecord> {
    const receipt: Receipt = {
      command_id: command.command_id,
      tenant_id: command.tenant_id,
      agent_uid: command.target.agent_uid,
      receiver,
      state: 'applied',
      applied_at: at(1000),
      ...over,
    };
    const topic = TOPICS.revocationReceipts.name;
    const value = encode(receipt);
    const key = activeSigningKey(this.keyFile(receiver));
    const sig = await signDetached(value, key, { topic, iat: 0 });
    const headers = { [HEADERS.type]: 'event', [HEADERS.sig]: sig };
    const record = { topic, key: agentKey(TENANT, receipt.agent_uid), value, headers };
    await this.#log.append([record]);
    return record;
  }

  async all(topic: string, type = 'event'): Promise<readonly LogRecord[]> {
    const starts = await this.#log.startOffsets(topic);
    const each = await Promise.all(starts.map((start, p) => this.#partition(topic, p, start)));
    return each.flat().filter((record) => (record.headers[HEADERS.type] ?? 'event') === type);
  }

  /** Piece by piece: the log gives no more at once than fits into a batch. */
  async #partition(topic: string, partition: number, start: number): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for (;;) {
      const offset = (records.at(-1)?.offset ?? start - 1) + 1;
      const piece = await this.#log.read(topic, partition, offset, 9999);
      if (piece.length === 0) return records;
      records.push(...piece);
    }
  }

  async commands(): Promise<readonly RevocationCommand[]> {
    const records = await this.all(TOPICS.revocationCommands.name);
    const all = records.map((record) => contentOf<RevocationCommand>(record));
    return all.toSorted((a, b) => a.sequence - b.sequence);
  }

  async decisions(): Promise<readonly RecordedDecision[]> {
    const records = await this.all(TOPICS.decisions.name);
    const all = records.map((record) => contentOf<RecordedDecision>(record));
    return all.toSorted((a, b) => a.seq - b.seq);
  }

  async command(action: string): Promise<RevocationCommand> {
    const found = (await this.commands()).find((one) => one.action === action);
    if (found === undefined) throw new Error(`No ${action} was commanded.`);
    return found;
  }

  async leaks(): Promise<readonly Alert[]> {
    const alerts = (await this.all(TOPICS.alerts.name)).map((record) => contentOf<Alert>(record));
    return alerts.filter((alert) => alert.kind === 'containment_leak');
  }

  /** Waits until all that the log holds now is decided; twice, as alerts may follow from it. */
  async settle(): Promise<void> {
    const { intake, rules, watch, response } = this.responder;
    const reads: [typeof intake, string][] = [
      [rules, TOPICS.registry.name],
      [intake, TOPICS.alerts.name],
      [intake, TOPICS.revocationReceipts.name],
      [watch, TOPICS.auditEvents.name],
      [response, TOPICS.responseJournal.name],
    ];
    for (const [stage, topic] of [...reads, ...reads]) {
      const reached = stage.caughtUp(topic, await this.#log.endOffsets(topic));
      const failed = (this.#running ?? Promise.resolve()).then(() => {
        throw new Error('The responder stopped.');
      });
      await Promise.race([reached, failed]);
    }
  }

  async state(command: RevocationCommand, ms = 3000): Promise<string> {
    await this.settle();
    const nowMs = Date.parse(at(ms));
    return this.responder.containments.of(command.command_id, nowMs)?.state ?? 'forgotten';
  }
}
