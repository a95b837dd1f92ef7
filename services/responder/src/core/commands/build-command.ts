/**
 * A revocation command as on the wire. The opening revision is part of its id, so a later containment is no repeat.
 */
import {
  type Alert,
  type Assurance,
  assuranceAtLeast,
  commandId,
  durationMs,
  formatLogTime,
  type RevocationCommand,
  type Rule,
  shiftTime,
  TEXT_LENGTH_MAX,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import { AUTOMATIC_ASSURANCE_MIN } from '../guards/withheld-reasons.ts';
import { isMild, narrowest, STEP_UP } from '../model/action-strength.ts';
import type { PlannedAction } from '../model/action-target.ts';
import { HAND_RULE, TASK_END_RULE } from '../model/built-in-rules.ts';
import type { Cause, IssuedCommand } from '../model/issued-command.ts';

const COMMAND_EVIDENCE_MAX = 32;

/** Receivers refuse what is not addressed to their tenant. */
export function audienceOf(tenantId: string): string {
  return `waywarden:${tenantId}`;
}

export type CommandAlert = Pick<
  Alert,
  | 'tenant_id'
  | 'alert_id'
  | 'revision'
  | 'incident_id'
  | 'detected_at'
  | 'title'
  | 'severity'
  | 'confidence'
  | 'confidence_basis'
  | 'evidence'
>;

type Basis = Pick<CommandAlert, 'confidence_basis'>;

/** Manual orders say nothing. */
export function basisOf({ confidence_basis: basis }: Basis): Basis {
  return basis === undefined ? {} : { confidence_basis: basis };
}

export interface CommandParts {
  readonly alert: CommandAlert;
  readonly rule: Rule;
  readonly planned: PlannedAction;
  readonly sequence: number;
  readonly receivers: readonly string[];
  readonly approvals?: RevocationCommand['approvals'];
  readonly scope?: RevocationCommand['scope'];
  readonly follows?: {
    readonly commandId: string;
    readonly sentence: string;
    readonly member?: string;
  };
  readonly expiresAt?: string;
  readonly reason?: string;
  readonly ending: Pick<Ending, 'subject' | 'isLapse'>;
  readonly standsMs: number;
}

function containmentIdOf({ alert, rule, planned, follows }: CommandParts): string {
  const member = follows?.member === undefined ? '' : `|${follows.member}`;
  const after = follows === undefined ? '' : `|${follows.commandId}${member}`;
  const what = `${rule.id}|${planned.action}|${planned.target.level}${after}`;
  return uuidV5(
    WAYWARDEN_NAMESPACE,
    `containment|${alert.tenant_id}|${alert.alert_id}|${alert.revision}|${what}`,
  );
}

function strongerAssurance(a: Assurance, b: Assurance): Assurance {
  return assuranceAtLeast(a, b) ? a : b;
}

function sentence(text: string): string {
  return text.slice(0, TEXT_LENGTH_MAX);
}

export function buildCommand(parts: CommandParts): RevocationCommand {
  const { alert, rule, planned, follows, approvals } = parts;
  const { action, target } = planned;
  const containmentId = containmentIdOf(parts);
  const expiresAt = parts.expiresAt ?? shiftTime(alert.detected_at, durationMs(rule.expires));
  return {
    command_id: commandId({ tenantId: alert.tenant_id, target, action, containmentId }),
    containment_id: containmentId,
    tenant_id: alert.tenant_id,
    sequence: parts.sequence,
    incident_id: alert.incident_id,
    alert_ids: [alert.alert_id],
    issued_at: alert.detected_at,
    expires_at: expiresAt,
    action,
    target,
    receivers: [...parts.receivers],
    audience: audienceOf(alert.tenant_id),
    ...reportedOnOrder(
      { ...parts.ending, ruleId: rule.id, planned },
      { expiresAt, standsMs: parts.standsMs },
    ),
    drain: rule.drain,
    ...(parts.scope === undefined ? {} : { scope: parts.scope }),
    severity: alert.severity,
    confidence: alert.confidence,
    ...basisOf(alert),
    initiating_entity: approvals === undefined ? 'policy' : 'admin',
    approvals: [...(approvals ?? [])],
    reason: sentence(
      parts.reason ??
        `${follows === undefined ? '' : `${follows.sentence} `}Rule ${rule.id} answers "${alert.title}" (${alert.severity}) with ${action} at level ${target.level} until ${expiresAt}.`,
    ),
    evidence: alert.evidence.slice(0, COMMAND_EVIDENCE_MAX),
    preconditions: {
      assurance_min: strongerAssurance(rule.assurance_min, AUTOMATIC_ASSURANCE_MIN),
      targets_max: 1,
    },
  };
}

export interface Undo {
  readonly alertIds: readonly string[];
  readonly at: string;
  /** After "Restores revoke_token of …: ". */
  readonly because: string;
  readonly evidence: RevocationCommand['evidence'];
  /** Absent: the alert was withdrawn. */
  readonly approvals?: readonly RevocationCommand['approvals'][number][];
}

export function buildRestore(
  issued: IssuedCommand,
  undo: Undo,
  sequence: number,
): RevocationCommand {
  const { at_expiry: _, ...command } = issued.command;
  const { tenant_id: tenantId, target, containment_id: containmentId } = command;
  const span = issued.expiresMs - issued.issuedMs;
  return {
    ...command,
    command_id: commandId({ tenantId, target, action: 'restore', containmentId }),
    sequence,
    restores: command.command_id,
    alert_ids: [...undo.alertIds],
    issued_at: undo.at,
    expires_at: shiftTime(undo.at, span),
    action: 'restore',
    drain: 'leave',
    ...(undo.approvals === undefined
      ? {}
      : { initiating_entity: 'admin' as const, approvals: [...undo.approvals] }),
    reason: sentence(`Restores ${command.action} of ${command.issued_at}: ${undo.because}`),
    evidence: undo.evidence.slice(0, COMMAND_EVIDENCE_MAX),
  };
}

export interface Question {
  readonly at: string;
  readonly expiresAt: string;
  /** The first is 1. */
  readonly tries: number;
  readonly sequence: number;
  readonly receivers: readonly string[];
}

export function buildProbe(issued: IssuedCommand, question: Question): RevocationCommand {
  const { scope: _, restores: __, at_expiry: ___, ...command } = issued.command;
  const { tenant_id: tenantId, target, command_id: probes } = command;
  const containmentId = uuidV5(WAYWARDEN_NAMESPACE, `probe|${probes}|${question.tries}`);
  return {
    ...command,
    command_id: commandId({ tenantId, target, action: 'probe', containmentId }),
    containment_id: containmentId,
    sequence: question.sequence,
    probes,
    issued_at: question.at,
    expires_at: question.expiresAt,
    action: 'probe',
    receivers: [...question.receivers],
    drain: 'leave',
    initiating_entity: 'policy',
    approvals: [],
    reason: sentence(
      `Asks whether ${command.action} of ${command.issued_at} holds: it was applied, and nothing has shown it.`,
    ),
  };
}

export function causedAlert(
  { command }: Pick<IssuedCommand, 'command'>,
  cause: Cause,
  nowMs: number,
): CommandAlert {
  return {
    tenant_id: command.tenant_id,
    alert_id: cause.alertId,
    revision: cause.revision,
    incident_id: command.incident_id,
    detected_at: formatLogTime({ ms: nowMs, ns: 0 }),
    title: cause.title,
    severity: command.severity,
    confidence: command.confidence,
    ...basisOf(command),
    evidence: command.evidence,
  };
}

/** Nobody could tell a receiver cut off to stop. */
const UNHEARD_MS_MAX = 7 * 86_400_000;

/**
 * What an order gives way to at its end: a step-up. Nothing follows signals, origins, ends of tasks and manual
 * step-ups.
 */
interface Ending {
  readonly ruleId: string;
  readonly planned: Pick<PlannedAction, 'action' | 'target'>;
  readonly subject: Alert['subject'];
  readonly isLapse?: boolean | undefined;
}

export function afterExpiry({
  ruleId,
  planned,
  subject,
  isLapse,
}: Ending): PlannedAction | undefined {
  const { action, target } = planned;
  if (isLapse === true || ruleId === TASK_END_RULE || target.level === 'origin') return undefined;
  if (action === STEP_UP) return ruleId === HAND_RULE ? undefined : { ...planned, problems: [] };
  if (isMild(action)) return undefined;
  const { tenant_id, agent_uid } = target;
  const known = subject.agent_uid === agent_uid ? subject : { agent_uid };
  return narrowest(STEP_UP, { tenant_id, agent_uid }, known);
}

export function reportedOnOrder(
  ending: Ending,
  { expiresAt, standsMs }: { readonly expiresAt: string; readonly standsMs: number },
): Pick<RevocationCommand, 'at_expiry'> {
  const next = afterExpiry(ending);
  if (next === undefined) return {};
  const until = shiftTime(expiresAt, Math.min(standsMs, UNHEARD_MS_MAX));
  return { at_expiry: { action: next.action, target: next.target, until } };
}
