/**
 * The questions that the console asks of the store: each bounded in rows, for one tenant, every value a parameter.
 * What is recent counts back from the newest stored call.
 */
import type { Alert, AuditEvent, Decision, Receipt, RevocationCommand } from '@waywarden/schemas';
import type { KnownState } from '../core/containment-model.ts';
import type { InUse } from '../core/done-words.ts';
import type { AgentUse } from '../core/lists/agent-list.ts';
import type { ChainUse } from '../core/quiet-work.ts';
import type { ReportedRevision } from '../core/verdict-model.ts';
import type { EventRow, UsedTool } from '../core/view-model.ts';

/** Open alerts of the queue, and of an agent or a chain. */
export const QUEUE_MAX = 50;
const COMMANDS_MAX = 200;
const RECEIPTS_MAX = 1000;
const CALLS_MAX = 200;
const TOOLS_MAX = 100;
const CHAINS_MAX = 200;
const REVISIONS_MAX = 20;

type Parameters = Readonly<Record<string, string | number | readonly string[]>>;

/** How the console reaches ClickHouse: bounded in time and read-only, the tenant bound already. */
export interface StorePort {
  rows<T>(query: string, parameters: Parameters): Promise<readonly T[]>;
}

/** A call as a row. */
export const EVENT_COLUMNS = `toString(event_id) AS event_id, concat(replaceOne(toString(event_time), ' ', 'T'), 'Z') AS at,
  agent_uid, activity, if(tool_name = '', activity, if(tool_server = '', tool_name, concat(tool_server, '/', tool_name))) AS tool,
  effect, outcome, capabilities, chain_id, task_id, workflow, agent_assurance AS assurance,
  target_environment AS environment`;

const TENANT = 'tenant_id = {tenant:String}';

/** The last revision of each alert that matches; ids are chosen first, since `raw` is most of a row. */
const lastAlerts = (where: string, order: string): string => `SELECT raw FROM alerts_v1 FINAL
WHERE ${TENANT} AND (alert_id, revision) IN (
  SELECT alert_id, max(revision) FROM alerts_v1 WHERE ${TENANT} ${where} GROUP BY alert_id)
ORDER BY ${order} LIMIT {limit:UInt32}`;

const LATEST = `(alert_id, revision) IN (
  SELECT alert_id, max(revision) FROM alerts_v1 WHERE ${TENANT} GROUP BY alert_id)`;

const OPEN = `SELECT raw FROM alerts_v1 FINAL WHERE ${TENANT} AND state = 'open' AND NOT hygiene
AND ${LATEST}
ORDER BY indexOf(['critical', 'high', 'medium', 'low', 'info'], severity), last_event_time DESC, alert_id
LIMIT {limit:UInt32}`;

const APPROVED = `SELECT raw FROM alerts_v1 FINAL WHERE ${TENANT} AND state = 'open' AND kind = 'approved_assembly'
AND ${LATEST}
ORDER BY last_event_time DESC, alert_id LIMIT {limit:UInt32}`;

const OPEN_COUNT = `SELECT count() AS n FROM (SELECT argMax(state, revision) AS last, argMax(hygiene, revision) AS listed
FROM alerts_v1 WHERE ${TENANT} GROUP BY alert_id) WHERE last = 'open' AND NOT listed`;

const NEWEST = 'detected_at DESC, alert_id';

const CHAINS = `SELECT chain_id, anyHeavy(workflow) AS workflow, anyHeavy(task_id) AS task_id,
  groupUniqArray(16)(agent_uid) AS agents, arraySort(groupUniqArrayArray(64)(e.capabilities)) AS capabilities,
  concat(replaceOne(toString(max(event_time)), ' ', 'T'), 'Z') AS last_event_time
FROM audit_events_v1 AS e WHERE ${TENANT} AND outcome = 'success' AND notEmpty(e.capabilities)
  AND event_time >= (SELECT max(event_time) FROM audit_events_v1 WHERE ${TENANT}) - INTERVAL 1 DAY
GROUP BY chain_id HAVING length(agents) > 1 ORDER BY max(event_time) DESC LIMIT {limit:UInt32}`;

const TOOLS = `SELECT if(tool_name = '', activity, if(tool_server = '', tool_name, concat(tool_server, '/', tool_name))) AS tool,
  arraySort(groupUniqArrayArray(16)(e.capabilities)) AS capabilities, toUInt32(count()) AS calls,
  toUInt32(countIf(outcome = 'denied')) AS denied,
  concat(replaceOne(toString(min(event_time)), ' ', 'T'), 'Z') AS first,
  concat(replaceOne(toString(max(event_time)), ' ', 'T'), 'Z') AS last
FROM audit_events_v1 AS e FINAL WHERE ${TENANT} AND agent_uid = {agent:String}
GROUP BY tool ORDER BY calls DESC, tool LIMIT {limit:UInt32}`;

const IN_USE = `SELECT if(target_system = '', if(tool_server = '', activity, tool_server), target_system) AS system,
  toUInt32(count()) AS calls
FROM audit_events_v1 FINAL WHERE ${TENANT} AND agent_uid = {agent:String} AND outcome = 'success'
  AND activity IN ('tool_call', 'resource_read', 'memory_op') AND event_time >=
    (SELECT max(event_time) FROM audit_events_v1 WHERE ${TENANT}) - toIntervalDay({days:UInt32})
GROUP BY system ORDER BY calls DESC, system LIMIT {limit:UInt32}`;

const AGENTS_MAX = 20_000;
const AGENTS = `SELECT agent_uid, concat(replaceOne(toString(max(hour)), ' ', 'T'), 'Z') AS last,
  sum(agent_calls_per_hour_v1.calls) AS calls, sum(agent_calls_per_hour_v1.denied) AS denied
FROM agent_calls_per_hour_v1 FINAL WHERE ${TENANT}
  AND hour >= (SELECT max(hour) FROM agent_calls_per_hour_v1 WHERE ${TENANT}) - INTERVAL 30 DAY
GROUP BY agent_uid ORDER BY max(hour) DESC, agent_uid LIMIT {limit:UInt32}`;

const DECIDED_MAX = 2_000;
const DECIDED = `SELECT raw FROM decisions_v1 FINAL WHERE ${TENANT} AND mode = 'enforce'
  AND decided_at >= (SELECT max(decided_at) FROM decisions_v1 WHERE ${TENANT}) - toIntervalDay({days:UInt32})
  AND (withheld_reason != '' OR startsWith(rule_id, 'operator/'))
ORDER BY seq DESC, decision_id LIMIT {limit:UInt32}`;

const REVISIONS = `SELECT toUInt32(revision) AS revision, severity, state, toUInt32(count) AS count, title,
  concat(replaceOne(toString(detected_at), ' ', 'T'), 'Z') AS at
FROM alerts_v1 FINAL WHERE ${TENANT} AND alert_id = {id:UUID}
ORDER BY alerts_v1.revision DESC LIMIT {limit:UInt32}`;

/** What people said of alerts is no answer of a rule, and told apart from those. */
const VERDICT = "rule_id = 'operator/verdict'";

interface Raw {
  readonly raw: string;
}

/** What the responder refused is kept as a row, and set aside with its place: it is no receipt. */
const BELIEVED = `concat('responder-intake/', log_topic, '/', log_incarnation, '/',
  toString(log_partition), '/', toString(log_offset))
  NOT IN (SELECT dead_letter_id FROM dead_letters_v1 WHERE source = 'responder-intake')`;

export class ConsoleStore {
  readonly #port: StorePort;

  /** What the responder knows of an order, where it runs in this process. */
  readonly known: (commandId: string) => KnownState | null;

  constructor(port: StorePort, known: (commandId: string) => KnownState | null = () => null) {
    this.known = known;
    this.#port = port;
  }

  inUse(agent: string, days: number): Promise<readonly InUse[]> {
    return this.#port.rows<InUse>(IN_USE, { agent, days, limit: TOOLS_MAX });
  }

  agentsInUse(): Promise<readonly AgentUse[]> {
    return this.#port.rows<AgentUse>(AGENTS, { limit: AGENTS_MAX });
  }

  /** What was withheld or ordered by hand in the last days, the newest first. */
  recentDecisions(days: number): Promise<readonly Decision[]> {
    return this.#records<Decision>(DECIDED, { days, limit: DECIDED_MAX });
  }

  openAlerts(): Promise<readonly Alert[]> {
    return this.#records<Alert>(OPEN, { limit: QUEUE_MAX });
  }

  /** Combinations that an approval kept quiet, the newest first. */
  approvedAssemblies(): Promise<readonly Alert[]> {
    return this.#records<Alert>(APPROVED, { limit: QUEUE_MAX });
  }

  async openCount(): Promise<number> {
    const [row] = await this.#port.rows<{ n: string | number }>(OPEN_COUNT, {});
    return Number(row?.n ?? 0);
  }

  async alert(id: string): Promise<Alert | undefined> {
    const query = lastAlerts('AND alert_id = {id:UUID}', NEWEST);
    return (await this.#records<Alert>(query, { id, limit: 1 }))[0];
  }

  alertsByIds(ids: readonly string[]): Promise<readonly Alert[]> {
    if (ids.length === 0) return Promise.resolve([]);
    const query = lastAlerts('AND alert_id IN {ids:Array(UUID)}', NEWEST);
    return this.#records<Alert>(query, { ids, limit: QUEUE_MAX });
  }

  alertsOfAgent(agent: string): Promise<readonly Alert[]> {
    const cited = `AND (agent_uid = {agent:String} OR position(raw, {quoted:String}) > 0)`;
    const quoted = `"agent_uid":${JSON.stringify(agent)}`;
    return this.#records<Alert>(lastAlerts(cited, NEWEST), { agent, quoted, limit: QUEUE_MAX });
  }

  alertsOfChain(chain: string): Promise<readonly Alert[]> {
    const query = lastAlerts('AND chain_id = {chain:String}', NEWEST);
    return this.#records<Alert>(query, { chain, limit: QUEUE_MAX });
  }

  revisionsOf(id: string): Promise<readonly ReportedRevision[]> {
    return this.#port.rows<ReportedRevision>(REVISIONS, { id, limit: REVISIONS_MAX });
  }

  decisionsOf(ids: readonly string[]): Promise<readonly Decision[]> {
    return this.#decided(ids, `NOT ${VERDICT}`);
  }

  verdictsOf(ids: readonly string[]): Promise<readonly Decision[]> {
    return this.#decided(ids, VERDICT);
  }

  #decided(ids: readonly string[], which: string): Promise<readonly Decision[]> {
    if (ids.length === 0) return Promise.resolve([]);
    const query = `SELECT raw FROM decisions_v1 FINAL WHERE ${TENANT} AND ${which}
      AND hasAny(alert_ids, {ids:Array(String)}) ORDER BY seq DESC, decision_id LIMIT {limit:UInt32}`;
    return this.#records<Decision>(query, { ids, limit: COMMANDS_MAX });
  }

  /** Commands that were not undone, and restores: the newest first. */
  recentCommands(): Promise<readonly RevocationCommand[]> {
    const query = `SELECT raw FROM revocation_commands_v1 FINAL WHERE ${TENANT}
      ORDER BY issued_at DESC, command_id LIMIT {limit:UInt32}`;
    return this.#records<RevocationCommand>(query, { limit: COMMANDS_MAX });
  }

  commandsOf(ids: readonly string[]): Promise<readonly RevocationCommand[]> {
    if (ids.length === 0) return Promise.resolve([]);
    const query = `SELECT raw FROM revocation_commands_v1 FINAL WHERE ${TENANT}
      AND hasAny(alert_ids, {ids:Array(String)}) ORDER BY issued_at, command_id LIMIT {limit:UInt32}`;
    return this.#records<RevocationCommand>(query, { ids, limit: COMMANDS_MAX });
  }

  /** The order, and what undid it. */
  commandAndUndo(id: string): Promise<readonly RevocationCommand[]> {
    const query = `SELECT raw FROM revocation_commands_v1 FINAL WHERE ${TENANT}
      AND (command_id = {id:UUID} OR position(raw, {undone:String}) > 0)
      ORDER BY issued_at, command_id LIMIT {limit:UInt32}`;
    const undone = `"restores":${JSON.stringify(id)}`;
    return this.#records<RevocationCommand>(query, { id, undone, limit: COMMANDS_MAX });
  }

  commandsOfAgent(agent: string): Promise<readonly RevocationCommand[]> {
    const query = `SELECT raw FROM revocation_commands_v1 FINAL WHERE ${TENANT}
      AND agent_uid = {agent:String} ORDER BY issued_at DESC, command_id LIMIT {limit:UInt32}`;
    return this.#records<RevocationCommand>(query, { agent, limit: COMMANDS_MAX });
  }

  receiptsOf(ids: readonly string[]): Promise<readonly Receipt[]> {
    if (ids.length === 0) return Promise.resolve([]);
    const query = `SELECT raw FROM revocation_receipts_v1 FINAL WHERE ${TENANT}
      AND ${BELIEVED}
      AND command_id IN {ids:Array(UUID)} ORDER BY log_partition, log_offset LIMIT {limit:UInt32}`;
    return this.#records<Receipt>(query, { ids, limit: RECEIPTS_MAX });
  }

  events(ids: readonly string[]): Promise<readonly AuditEvent[]> {
    if (ids.length === 0) return Promise.resolve([]);
    const query = `SELECT raw FROM audit_events_v1 FINAL WHERE ${TENANT}
      AND event_id IN {ids:Array(UUID)} LIMIT {limit:UInt32}`;
    return this.#records<AuditEvent>(query, { ids, limit: CALLS_MAX });
  }

  /** Calls of these agents since a log time, oldest first: what a containment is judged by. */
  callsSince(agents: readonly string[], since: string): Promise<readonly EventRow[]> {
    if (agents.length === 0) return Promise.resolve([]);
    const query = `SELECT ${EVENT_COLUMNS} FROM audit_events_v1 FINAL WHERE ${TENANT}
      AND agent_uid IN {agents:Array(String)}
      AND event_time >= parseDateTime64BestEffort({since:String}, 9, 'UTC')
      AND phase = 'completed' ORDER BY event_time, event_id LIMIT {limit:UInt32}`;
    return this.#port.rows<EventRow>(query, { agents, since, limit: CALLS_MAX });
  }

  /** One may stand there twice: FINAL would read them all. */
  newestCalls(limit: number): Promise<readonly EventRow[]> {
    const query = `SELECT ${EVENT_COLUMNS} FROM audit_events_v1 WHERE ${TENANT}
      ORDER BY observed_time DESC, event_id LIMIT {limit:UInt32}`;
    return this.#port.rows<EventRow>(query, { limit });
  }

  callsOfChain(chain: string): Promise<readonly EventRow[]> {
    const query = `SELECT ${EVENT_COLUMNS} FROM audit_events_v1 FINAL WHERE ${TENANT}
      AND chain_id = {chain:String} ORDER BY event_time, event_id LIMIT {limit:UInt32}`;
    return this.#port.rows<EventRow>(query, { chain, limit: CALLS_MAX });
  }

  async chainCalls(chain: string): Promise<number> {
    const query = `SELECT count() AS n FROM audit_events_v1 FINAL WHERE ${TENANT} AND chain_id = {chain:String}`;
    const [row] = await this.#port.rows<{ n: string | number }>(query, { chain });
    return Number(row?.n ?? 0);
  }

  callsOfAgent(agent: string): Promise<readonly EventRow[]> {
    const query = `SELECT ${EVENT_COLUMNS} FROM audit_events_v1 FINAL WHERE ${TENANT}
      AND agent_uid = {agent:String} ORDER BY event_time DESC, event_id LIMIT {limit:UInt32}`;
    return this.#port.rows<EventRow>(query, { agent, limit: CALLS_MAX });
  }

  toolsOfAgent(agent: string): Promise<readonly UsedTool[]> {
    return this.#port.rows<UsedTool>(TOOLS, { agent, limit: TOOLS_MAX });
  }

  sharedChains(): Promise<readonly ChainUse[]> {
    return this.#port.rows<ChainUse>(CHAINS, { limit: CHAINS_MAX });
  }

  /** What changes when anything of these is written; merges may change it too, which is harmless. */
  async marks(): Promise<ReadonlyMap<string, string>> {
    const tables = {
      alerts: 'alerts_v1',
      decisions: 'decisions_v1',
      commands: 'revocation_commands_v1',
      receipts: 'revocation_receipts_v1',
    };
    const parts = Object.entries(tables).map(
      ([name, table]) =>
        `SELECT '${name}' AS name, concat(toString(count()), '/', toString(max(stored_at))) AS mark FROM ${table}`,
    );
    const rows = await this.#port.rows<{ name: string; mark: string }>(
      parts.join(' UNION ALL '),
      {},
    );
    return new Map(rows.map((row) => [row.name, row.mark]));
  }

  async #records<T>(query: string, parameters: Parameters): Promise<readonly T[]> {
    const rows = await this.#port.rows<Raw>(query, parameters);
    return rows.map((row) => JSON.parse(row.raw) as T);
  }
}
