/**
 * The demo's receiver: reads commands from the start, believes the responder's signatures, answers each order once.
 * No offsets: memory is rebuilt from the log.
 */
import type { EventLog, LogRecord, Reader } from '@waywarden/event-log';
import type { DenyList, ReceiptVerdict } from '@waywarden/revocation-consumer';
import {
  agentKey,
  HEADERS,
  type JwsKeyRing,
  type JwsSigningKey,
  type Receipt,
  type RevocationCommand,
  revocationCommandSchema,
  signDetached,
  TOPICS,
  verifyDetached,
} from '@waywarden/schemas';

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
const READ_RECORDS_MAX = 500;

export interface CommandReceiverOptions {
  readonly log: EventLog;
  readonly id: string;
  readonly tenantId: string;
  readonly denyList: DenyList;
  readonly commandKeys: JwsKeyRing;
  readonly signingKey: JwsSigningKey;
  readonly nowMs: () => number;
  readonly onApplied?: (command: RevocationCommand, verdict: ReceiptVerdict, atMs: number) => void;
  readonly onRefused?: (reason: string) => void;
}

const audienceOf = (tenantId: string): string => `waywarden:${tenantId}`;

export class CommandReceiver {
  readonly #options: CommandReceiverOptions;
  readonly #answered = new Set<string>();
  readonly #reader: Reader;
  #running: Promise<void> | undefined;

  private constructor(options: CommandReceiverOptions, starts: readonly number[]) {
    this.#options = options;
    this.#reader = options.log.reader({
      group: `receiver-${options.id}`,
      topics: [TOPICS.revocationCommands.name],
      startAt: (_, partition) => starts[partition] ?? 0,
    });
  }

  static async start(options: CommandReceiverOptions): Promise<CommandReceiver> {
    const starts = await options.log.startOffsets(TOPICS.revocationCommands.name);
    const receiver = new CommandReceiver(options, starts);
    await receiver.#recallReceipts();
    receiver.#running = receiver.#reader.run(async ({ records }) => {
      for (const record of records) await receiver.#take(record);
    });
    receiver.#running.catch(() => undefined);
    return receiver;
  }

  /** Then nothing is enforced. */
  get finished(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.#reader.stop();
    await this.#running?.catch(() => undefined);
  }

  async #recallReceipts(): Promise<void> {
    const { log, id } = this.#options;
    const topic = TOPICS.revocationReceipts.name;
    const starts = await log.startOffsets(topic);
    for (const [partition, start] of starts.entries()) {
      let offset = start;
      for (;;) {
        const records = await log.read(topic, partition, offset, READ_RECORDS_MAX);
        if (records.length === 0) break;
        for (const record of records) {
          offset = record.offset + 1;
          if (record.value === null) continue;
          const receipt = JSON.parse(DECODER.decode(record.value)) as Receipt;
          if (receipt.receiver === id) this.#answered.add(receipt.command_id);
        }
      }
    }
  }

  async #take(record: LogRecord): Promise<void> {
    // Orders are carried out in a pause too.
    if (record.headers[HEADERS.type] === 'control') return;
    const { tenantId, id, commandKeys, denyList, nowMs, onApplied, onRefused } = this.#options;
    const binding = { topic: record.topic, audience: audienceOf(tenantId) };
    const signature = record.headers[HEADERS.sig];
    const signed = await verifyDetached(record.value, signature, commandKeys, binding);
    if (!signed.ok) return onRefused?.(`signature_${signed.reason}`);
    const parsed = revocationCommandSchema.safeParse(
      JSON.parse(DECODER.decode(record.value ?? new Uint8Array())),
    );
    if (!parsed.success) return onRefused?.('command_invalid');
    const command = parsed.data;
    const { tenant_id: tenant, agent_uid: agent } = command.target;
    if (tenant !== tenantId || record.key !== agentKey(tenant, agent)) {
      return onRefused?.('key_mismatch');
    }
    if (!command.receivers.includes(id)) return;
    const verdict = denyList.apply(command, nowMs());
    if (this.#answered.has(command.command_id)) return;
    await this.#answer(command, verdict);
    onApplied?.(command, verdict, nowMs());
  }

  async #answer(command: RevocationCommand, { state, detail }: ReceiptVerdict): Promise<void> {
    const { log, id, signingKey, nowMs } = this.#options;
    const at = new Date(nowMs()).toISOString();
    const receipt: Receipt = {
      command_id: command.command_id,
      tenant_id: command.tenant_id,
      agent_uid: command.target.agent_uid,
      receiver: id,
      state,
      ...(state === 'applied' ? { applied_at: at } : {}),
      received_at: at,
      detail,
    };
    const value = ENCODER.encode(JSON.stringify(receipt));
    const topic = TOPICS.revocationReceipts.name;
    const signature = await signDetached(value, signingKey, {
      topic,
      iat: Math.floor(nowMs() / 1000),
    });
    const key = agentKey(receipt.tenant_id, receipt.agent_uid);
    const headers = {
      [HEADERS.type]: 'event',
      [HEADERS.producedAt]: at,
      [HEADERS.sig]: signature,
    };
    await log.append([{ topic, key, value, headers }]);
    this.#answered.add(command.command_id);
  }
}
