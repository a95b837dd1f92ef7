/**
 * The alert about a containment that did not hold. A revoked credential in other hands is an alert of its own,
 * about the owner: no bystander must be revoked.
 */
import {
  type Alert,
  alertId,
  alertKey,
  epochMs,
  formatLogTime,
  type ObservedCall,
  type Severity,
  TEXT_LENGTH_MAX,
  TOPICS,
} from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import type { IssuedCommand, Leak } from '../model/issued-command.ts';

const LEAK_RULE = 'containment-leak';
const LEAK_RULE_VERSION = '2';
const KIND = 'containment_leak';
const SEVERITY: Severity = 'critical';
const TITLE_LENGTH_MAX = 90;
const NAME_LENGTH_MAX = 24;

function short(text: string): string {
  return text.length <= NAME_LENGTH_MAX ? text : `…${text.slice(1 - NAME_LENGTH_MAX)}`;
}

function titleOf(
  { issued: { command, proof }, sign, isByOther }: LeakParts,
  receivers: readonly string[],
) {
  const [first = 'nobody'] = receivers;
  if (isByOther === true && 'call' in sign) {
    const { agent_uid: agent, credential_uid: credential = '' } = sign.call;
    return `Revoked credential ${short(credential)} used by ${short(agent)}`;
  }
  const others = receivers.length > 1 ? ` and ${receivers.length - 1} more` : '';
  const who = short(command.target.agent_uid);
  const acts = 'call' in sign ? 'still acts' : 'could still act';
  const claimed =
    proof.leak?.foretoldUntilMs === undefined
      ? `though ${short(first)}${others} said it is stopped`
      : 'as a receiver had foretold for a time';
  return `${who} ${acts}, ${claimed}`.slice(0, TITLE_LENGTH_MAX);
}

function sightOf({ command }: IssuedCommand, sign: LeakSign): string {
  if (!('call' in sign)) {
    return `After that ${sign.by} was asked and tried (${sign.method}): ${command.target.agent_uid} would have got through.`;
  }
  const { call } = sign;
  const token = call.credential_uid === undefined ? '' : ` with credential ${call.credential_uid}`;
  const through = call.source === undefined ? '' : `, as ${call.source} tells`;
  return `After that ${call.agent_uid} called ${call.tool ?? call.activity}${token}${through}, and it went through (${call.outcome}).`;
}

function summaryOf({ issued, sign, isByOther }: LeakParts, receivers: readonly string[]): string {
  const answer = `${receivers.join(', ')} answered that ${issued.command.action} was applied.`;
  const { foretoldUntilMs: untilMs } =
    issued.proof[isByOther === true ? 'leakByOther' : 'leak'] ?? {};
  const until = formatLogTime({ ms: untilMs ?? 0, ns: 0 });
  const holds =
    untilMs === undefined
      ? 'The containment does not hold.'
      : `That was foretold: tokens stay usable until ${until}, as a receiver said. Nothing follows by itself.`;
  const so =
    isByOther === true
      ? 'The credential is not revoked everywhere; whether who used it may hold it is for a person to say.'
      : holds;
  return `${answer} ${sightOf(issued, sign)} ${so}`.slice(0, TEXT_LENGTH_MAX);
}

export type LeakSign =
  | { readonly call: ObservedCall }
  | { readonly by: string; readonly method: string };

export interface Leaked {
  readonly issued: IssuedCommand;
  readonly sign: LeakSign;
  readonly isProven: boolean;
  /** The sign whose place it takes: that one was not proven. */
  readonly earlier?: Leak;
  readonly isByOther?: boolean;
}

export function isProvenLeak(
  { proof, escalated }: IssuedCommand,
  slot: 'leak' | 'leakByOther',
): boolean {
  const { [slot]: leak } = proof;
  return leak !== undefined && (leak.isProven ?? escalated);
}

export function isLeakProven(issued: IssuedCommand): boolean {
  return isProvenLeak(issued, 'leak');
}

export interface LeakParts {
  readonly issued: IssuedCommand;
  readonly sign: LeakSign;
  readonly earlier?: Leak | undefined;
  readonly isByOther?: boolean | undefined;
  readonly policyVersion: string;
  readonly detectedAt: string;
}

function timesOf(at: string, detectedAt: string, earlier: Leak | undefined) {
  const timeOf = (ms: number) => formatLogTime({ ms, ns: 0 });
  const isEarlier = earlier !== undefined && earlier.atMs < epochMs(at);
  const isLater = earlier !== undefined && earlier.atMs > epochMs(at);
  const { detectedMs } = earlier ?? {};
  return {
    first_event_time: isEarlier ? timeOf(earlier.atMs) : at,
    last_event_time: isLater ? timeOf(earlier.atMs) : at,
    first_detected_at: detectedMs === undefined ? detectedAt : timeOf(detectedMs),
    detected_at: detectedAt,
  };
}

function evidenceOf(sign: LeakSign): Alert['evidence'] {
  if (!('call' in sign)) return [];
  const { event_id, agent_uid, assurance } = sign.call;
  return [{ event_id, agent_uid, role: 'went_through', assurance }];
}

function keyOf({ issued, isByOther }: LeakParts): string {
  const { command_id: id } = issued.command;
  return isByOther === true ? `${id}|credential` : id;
}

function subjectOf({ issued, sign, isByOther }: LeakParts): Alert['subject'] {
  const { agentUid, taskId } = issued.subject;
  const credential = 'call' in sign ? sign.call.credential_uid : undefined;
  return {
    agent_uid: agentUid,
    ...(taskId === undefined || isByOther === true ? {} : { task_id: taskId }),
    ...(credential === undefined ? {} : { credential_uid: credential }),
  };
}

export function leakAlert(parts: LeakParts): Alert {
  const { issued, sign, earlier, isByOther, policyVersion, detectedAt } = parts;
  const { command, proof } = issued;
  const tenantId = command.tenant_id;
  const receivers = (isByOther === true ? proof.leakByOther : proof.leak)?.receivers ?? [];
  const call = 'call' in sign ? sign.call : undefined;
  const at = call?.event_time ?? detectedAt;
  const then =
    call === undefined
      ? `${'by' in sign ? sign.by : ''} could still act`
      : 'a later call went through';
  return {
    alert_id: alertId({ tenantId, kind: KIND, ruleId: LEAK_RULE, alertKey: keyOf(parts) }),
    revision: earlier === undefined ? 1 : 2,
    state: 'open',
    count: earlier === undefined ? 1 : 2,
    incident_id: command.incident_id,
    tenant_id: tenantId,
    kind: KIND,
    rule_id: LEAK_RULE,
    rule_version: LEAK_RULE_VERSION,
    severity: SEVERITY,
    confidence: null,
    confidence_basis: 'proof',
    score: 1,
    evaluable: true,
    subject: subjectOf(parts),
    ...timesOf(at, detectedAt, earlier),
    title: titleOf(parts, receivers),
    summary: summaryOf(parts, receivers),
    reasons: receivers.map((receiver) => ({
      feature: 'containment',
      text: `${receiver} said that it had applied ${command.action}; ${then}.`,
      expected: 'denied',
      observed: call?.outcome ?? 'open',
    })),
    evidence: [...evidenceOf(sign)],
    not_visible: [],
    taxonomy: { owasp: ['ASI03'] },
    policy_version: policyVersion,
    detector_version: 'responder',
    decisive_assurance: call?.assurance ?? 'authenticated',
    ...(call?.source === undefined ? {} : { sources: [call.source] }),
    ...(issued.cause === null ? {} : { subject_class: issued.cause.subjectClass }),
  };
}

export function leakOutput(alert: Alert): Output {
  return {
    topic: TOPICS.alerts.name,
    key: alertKey(alert.tenant_id, alert.alert_id),
    type: 'event',
    value: alert,
    id: `${alert.alert_id}/${alert.revision}`,
    subject: alert.subject.agent_uid,
    time: alert.detected_at,
  };
}
