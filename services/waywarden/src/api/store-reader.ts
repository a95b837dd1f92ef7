/**
 * Questions of the status API to the store: bounded, one tenant, values as parameters. Answers are `raw`, in the
 * contract's names.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import { clickhouseClient, type StoreAddress } from '@waywarden/archiver';
import type { RecentEvent } from '@waywarden/console';
import type { Target } from '@waywarden/schemas';

const EVERY_MS = 1_000;
const ANSWER_MS_MAX = 3_000;

class StoreSilentError extends Error {
  constructor() {
    super('the store does not answer');
    this.name = 'StoreSilentError';
  }
}

/** Whether the store answers, asked each second. Once silent, reads are given up and new ones fail at once. */
class StoreWatch {
  readonly #ask: (signal: AbortSignal) => Promise<unknown>;
  readonly #answerMsMax: number;
  readonly #timer: NodeJS.Timeout;
  readonly #reads = new Set<AbortController>();
  #reachable = true;
  #asked: Promise<void> | undefined;

  constructor(ask: (signal: AbortSignal) => Promise<unknown>, answerMsMax = ANSWER_MS_MAX) {
    this.#ask = ask;
    this.#answerMsMax = answerMsMax;
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
  }

  get reachable(): boolean {
    return this.#reachable;
  }

  /** Rejects with `StoreSilentError`. */
  async read<T>(msMax: number, read: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (!this.#reachable) throw new StoreSilentError();
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), msMax);
    this.#reads.add(controller);
    try {
      return await read(controller.signal);
    } catch (error) {
      await this.#look();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#reads.delete(controller);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): Promise<void> {
    this.#asked ??= this.#askOnce().finally(() => {
      this.#asked = undefined;
    });
    return this.#asked;
  }

  async #askOnce(): Promise<void> {
    try {
      await this.#ask(AbortSignal.timeout(this.#answerMsMax));
      this.#reachable = true;
    } catch {
      this.#reachable = false;
      for (const controller of this.#reads) controller.abort(new StoreSilentError());
    }
  }
}

const QUERY_SECONDS_MAX = 10;
const QUERY_MS_MAX = 12_000;
export const LIMIT_MAX = 200;
export const LIMIT_DEFAULT = 50;
const JOINED_ROWS_MAX = 1000;

export type RawRecord = Readonly<Record<string, unknown>>;

export interface StoredCounts {
  readonly events: number;
  readonly alerts: number;
  readonly alerts_open: number;
  readonly decisions: number;
  readonly commands: number;
  readonly dead_letters: number;
}

/** One kind of resource of one system. */
interface InUse {
  readonly system: string;
  readonly type: string;
  readonly calls: number;
  readonly resources: number;
  readonly last: string;
}

const COUNTS = `SELECT
  (SELECT count() FROM audit_events_v1 FINAL WHERE tenant_id = {tenant:String}) AS events,
  (SELECT uniqExact(alert_id) FROM alerts_v1 WHERE tenant_id = {tenant:String}) AS alerts,
  (SELECT countIf(last = 'open' AND NOT listed) FROM (SELECT argMax(state, revision) AS last, argMax(hygiene, revision) AS listed FROM alerts_v1
     WHERE tenant_id = {tenant:String} GROUP BY alert_id)) AS alerts_open,
  (SELECT uniqExact(decision_id) FROM decisions_v1 WHERE tenant_id = {tenant:String}) AS decisions,
  (SELECT uniqExact(command_id) FROM revocation_commands_v1 WHERE tenant_id = {tenant:String}) AS commands,
  (SELECT count() FROM dead_letters_v1 FINAL) AS dead_letters`;

const RECENT_EVENTS = `SELECT toString(event_id) AS event_id, native_id,
  formatDateTime(event_time, '%Y-%m-%dT%H:%i:%SZ') AS event_time, agent_uid,
  if(tool_name = '', activity, if(tool_server = '', tool_name, concat(tool_server, '/', tool_name))) AS tool,
  effect, outcome, capabilities, agent_assurance AS assurance
FROM audit_events_v1 FINAL WHERE tenant_id = {tenant:String}
ORDER BY observed_time DESC, event_id LIMIT {limit:UInt32}`;

/** Ids first: `raw` is most of a row. */
const LAST_ALERTS = `SELECT raw FROM alerts_v1 FINAL WHERE tenant_id = {tenant:String}
  AND (alert_id, revision) IN (
    SELECT alert_id, max(revision) FROM alerts_v1 WHERE tenant_id = {tenant:String}
    GROUP BY alert_id ORDER BY max(detected_at) DESC, alert_id LIMIT {limit:UInt32})
ORDER BY detected_at DESC, alert_id`;

const ALERT = `SELECT raw FROM alerts_v1 FINAL
WHERE tenant_id = {tenant:String} AND alert_id = {id:UUID} ORDER BY revision DESC LIMIT 1`;

const ALERTS_CITING = `SELECT raw FROM alerts_v1 FINAL WHERE tenant_id = {tenant:String}
  AND (alert_id, revision) IN (
    SELECT alert_id, max(revision) FROM alerts_v1 WHERE tenant_id = {tenant:String}
      AND has(evidence_event_ids, {id:String}) GROUP BY alert_id)
ORDER BY detected_at DESC, alert_id LIMIT {limit:UInt32}`;

const IN_USE = `SELECT if(target_system = '', if(tool_server = '', activity, tool_server), target_system) AS system,
  target_resource_type AS type, toUInt32(count()) AS calls, toUInt32(uniqExact(target_resource_id)) AS resources,
  concat(replaceOne(toString(max(event_time)), ' ', 'T'), 'Z') AS last
FROM audit_events_v1 FINAL WHERE tenant_id = {tenant:String} AND agent_uid = {agent:String}
  AND ({task:String} = '' OR task_id = {task:String}) AND ({credential:String} = '' OR credential_uid = {credential:String})
  AND outcome = 'success' AND effect != 'unknown' AND event_time >=
    (SELECT max(event_time) FROM audit_events_v1 WHERE tenant_id = {tenant:String}) - toIntervalDay({days:UInt32})
GROUP BY system, type ORDER BY calls DESC, system, type LIMIT {limit:UInt32}`;

const EVENT = `SELECT raw FROM audit_events_v1 FINAL
WHERE tenant_id = {tenant:String} AND event_id = {id:UUID} LIMIT 1`;

const decisions = (where: string): string => `SELECT raw FROM decisions_v1 FINAL
WHERE tenant_id = {tenant:String} ${where} ORDER BY seq DESC, decision_id LIMIT {limit:UInt32}`;

const commands = (where: string): string => `SELECT raw FROM revocation_commands_v1 FINAL
WHERE tenant_id = {tenant:String} ${where} ORDER BY issued_at DESC, command_id LIMIT {limit:UInt32}`;

const OF_ALERTS = 'AND hasAny(alert_ids, {ids:Array(String)})';

/** What the responder refused is not told as a receipt. */
const BELIEVED = `concat('responder-intake/', log_topic, '/', log_incarnation, '/',
    toString(log_partition), '/', toString(log_offset))
  NOT IN (SELECT dead_letter_id FROM dead_letters_v1 WHERE source = 'responder-intake')`;

const RECEIPTS = `SELECT raw FROM revocation_receipts_v1 FINAL WHERE tenant_id = {tenant:String}
  AND ${BELIEVED}
  AND command_id IN {ids:Array(UUID)} ORDER BY received_at, receiver LIMIT {limit:UInt32}`;

type Parameters = Readonly<Record<string, string | number | readonly string[]>>;

export class StoreReader {
  readonly #client: ClickHouseClient;
  readonly #tenant: string;
  readonly #watch: StoreWatch;

  constructor(address: StoreAddress, tenant: string) {
    this.#client = clickhouseClient(address);
    this.#tenant = tenant;
    const query = 'SELECT 1';
    this.#watch = new StoreWatch(async (signal) => {
      await (await this.#client.query({ query, abort_signal: signal })).text();
    });
  }

  get reachable(): boolean {
    return this.#watch.reachable;
  }

  async counts(): Promise<StoredCounts> {
    const [row] = await this.rows<Record<keyof StoredCounts, string | number>>(COUNTS, {});
    const count = (name: keyof StoredCounts) => Number(row?.[name] ?? 0);
    return {
      events: count('events'),
      alerts: count('alerts'),
      alerts_open: count('alerts_open'),
      decisions: count('decisions'),
      commands: count('commands'),
      dead_letters: count('dead_letters'),
    };
  }

  recentEvents(limit: number): Promise<readonly RecentEvent[]> {
    return this.rows<RecentEvent>(RECENT_EVENTS, { limit });
  }

  inUse(target: Target, days: number): Promise<readonly InUse[]> {
    return this.rows<InUse>(IN_USE, {
      agent: target.agent_uid,
      task: target.task_id ?? '',
      credential: target.credential_uid ?? '',
      days,
      limit: LIMIT_DEFAULT,
    });
  }

  async event(id: string): Promise<RawRecord | undefined> {
    const [event] = await this.#records(EVENT, { id });
    return event;
  }

  alerts(limit: number): Promise<readonly RawRecord[]> {
    return this.#records(LAST_ALERTS, { limit });
  }

  async alert(id: string): Promise<RawRecord | undefined> {
    const [alert] = await this.#records(ALERT, { id });
    return alert;
  }

  alertsCiting(eventId: string): Promise<readonly RawRecord[]> {
    return this.#records(ALERTS_CITING, { id: eventId, limit: LIMIT_MAX });
  }

  decisions(limit: number): Promise<readonly RawRecord[]> {
    return this.#records(decisions(''), { limit });
  }

  decisionsOf(alertIds: readonly string[]): Promise<readonly RawRecord[]> {
    return this.#joined(decisions(OF_ALERTS), alertIds);
  }

  commands(limit: number): Promise<readonly RawRecord[]> {
    return this.#records(commands(''), { limit });
  }

  commandsOf(alertIds: readonly string[]): Promise<readonly RawRecord[]> {
    return this.#joined(commands(OF_ALERTS), alertIds);
  }

  receiptsOf(commandIds: readonly string[]): Promise<readonly RawRecord[]> {
    return this.#joined(RECEIPTS, commandIds);
  }

  async close(): Promise<void> {
    this.#watch.stop();
    await this.#client.close();
  }

  #joined(query: string, ids: readonly string[]): Promise<readonly RawRecord[]> {
    if (ids.length === 0) return Promise.resolve([]);
    return this.#records(query, { ids, limit: JOINED_ROWS_MAX });
  }

  async #records(query: string, parameters: Parameters): Promise<readonly RawRecord[]> {
    const rows = await this.rows<{ readonly raw: string }>(query, parameters);
    return rows.map((row) => JSON.parse(row.raw) as RawRecord);
  }

  /** Rejects at once while the store is silent. */
  async rows<T>(query: string, parameters: Parameters): Promise<readonly T[]> {
    return this.#watch.read(QUERY_MS_MAX, async (signal) => {
      const result = await this.#client.query({
        query,
        abort_signal: signal,
        query_params: { tenant: this.#tenant, ...parameters },
        format: 'JSONEachRow',
        clickhouse_settings: { max_execution_time: QUERY_SECONDS_MAX, readonly: '2' },
      });
      return result.json<T>();
    });
  }
}
