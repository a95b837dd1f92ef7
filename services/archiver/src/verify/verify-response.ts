/**
 * What holds between alerts, decisions and commands, asked of the store, whose rows were held
 * against the log before: revisions without gaps, evidence that exists, one unbroken chain of
 * decisions, and no command that no decision explains.
 *
 * The chain's rule belongs to the responder, which a service may not import: the composition root
 * passes it in.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import { targetProblems } from '@waywarden/schemas';
import type { Cells } from '../rows/archived-topic.ts';
import { part, text } from '../rows/wire-field.ts';
import type { Findings } from './problem.ts';
import { select, selectStream } from './stored-rows.ts';

/** Of each kind of finding, asked of the store at most. */
const FOUND_MAX = 1_000;

export interface ChainFinding {
  readonly decision_id: string | null;
  readonly text: string;
}

/** Given all decisions in the order of `seq`, says what is wrong with their chain. */
export type VerifyDecisions = (
  decisions: AsyncIterable<Readonly<Record<string, unknown>>>,
) => Promise<readonly ChainFinding[]>;

export async function verifyAlerts(client: ClickHouseClient, findings: Findings): Promise<void> {
  const broken = await select(
    client,
    `SELECT tenant_id, toString(alert_id), arraySort(groupArray(revision)) AS revisions
FROM alerts_v1 FINAL GROUP BY tenant_id, alert_id
HAVING max(revision) != count() OR min(revision) != 1 LIMIT ${FOUND_MAX}`,
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
(SELECT tenant_id, alert_id, revision, arrayJoin(evidence_event_ids) AS id FROM alerts_v1 FINAL)
WHERE (tenant_id, toUUIDOrZero(id)) NOT IN (SELECT tenant_id, event_id FROM audit_events_v1
  WHERE event_id IN (SELECT toUUIDOrZero(arrayJoin(evidence_event_ids)) FROM alerts_v1))
LIMIT ${FOUND_MAX}`,
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
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const rows = selectStream(client, 'SELECT raw FROM decisions_v1 FINAL ORDER BY seq, decision_id');
  for await (const batch of rows) for (const [raw] of batch) yield parsed(raw);
}

export async function verifyChain(
  client: ClickHouseClient,
  findings: Findings,
  verifyDecisions: VerifyDecisions,
): Promise<void> {
  for (const problem of await verifyDecisions(decisionsInOrder(client))) {
    findings.add({
      code: 'decision_chain_broken',
      what: problem.text,
      where: `decisions_v1: decision_id=${problem.decision_id ?? 'none'}`,
      expected: 'an unbroken chain',
    });
  }
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
      const subject = { ...target, level: text(target['level']) };
      const problems = targetProblems(
        text(command['action']),
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

export async function verifyCommands(client: ClickHouseClient, findings: Findings): Promise<void> {
  const issued = `SELECT tenant_id, arrayJoin(issued_command_ids) AS id FROM decisions_v1 FINAL`;
  const commands = 'SELECT tenant_id, toString(command_id) AS id FROM revocation_commands_v1 FINAL';
  // What a person commanded has no alert and no decision; who approved it stands in the command.
  const unexplained = await select(
    client,
    `SELECT tenant_id, id FROM (${commands} WHERE initiating_entity != 'admin')
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
    `SELECT tenant_id, id FROM (${issued}) WHERE (tenant_id, id) NOT IN (${commands}) LIMIT ${FOUND_MAX}`,
  );
  for (const row of undelivered) {
    findings.add({
      code: 'command_missing',
      what: 'A decision says that it issued this command, and it is not there.',
      where: commandName(row),
      expected: '1 row',
    });
  }
  const broken = await select(
    client,
    `SELECT tenant_id, agent_uid, arraySort(groupArray(sequence)) AS numbers
FROM revocation_commands_v1 FINAL GROUP BY tenant_id, agent_uid
HAVING max(sequence) != count() OR uniqExact(sequence) != count() LIMIT ${FOUND_MAX}`,
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
