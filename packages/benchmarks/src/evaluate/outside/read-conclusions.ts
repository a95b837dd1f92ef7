/**
 * What the real path made of a source, read from its log: the calls of each run in the order they were
 * accepted, the alerts that stand at the end, and which of them a command was issued for.
 */
import type { EventLog } from '@waywarden/event-log';
import {
  type Alert,
  type AuditEvent,
  HEADERS,
  type RevocationCommand,
  type Severity,
  TOPICS,
} from '@waywarden/schemas';
import { lastByKey, scanTopic } from '@waywarden/waywarden/runtime/scan-topic';

const DECODER = new TextDecoder();

export interface RunCall {
  readonly eventId: string;
  readonly tool: string;
  readonly effect: string;
}

export interface RaisedAlert {
  readonly kind: string;
  readonly ruleId: string;
  readonly severity: Severity;
  /** Events of its evidence and, of an assembly, of its proof, over all its revisions. */
  readonly events: readonly string[];
  /** A command that takes something away, by the policy and not withheld. */
  readonly commanded: boolean;
}

export interface Conclusions {
  readonly callsByRun: ReadonlyMap<string, readonly RunCall[]>;
  readonly alerts: readonly RaisedAlert[];
}

async function callsByRun(log: EventLog): Promise<ReadonlyMap<string, readonly RunCall[]>> {
  const runs = new Map<string, RunCall[]>();
  for await (const record of scanTopic(log, TOPICS.auditEvents.name)) {
    if (record.value === null || record.headers[HEADERS.type] !== 'event') continue;
    const event = JSON.parse(DECODER.decode(record.value)) as AuditEvent;
    const run = event.task?.id ?? '';
    const calls = runs.get(run) ?? [];
    runs.set(run, calls);
    calls.push({ eventId: event.event_id, tool: event.tool?.name ?? '', effect: event.effect });
  }
  return runs;
}

async function commandedAlerts(log: EventLog): Promise<ReadonlySet<string>> {
  const commands = await lastByKey<RevocationCommand>(
    log,
    TOPICS.revocationCommands.name,
    (one) => one.command_id,
  );
  const takesAway = commands.filter(
    ({ action, initiating_entity: by }) =>
      by !== 'admin' && action !== 'restore' && action !== 'probe',
  );
  return new Set(takesAway.flatMap((one) => one.alert_ids));
}

const eventsOf = ({ evidence, assembly }: Alert): readonly string[] => [
  ...evidence.map((one) => one.event_id),
  ...(assembly?.proof ?? []),
];

/** Every report of an alert names calls; hygiene is listed and not queued, and what was withdrawn no longer stands. */
async function standingAlerts(log: EventLog): Promise<readonly RaisedAlert[]> {
  const commanded = await commandedAlerts(log);
  const last = new Map<string, Alert>();
  const named = new Map<string, Set<string>>();
  for await (const record of scanTopic(log, TOPICS.alerts.name)) {
    if (record.value === null || record.headers[HEADERS.type] !== 'event') continue;
    const alert = JSON.parse(DECODER.decode(record.value)) as Alert;
    const events = named.get(alert.alert_id) ?? new Set();
    for (const id of eventsOf(alert)) events.add(id);
    named.set(alert.alert_id, events);
    last.set(alert.alert_id, alert);
  }
  return [...last.values()]
    .filter((one) => one.state === 'open' && one.hygiene !== true)
    .map(({ alert_id, kind, rule_id: ruleId, severity }) => ({
      ...{ kind, ruleId, severity, commanded: commanded.has(alert_id) },
      events: [...(named.get(alert_id) ?? [])],
    }));
}

export async function readConclusions(log: EventLog): Promise<Conclusions> {
  return { callsByRun: await callsByRun(log), alerts: await standingAlerts(log) };
}
