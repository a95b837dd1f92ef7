/** What the profile of one agent asks of the store: its days, its targets and credentials, and one page of its timeline. */
import type {
  AgentMoment,
  DayCounts,
  HourCounts,
  MOMENT_KINDS,
  UsedCredential,
  UsedTarget,
} from '../core/agent-profile.ts';
import type { EventRow } from '../core/view-model.ts';
import { EVENT_COLUMNS, type StorePort } from './console-store.ts';

const DAYS_MAX = 90;
const LISTED_MAX = 100;
const CREDENTIALS_MAX = 10;

const OF_AGENT = 'tenant_id = {tenant:String} AND agent_uid = {agent:String}';
const isoOf = (time: string) => `concat(replaceOne(toString(${time}), ' ', 'T'), 'Z')`;
const RECENT = `event_time >= (SELECT max(event_time) FROM audit_events_v1 WHERE ${OF_AGENT}) - INTERVAL ${DAYS_MAX} DAY`;
const TARGET = `if(target_system = '', tool_server, if(target_resource_type = '', target_system, concat(target_system, '/', target_resource_type)))`;

const DAYS = `SELECT toString(toDate(event_time)) AS day, toUInt32(count()) AS calls,
  toUInt32(countIf(outcome = 'denied')) AS denied,
  toUInt32(countIf(outcome IN ('tool_error', 'protocol_error'))) AS failed,
  toUInt32(uniqExact(tool_server, tool_name)) AS tools,
  toUInt32(uniqExact(target_system, target_resource_id)) AS targets, sum(result_size) AS result_bytes
FROM audit_events_v1 FINAL WHERE ${OF_AGENT} AND phase = 'completed' AND ${RECENT}
GROUP BY day ORDER BY day LIMIT ${DAYS_MAX + 1}`;

const HOURS = `SELECT toHour(event_time) AS hour, toUInt32(count()) AS calls,
  toUInt32(countIf(toDate(event_time) = (SELECT toDate(max(event_time)) FROM audit_events_v1 WHERE ${OF_AGENT}))) AS today
FROM audit_events_v1 FINAL WHERE ${OF_AGENT} AND phase = 'completed' AND ${RECENT} GROUP BY hour ORDER BY hour`;

const TARGETS = `SELECT ${TARGET} AS target, toUInt32(count()) AS calls,
  toUInt32(countIf(outcome = 'denied')) AS denied,
  ${isoOf('min(event_time)')} AS first, ${isoOf('max(event_time)')} AS last
FROM audit_events_v1 FINAL WHERE ${OF_AGENT} AND phase = 'completed'
GROUP BY target HAVING target != '' ORDER BY calls DESC, target LIMIT ${LISTED_MAX}`;

const CREDENTIALS = `SELECT credential_uid, any(credential_type) AS type, toUInt32(count()) AS calls,
  ${isoOf('min(event_time)')} AS first, ${isoOf('max(event_time)')} AS last
FROM audit_events_v1 FINAL WHERE ${OF_AGENT} AND credential_uid != ''
GROUP BY credential_uid ORDER BY max(event_time) - min(event_time) DESC, credential_uid LIMIT ${CREDENTIALS_MAX}`;

const before = (time: string, id: string) =>
  `(${time}, ${id}) < (parseDateTime64BestEffort({at:String}, 9, 'UTC'), {id:String})`;
const page = (time: string, id: string) =>
  `AND ${before(time, id)} ORDER BY ${time} DESC, ${id} DESC LIMIT {limit:UInt32}`;

const CALLS = `SELECT ${EVENT_COLUMNS} FROM audit_events_v1 FINAL WHERE ${OF_AGENT}
  AND phase = 'completed' ${page('event_time', 'toString(audit_events_v1.event_id)')}`;

const ALERTS = `SELECT ${isoOf('detected_at')} AS at, toString(alert_id) AS alert_id,
  concat(toString(alerts_v1.alert_id), '/', toString(alerts_v1.revision)) AS id,
  toUInt32(revision) AS revision, severity, state, title
FROM alerts_v1 FINAL WHERE tenant_id = {tenant:String}
  AND (agent_uid = {agent:String} OR position(raw, {quoted:String}) > 0)
  ${page('detected_at', "concat(toString(alerts_v1.alert_id), '/', toString(alerts_v1.revision))")}`;

const RESPONSES = `SELECT ${isoOf('issued_at')} AS at,
  concat(toString(command_id), '/', toString(sequence)) AS id, action, target_level AS level, reason, alert_ids
FROM revocation_commands_v1 FINAL WHERE ${OF_AGENT}
  ${page('issued_at', "concat(toString(command_id), '/', toString(sequence))")}`;

interface AlertRow {
  readonly at: string;
  readonly id: string;
  readonly alert_id: string;
  readonly revision: number;
  readonly severity: string;
  readonly state: string;
  readonly title: string;
}
interface ResponseRow {
  readonly at: string;
  readonly id: string;
  readonly action: string;
  readonly level: string;
  readonly reason: string;
  readonly alert_ids: readonly string[];
}

export interface TimelineAsked {
  readonly show: readonly (typeof MOMENT_KINDS)[number][];
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** After everything: a first page begins with the newest. */
const NEWEST = '2199-01-01T00:00:00Z~';

export class ProfileStore {
  readonly #port: StorePort;

  constructor(port: StorePort) {
    this.#port = port;
  }

  async days(
    agent: string,
  ): Promise<{ readonly days: readonly DayCounts[]; readonly hours: readonly HourCounts[] }> {
    const [days, hours] = await Promise.all([
      this.#port.rows<DayCounts>(DAYS, { agent }),
      this.#port.rows<HourCounts>(HOURS, { agent }),
    ]);
    return { days, hours };
  }

  targets(agent: string): Promise<readonly UsedTarget[]> {
    return this.#port.rows<UsedTarget>(TARGETS, { agent });
  }

  credentials(agent: string): Promise<readonly UsedCredential[]> {
    return this.#port.rows<UsedCredential>(CREDENTIALS, { agent });
  }

  /** Of each kind that is asked for, one more than fit. */
  moments(agent: string, asked: TimelineAsked): Promise<readonly (readonly AgentMoment[])[]> {
    const [at = '', id = ''] = (asked.cursor ?? NEWEST).split('~');
    const of = { agent, at, id, limit: asked.limit + 1 };
    const read = {
      call: async () => {
        const rows = await this.#port.rows<EventRow>(CALLS, of);
        return rows.map(
          (call) => ({ kind: 'call', at: call.at, id: call.event_id, call }) as const,
        );
      },
      alert: async () => {
        const quoted = `"agent_uid":${JSON.stringify(agent)}`;
        const rows = await this.#port.rows<AlertRow>(ALERTS, { ...of, quoted });
        return rows.map(({ at: time, id: key, ...alert }) => {
          return { kind: 'alert', at: time, id: key, alert } as const;
        });
      },
      response: async () => {
        const rows = await this.#port.rows<ResponseRow>(RESPONSES, of);
        return rows.map(({ at: time, id: key, ...response }) => {
          return { kind: 'response', at: time, id: key, response } as const;
        });
      },
    };
    return Promise.all(asked.show.map((kind) => read[kind]()));
  }
}
