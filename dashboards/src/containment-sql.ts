/**
 * What became of each command, in the console's words and order. Levels other than task,
 * credential, instance, conversation and agent are never confirmed.
 */
import { IS_TENANT } from './variables.ts';

/** Commands looked at, the newest first; the panels say so. */
export const COMMANDS_MAX = 1_000;

/** Levels whose calls can be told from other calls of the agent, and the event's column for them. */
const SUBJECTS = {
  task: 'task_id',
  credential: 'credential_uid',
  instance: 'instance_uid',
  conversation: 'conversation_id',
} as const;

function subjectOfCommand(): string {
  const levels = Object.entries(SUBJECTS).map(
    ([level, id]) =>
      `target_level = '${level}', concat('${level}:', JSONExtractString(target, '${id}'))`,
  );
  return `multiIf(target_level = 'agent', 'agent:', ${levels.join(', ')}, 'none')`;
}

function subjectsOfCall(): string {
  const ids = Object.entries(SUBJECTS).map(([level, id]) => `concat('${level}:', ${id})`);
  return `arrayJoin(['agent:', ${ids.join(', ')}])`;
}

const ISSUED = [
  'command_id',
  'containment_id',
  'alert_id',
  'agent_uid',
  'action',
  'target_level',
  'drain',
  'receivers',
  'issued_at',
  'expires_at',
  'subject',
  'confidence',
  'confidence_basis',
];
const ALERTED = ['alert_at', 'event_at'];
const ANSWERED = ['applied_by', 'refusals', 'acceptances', 'usable_until'];
const SEEN = ['denials', 'denied_at', 'leaks'];

function columnsOf(step: string, names: readonly string[]): string {
  return names.map((name) => `${step}.${name} AS ${name}`).join(', ');
}

/**
 * The store has all receipts of the log; those that the responder refused (forged, of another
 * receiver, cut) it set aside by place.
 */
const BELIEVED = `concat('responder-intake/', log_topic, '/', log_incarnation, '/', toString(log_partition), '/', toString(log_offset))
      NOT IN (SELECT dead_letter_id FROM dead_letters_v1 WHERE source = 'responder-intake')`;

/** A refusal whose record names another ground says nothing of this order. */
const OWN_DENIAL = "calls.outcome = 'denied' AND calls.ground IN ('', toString(held.command_id))";

/** Common table expressions; the last, `contained`, has one row a command. */
export const CONTAINED = `WITH
  issued AS (
    SELECT command_id, containment_id, toUUIDOrZero(alert_ids[1]) AS alert_id, agent_uid, action,
      target_level, drain, receivers, issued_at, expires_at, confidence, confidence_basis,
      ${subjectOfCommand()} AS subject
    FROM revocation_commands_v1 FINAL
    WHERE ${IS_TENANT} AND restores = '' AND action != 'probe' AND $__timeFilter(issued_at)
    ORDER BY issued_at DESC, sequence DESC LIMIT 1 BY command_id LIMIT ${COMMANDS_MAX}
  ),
  alerted AS (
    SELECT alert_id, min(first_detected_at) AS alert_at, argMin(last_event_time, revision) AS event_at
    FROM alerts_v1 FINAL
    WHERE ${IS_TENANT} AND alert_id IN (SELECT alert_id FROM issued) GROUP BY alert_id
  ),
  answers AS (
    SELECT command_id, receiver, argMax(state, log_offset) AS answer,
      argMax(if(applied_at > toDateTime64(0, 9), applied_at, received_at), log_offset) AS answered_at,
      argMax(usable_until, log_offset) AS usable
    FROM revocation_receipts_v1 FINAL
    WHERE ${IS_TENANT} AND ${BELIEVED} AND command_id IN (SELECT command_id FROM issued)
    GROUP BY command_id, receiver
  ),
  answered AS (
    SELECT command_id, groupArrayIf(receiver, answer = 'applied') AS applied_by,
      countIf(answer IN ('failed', 'unsupported', 'partial', 'expired')) AS refusals,
      countIf(answer = 'accepted') AS acceptances,
      maxIf(answered_at, answer = 'applied') AS verdict_at, max(usable) AS usable_until
    FROM answers GROUP BY command_id
  ),
  held AS (
    SELECT ${columnsOf('issued', ISSUED)}, ${columnsOf('alerted', ALERTED)},
      ${columnsOf('answered', ANSWERED)},
      notEmpty(receivers) AND hasAll(answered.applied_by, receivers) AS is_applied,
      if(is_applied, greatest(answered.verdict_at, issued.issued_at), answered.verdict_at) AS applied_at
    FROM issued LEFT JOIN alerted ON alerted.alert_id = issued.alert_id
    LEFT JOIN answered ON answered.command_id = issued.command_id
  ),
  calls AS (
    SELECT agent_uid, ${subjectsOfCall()} AS subject, event_time, outcome,
      if(outcome = 'denied', JSONExtractString(raw, 'policy', 'id'), '') AS ground
    FROM audit_events_v1 FINAL
    WHERE ${IS_TENANT} AND $__timeFilter(event_time) AND agent_uid IN (SELECT agent_uid FROM issued)
      AND phase = 'completed' AND outcome IN ('denied', 'success')
  ),
  seen AS (
    SELECT held.command_id AS command_id, countIf(${OWN_DENIAL}) AS denials,
      minIf(calls.event_time, ${OWN_DENIAL}) AS denied_at,
      countIf(calls.outcome = 'success' AND held.is_applied AND held.drain != 'leave'
        AND calls.event_time > held.applied_at) AS leaks
    FROM held INNER JOIN calls ON calls.agent_uid = held.agent_uid AND calls.subject = held.subject
    WHERE calls.event_time > held.issued_at GROUP BY command_id
  ),
  asked AS (
    SELECT toUUIDOrZero(JSONExtractString(raw, 'probes')) AS about, command_id
    FROM revocation_commands_v1 FINAL WHERE ${IS_TENANT} AND action = 'probe'
  ),
  found AS (
    SELECT command_id, JSONExtractString(raw, 'probe', 'outcome') AS outcome,
      JSONExtractString(raw, 'probe', 'method') AS method
    FROM revocation_receipts_v1 FINAL
    WHERE ${IS_TENANT} AND ${BELIEVED} AND state = 'applied'
  ),
  probed AS (
    SELECT asked.about AS command_id, countIf(outcome = 'open') AS opens,
      countIf(outcome = 'refused' AND method IN ('call', 'introspection')) AS holds
    FROM asked INNER JOIN found ON found.command_id = asked.command_id GROUP BY command_id
  ),
  contained AS (
    SELECT ${columnsOf('held', [...ISSUED, ...ALERTED, ...ANSWERED, 'applied_at', 'is_applied'])},
      ${columnsOf('seen', SEEN)},
      multiIf(
        toString(held.command_id) IN (SELECT restores FROM revocation_commands_v1 FINAL WHERE ${IS_TENANT} AND restores != ''), 'restored',
        is_applied AND action IN ('signal_risk', 'open_case'), 'carried_out',
        leaks > 0 OR probed.opens > 0, 'leaked',
        is_applied AND (denials > 0 OR probed.holds > 0), 'confirmed',
        refusals > 0, 'failed',
        expires_at <= ($__toTime), 'expired',
        is_applied, 'applied',
        acceptances > 0, 'accepted',
        'issued') AS state
    FROM held LEFT JOIN seen ON seen.command_id = held.command_id
    LEFT JOIN probed ON probed.command_id = held.command_id
  )`;

/** Seconds from one time to another, both columns of `contained`. */
export function secondsBetween(from: string, to: string): string {
  return `dateDiff('millisecond', ${from}, ${to}) / 1000`;
}
