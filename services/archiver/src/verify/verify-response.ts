/**
 * What holds between alerts, decisions and commands in the store: revisions without gaps, evidence
 * that exists, one unbroken chain, no command unexplained.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import { targetProblems } from '@waywarden/schemas';
import type { Cells } from '../rows/archived-topic.ts';
import { clickhouseTime } from '../rows/clickhouse-time.ts';
import { part, wireText } from '../rows/wire-field.ts';
import type { Findings } from './problem.ts';
import type { StoredRange } from './stored-range.ts';
import { select, selectStream } from './stored-range.ts';

/** Of each kind of finding, asked of the store at most. */
const FOUND_MAX = 1_000;

/** Where it is not known since when the log is whole. */
const UNKNOWN_MS = Date.UTC(2262, 0, 1);
/** The first time that the store's type holds. */
const NEVER = '1900-01-01 00:00:00.000000000';

export interface ChainFinding {
  readonly decision_id: string | null;
  readonly text: string;
}

export interface HashChainLink {
  readonly seq: number;
  readonly hash: string;
}

/** Given decisions in the order of `seq`, says what is wrong with their chain; `after`: its anchor. */
export type VerifyDecisions = (
  decisions: AsyncIterable<Readonly<Record<string, unknown>>>,
  after?: HashChainLink,
) => Promise<readonly ChainFinding[]>;

export interface ResponseRanges {
  readonly events: StoredRange;
  readonly alerts: StoredRange;
  readonly decisions: StoredRange;
  readonly commands: StoredRange;
  /** Rows of events from before this time may have expired (Unix ms); -Infinity: none has. */
  readonly rawSinceMs: number;
}

/** Events of the alert lie after this, or may be kept no longer by log and store (ClickHouse text). */
function provenSince({ events, rawSinceMs }: ResponseRanges): string {
  const removed = events.isForgotten ? (events.wholeSinceMs ?? UNKNOWN_MS) : rawSinceMs;
  const ms = Math.max(rawSinceMs, removed);
  return Number.isFinite(ms) ? clickhouseTime(new Date(ms).toISOString()) : NEVER;
}

export async function verifyAlerts(
  client: ClickHouseClient,
  findings: Findings,
  ranges: ResponseRanges,
): Promise<void> {
  // Where the first revisions are kept no longer, those that are there still follow each other.
  const first = ranges.alerts.isForgotten ? 'min(revision)' : '1';
  const broken = await select(
    client,
    `SELECT tenant_id, toString(alert_id), arraySort(groupArray(revision)) AS revisions
FROM alerts_v1 FINAL GROUP BY tenant_id, alert_id
HAVING max(revision) - ${first} + 1 != count() OR min(revision) != ${first} LIMIT ${FOUND_MAX}`,
  );
  for (const [tenant, id, revisions] of broken) {
    findings.add({
      code: 'revisions_broken',
      what: 'The revisions of an alert do not run from 1 without a gap.',
      where: `alerts_v1: tenant_id=${tenant} alert_id=${id}`,
      expected: `1 to ${Array.isArray(revisions) ? revisions.length : 0}`,
      found: revisions,
    });
  }
  // The inner IN bounds the set by the evidence, not by all events ever stored.
  const unproven = await select(
    client,
    `SELECT tenant_id, toString(alert_id), revision, id FROM
(SELECT tenant_id, alert_id, revision, arrayJoin(evidence_event_ids) AS id FROM alerts_v1 FINAL
  WHERE first_event_time >= toDateTime64({since: String}, 9, 'UTC'))
WHERE (tenant_id, toUUIDOrZero(id)) NOT IN (SELECT tenant_id, event_id FROM audit_events_v1
  WHERE event_id IN (SELECT toUUIDOrZero(arrayJoin(evidence_event_ids)) FROM alerts_v1))
LIMIT ${FOUND_MAX}`,
    { since: provenSince(ranges) },
  );
  for (const [tenant, id, revision, eventId] of unproven) {
    findings.add({
      code: 'evidence_missing',
      what: `Revision ${revision} of an alert rests on an event that is not in the store.`,
      where: `alerts_v1: tenant_id=${tenant} alert_id=${id}`,
      expected: `event ${eventId}`,
    });
  }
}

function parsed(raw: unknown): Readonly<Record<string, unknown>> {
  try {
    return part(JSON.parse(String(raw)));
  } catch {
    // An altered row; it was reported as such, and has no place in the chain.
    return {};
  }
}

async function* decisionsInOrder(
  client: ClickHouseClient,
  after: number,
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const rows = selectStream(
    client,
    `SELECT raw FROM decisions_v1 FINAL WHERE seq > ${after} ORDER BY seq, decision_id`,
  );
  for await (const batch of rows) for (const [raw] of batch) yield parsed(raw);
}

/** The highest link that the log let go: behind it every decision must still be there. */
function anchorOf(decisions: StoredRange): HashChainLink | undefined {
  let anchor: HashChainLink | undefined;
  for (const { value } of decisions.anchors) {
    const { seq, hash } = parsed(Buffer.from(value ?? []).toString('utf8'));
    if (typeof seq !== 'number' || typeof hash !== 'string') continue;
    if (anchor === undefined || seq > anchor.seq) anchor = { seq, hash };
  }
  return anchor;
}

/** What the log let go must be in the store as it was, where the store has it. */
async function verifyAnchor(
  client: ClickHouseClient,
  findings: Findings,
  anchor: HashChainLink,
): Promise<void> {
  const rows = await select(
    client,
    'SELECT hash, toString(decision_id) FROM decisions_v1 FINAL WHERE seq = {seq: UInt64}',
    { seq: anchor.seq },
  );
  for (const [hash, id] of rows) {
    if (hash === anchor.hash) continue;
    findings.add({
      code: 'decision_chain_broken',
      what: `Decision ${anchor.seq} is another one than the log had when it was removed from there.`,
      where: `decisions_v1: decision_id=${id}`,
      expected: anchor.hash,
      found: hash,
    });
  }
}

export async function verifyChain(
  client: ClickHouseClient,
  findings: Findings,
  verifyDecisions: VerifyDecisions,
  ranges: ResponseRanges,
): Promise<void> {
  const anchor = anchorOf(ranges.decisions);
  if (anchor !== undefined) await verifyAnchor(client, findings, anchor);
  // A store that has the beginning is verified from there.
  const after = ranges.decisions.isForgotten ? anchor : undefined;
  for (const problem of await verifyDecisions(decisionsInOrder(client, after?.seq ?? 0), after)) {
    findings.add({
      code: 'decision_chain_broken',
      what: problem.text,
      where: `decisions_v1: decision_id=${problem.decision_id ?? 'none'}`,
      expected: 'an unbroken chain',
    });
  }
}

function since(column: string, range: StoredRange): string {
  if (!range.isForgotten) return '';
  const ms = range.wholeSinceMs;
  const time = clickhouseTime(
    ms === undefined ? '2262-01-01T00:00:00Z' : new Date(ms).toISOString(),
  );
  return ` AND ${column} >= toDateTime64('${time}', 9, 'UTC')`;
}

function commandName([tenant, id]: Cells): string {
  return `revocation_commands_v1: tenant_id=${tenant} command_id=${id}`;
}

async function verifyTargets(client: ClickHouseClient, findings: Findings): Promise<void> {
  const rows = selectStream(
    client,
    'SELECT tenant_id, toString(command_id), raw FROM revocation_commands_v1 FINAL',
  );
  for await (const batch of rows) {
    for (const row of batch) {
      const command = parsed(row[2]);
      const target = part(command['target']);
      const subject = { ...target, level: wireText(target['level']) };
      const problems = targetProblems(
        wireText(command['action']),
        subject as Parameters<typeof targetProblems>[1],
      );
      if (problems.length === 0) continue;
      findings.add({
        code: 'command_target_incomplete',
        what: 'The target of a command is incomplete or contradictory.',
        where: commandName(row),
        expected: 'every id of the level and no other',
        found: problems.join('; '),
      });
    }
  }
}

export async function verifyCommands(
  client: ClickHouseClient,
  findings: Findings,
  ranges: ResponseRanges,
): Promise<void> {
  const issued = 'SELECT tenant_id, arrayJoin(issued_command_ids) AS id FROM decisions_v1 FINAL';
  const commands = 'SELECT tenant_id, toString(command_id) AS id FROM revocation_commands_v1 FINAL';
  // What a person commanded has no alert and no decision.
  const unexplained = await select(
    client,
    `SELECT tenant_id, id FROM (${commands} WHERE initiating_entity != 'admin'${since('issued_at', ranges.decisions)})
WHERE (tenant_id, id) NOT IN (${issued}) LIMIT ${FOUND_MAX}`,
  );
  for (const row of unexplained) {
    findings.add({
      code: 'command_without_decision',
      what: 'No decision says that it issued this command.',
      where: commandName(row),
      expected: 'one enforcing decision',
    });
  }
  const undelivered = await select(
    client,
    `SELECT tenant_id, id FROM (${issued} WHERE 1${since('decided_at', ranges.commands)}) WHERE (tenant_id, id) NOT IN (${commands}) LIMIT ${FOUND_MAX}`,
  );
  for (const row of undelivered) {
    findings.add({
      code: 'command_missing',
      what: 'A decision says that it issued this command, and it is not there.',
      where: commandName(row),
      expected: '1 row',
    });
  }
  const first = ranges.commands.isForgotten ? 'min(sequence)' : '1';
  const broken = await select(
    client,
    `SELECT tenant_id, agent_uid, arraySort(groupArray(sequence)) AS numbers
FROM revocation_commands_v1 FINAL GROUP BY tenant_id, agent_uid
HAVING max(sequence) - ${first} + 1 != count() OR uniqExact(sequence) != count() LIMIT ${FOUND_MAX}`,
  );
  for (const [tenant, agent, numbers] of broken) {
    findings.add({
      code: 'command_sequence_broken',
      what: 'The numbers of the commands for one agent do not run from 1 without a gap.',
      where: `revocation_commands_v1: tenant_id=${tenant} agent_uid=${agent}`,
      expected: `1 to ${Array.isArray(numbers) ? numbers.length : 0}`,
      found: numbers,
    });
  }
  await verifyTargets(client, findings);
}
