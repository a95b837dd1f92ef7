/** What an installation came to, read from its topics and its store, and how long anything waited. */
import { decodeSrc, type EventLog, type LogRecord } from '@waywarden/event-log';
import {
  type Alert,
  type AuditEvent,
  type Decision,
  HEADERS,
  type RevocationCommand,
  TOPICS,
} from '@waywarden/schemas';

const READ_MAX = 2_000;

async function* recordsOf(log: EventLog, topic: string): AsyncGenerator<LogRecord> {
  const [starts, ends] = [await log.startOffsets(topic), await log.endOffsets(topic)];
  for (const [partition, start] of starts.entries()) {
    let offset = start;
    while (offset < (ends[partition] ?? 0)) {
      const records = await log.read(topic, partition, offset, READ_MAX);
      if (records.length === 0) break;
      yield* records;
      offset = (records.at(-1)?.offset ?? offset) + 1;
    }
  }
}

const contentOf = <T>(record: LogRecord): T =>
  JSON.parse(new TextDecoder().decode(record.value ?? new Uint8Array()));

/** Values of a topic's own records; a repeat that readers drop by its mark is left out. */
async function valuesOf<T>(log: EventLog, topic: string): Promise<readonly T[]> {
  const seen = new Set<string>();
  const values: T[] = [];
  for await (const record of recordsOf(log, topic)) {
    if (record.headers[HEADERS.type] !== 'event' || record.value === null) continue;
    const mark = record.headers[HEADERS.src];
    if (mark !== undefined && seen.has(mark)) continue;
    if (mark !== undefined) seen.add(mark);
    values.push(contentOf<T>(record));
  }
  return values;
}

export interface Outcome {
  readonly events: readonly string[];
  readonly alerts: readonly string[];
  /** One line a decision: rule, alert, mode, why withheld. */
  readonly decisions: readonly string[];
  readonly commands: readonly string[];
  /** Ids that came twice. */
  readonly doubled: readonly string[];
  readonly deadLetters: number;
}

const sorted = (texts: Iterable<string>) => [...new Set(texts)].sort();

function twice(ids: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.size === seen.add(id).size);
}

/** What time alone leads to (nobody answered, an order lapses) differs with how long a run takes. */
const isOfAlert = ({ rule_id: rule }: Decision) => !rule.includes('/');

/**
 * Alerts whose last revision stands. One that is raised before a record comes which explains the call, and
 * withdrawn with it, depends on which of the two came first, here as anywhere.
 */
function standing(alerts: readonly Alert[]): ReadonlyMap<string, Alert> {
  const last = new Map<string, Alert>();
  for (const alert of alerts) {
    if (alert.revision >= (last.get(alert.alert_id)?.revision ?? 0))
      last.set(alert.alert_id, alert);
  }
  return new Map([...last].filter(([, { state }]) => state === 'open'));
}

export async function outcomeOf(log: EventLog): Promise<Outcome> {
  const events = (await valuesOf<AuditEvent>(log, TOPICS.auditEvents.name)).map((e) => e.event_id);
  const alerts = standing(await valuesOf<Alert>(log, TOPICS.alerts.name));
  const decisions = await valuesOf<Decision>(log, TOPICS.decisions.name);
  const commands = await valuesOf<RevocationCommand>(log, TOPICS.revocationCommands.name);
  const letters = await valuesOf<unknown>(log, TOPICS.auditDeadletter.name);
  const stands = ({ alert_ids: ids }: Decision) => ids.every((id) => alerts.has(id));
  const warmedUp = decisions.filter((one) => isOfAlert(one) && stands(one));
  const issued = new Set(warmedUp.flatMap((one) => one.issued_command_ids ?? []));
  return {
    events: sorted(events),
    alerts: sorted([...alerts.values()].map((one) => `${one.kind} ${one.alert_id}`)),
    decisions: sorted(
      warmedUp.map((one) =>
        [one.rule_id, one.alert_ids.join('+'), one.withheld_reason ?? 'given'].join(' '),
      ),
    ),
    commands: sorted(
      commands
        .filter((one) => issued.has(one.command_id))
        .map((one) => `${one.action} ${one.command_id}`),
    ),
    doubled: [
      ...twice(events),
      ...twice(decisions.map((one) => one.decision_id)),
      ...twice(commands.map((one) => one.command_id)),
    ],
    deadLetters: letters.length,
  };
}

export interface Pause {
  readonly atMs: number;
  readonly ms: number;
}

const longest = (pauses: readonly Pause[]) =>
  pauses.toSorted((a, b) => b.ms - a.ms).slice(0, PAUSES_SHOWN);
const PAUSES_SHOWN = 5;

/** When the broker was away, Unix ms: nothing can be passed on meanwhile, and nobody is to blame. */
export type Away = readonly (readonly [fromMs: number, untilMs: number])[];

const overlapMs = (from: number, until: number, away: Away) =>
  away.reduce((sum, [a, b]) => sum + Math.max(0, Math.min(until, b) - Math.max(from, a)), 0);

/** How long a record of time waited in its partition until the profile stage passed it on; the longest first. */
export async function partitionPauses(log: EventLog, away: Away): Promise<readonly Pause[]> {
  const passed = new Map<string, number>();
  for await (const { headers, appendedMs = 0 } of recordsOf(log, TOPICS.valueFlows.name)) {
    const mark = decodeSrc(headers[HEADERS.src] ?? '');
    if (mark === undefined || headers[HEADERS.type] !== 'watermark') continue;
    const at = `${mark.partition}/${mark.offset}`;
    passed.set(at, Math.min(passed.get(at) ?? Number.POSITIVE_INFINITY, appendedMs));
  }
  const pauses: Pause[] = [];
  for await (const record of recordsOf(log, TOPICS.auditEvents.name)) {
    const { headers, partition, offset, appendedMs: atMs = 0 } = record;
    const at = passed.get(`${partition}/${offset}`);
    if (headers[HEADERS.type] !== 'watermark' || at === undefined) continue;
    pauses.push({ atMs, ms: at - atMs - overlapMs(atMs, at, away) });
  }
  return longest(pauses);
}

/** Between two records of time: how long no responder was active; the longest first. */
export async function timePauses(log: EventLog, away: Away): Promise<readonly Pause[]> {
  const times: number[] = [];
  for await (const { headers, partition, appendedMs = 0 } of recordsOf(
    log,
    TOPICS.auditEvents.name,
  )) {
    if (partition === 0 && headers[HEADERS.type] === 'watermark') times.push(appendedMs);
  }
  return longest(
    times.slice(1).map((at, index) => ({
      atMs: times[index] ?? at,
      ms: at - (times[index] ?? at) - overlapMs(times[index] ?? at, at, away),
    })),
  );
}
