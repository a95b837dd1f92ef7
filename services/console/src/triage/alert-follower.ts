/**
 * Keeps the board of alerts true: follows the topics of alerts and triage from their beginning, and looks up tool and
 * workflow of each alert's calls in the store, in batches. Without a store lists lack those two fields.
 */
import type { EventLog, LogRecord, Reader } from '@waywarden/event-log';
import {
  type Alert,
  HEADERS,
  type MacKeyRing,
  TOPICS,
  triageRecordSchema,
  verifyMac,
} from '@waywarden/schemas';
import { TriageBoard } from '../core/triage/triage-board.ts';
import type { StorePort } from '../store/console-store.ts';

const DECODER = new TextDecoder();
const BATCH_ALERTS_MAX = 100;
const LOOK_EVERY_MS = 1_000;
/** After a start. */
const BACKLOG_EVERY_MS = 100;
/** What is not stored by then never was: its calls are older than the store keeps. */
const TRIES_MAX = 8;
const WAITING_MAX = 200_000;
const TOOLS_MAX = 8;
const SHOWN_MS_MAX = 10_000;

const WORK = `SELECT toString(event_id) AS id, workflow,
  if(tool_name = '', '', if(tool_server = '', tool_name, concat(tool_server, '/', tool_name))) AS tool
FROM audit_events_v1 WHERE tenant_id = {tenant:String} AND event_id IN {ids:Array(UUID)} LIMIT 2000`;

interface WorkRow {
  readonly id: string;
  readonly workflow: string;
  readonly tool: string;
}

export interface FollowerParts {
  readonly log: EventLog;
  readonly tenant: string;
  readonly store: StorePort;
  /** Of its own where several consoles share a log: each must see all. */
  readonly group?: string | undefined;
  /** Who may write alerts, and who writes down what people did. */
  readonly rings: { readonly alerts: MacKeyRing; readonly triage: MacKeyRing };
  readonly onProblem: (message: string) => void;
}

export class AlertFollower {
  readonly board = new TriageBoard();
  readonly #parts: FollowerParts;
  readonly #lookUp = new Map<string, number>();
  readonly #waiting = new Map<string, () => void>();
  #reader: Reader | undefined;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ends = new Map<string, number>();
  #refused = 0;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /** False while what stood in the log at the start is still being read. */
  get isComplete(): boolean {
    return this.#ends.size === 0;
  }

  /** Records that nobody who may write them wrote. */
  get refused(): number {
    return this.#refused;
  }

  async start(): Promise<void> {
    const { log, onProblem } = this.#parts;
    const topics = [TOPICS.alerts.name, TOPICS.triage.name];
    const starts = new Map<string, readonly number[]>();
    for (const topic of topics) {
      const first = await log.startOffsets(topic);
      starts.set(topic, first);
      for (const [partition, end] of (await log.endOffsets(topic)).entries()) {
        if (end > (first[partition] ?? 0)) this.#ends.set(`${topic}/${partition}`, end);
      }
    }
    this.#reader = log.reader({
      group: this.#parts.group ?? 'console-alerts',
      topics,
      startAt: ({ name }, partition) => starts.get(name)?.[partition] ?? 0,
    });
    this.#running = this.#reader.run(async ({ topic, partition, records }) => {
      for (const record of records) this.#take(record);
      const last = records.at(-1)?.offset ?? 0;
      const end = this.#ends.get(`${topic}/${partition}`);
      if (end !== undefined && last + 1 >= end) this.#ends.delete(`${topic}/${partition}`);
    });
    this.#running.catch((error: unknown) =>
      onProblem(`The list of alerts no longer follows the log: ${String(error)}`),
    );
  }

  /** Resolves once the act stands on the board; false when that takes unusually long. */
  acted(actId: string): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isShown: boolean) => {
        clearTimeout(late);
        this.#waiting.delete(actId);
        resolve(isShown);
      };
      const late = setTimeout(() => end(false), SHOWN_MS_MAX);
      this.#waiting.set(actId, () => end(true));
    });
  }

  /** Rejects when the lists no longer follow the log; resolves when stopped. */
  get running(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#reader?.stop();
    await this.#running?.catch(() => undefined);
  }

  #take(record: LogRecord): void {
    const { topic, value, headers } = record;
    if (value === null || headers[HEADERS.type] !== 'event') return;
    const isAlert = topic === TOPICS.alerts.name;
    const { alerts, triage } = this.#parts.rings;
    if (verifyMac(record, isAlert ? alerts : triage) !== 'ok') {
      this.#refused += 1;
      return;
    }
    // One record that can't be read must not blind the list for all that follow.
    try {
      const parsed: unknown = record.decoded ?? JSON.parse(DECODER.decode(value));
      if (isAlert) this.#takeAlert(parsed as Alert, record);
      else this.#takeAct(parsed);
    } catch (error) {
      this.#refused += 1;
      this.#parts.onProblem(`A record of ${topic} can't be listed: ${String(error)}`);
    }
  }

  #takeAlert(alert: Alert, { partition, offset }: LogRecord): void {
    if (alert.tenant_id !== this.#parts.tenant) return;
    const row = this.board.takeAlert(alert, { partition, offset });
    if (row.evidenceIds.length === 0 || this.board.entry(row.id)?.work !== undefined) return;
    if (this.#lookUp.size < WAITING_MAX) this.#lookUp.set(row.id, 0);
    this.#lookSoon();
  }

  #takeAct(value: unknown): void {
    const { act } = triageRecordSchema.parse(value);
    if (act.tenant_id !== this.#parts.tenant) return;
    this.board.takeAct(act);
    this.#waiting.get(act.act_id)?.();
  }

  #lookSoon(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        void this.#look()
          .catch(() => undefined)
          .finally(() => {
            this.#timer = undefined;
            if (this.#lookUp.size > 0) this.#lookSoon();
          });
      },
      this.#lookUp.size > BATCH_ALERTS_MAX ? BACKLOG_EVERY_MS : LOOK_EVERY_MS,
    );
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const asked = [...this.#lookUp].slice(0, BATCH_ALERTS_MAX);
    const evidence = new Map(
      asked.map(([id]) => [id, this.board.entry(id)?.row.evidenceIds ?? []] as const),
    );
    // Those that are not found yet go to the end, so that they keep nobody waiting.
    for (const [id, tries] of asked) {
      this.#lookUp.delete(id);
      if (tries < TRIES_MAX) this.#lookUp.set(id, tries + 1);
    }
    const ids = [...new Set([...evidence.values()].flat())];
    if (ids.length === 0) return;
    const rows = await this.#parts.store.rows<WorkRow>(WORK, { ids });
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const [alertId, cited] of evidence) {
      const found = cited.flatMap((one) => byId.get(one) ?? []);
      if (found.length === 0) continue;
      const tools = [...new Set(found.map((one) => one.tool))].filter((one) => one !== '');
      const workflow = found.find((one) => one.workflow !== '')?.workflow ?? '';
      this.board.takeWork(alertId, { workflow, tools: tools.slice(0, TOOLS_MAX) });
      this.#lookUp.delete(alertId);
    }
  }
}
