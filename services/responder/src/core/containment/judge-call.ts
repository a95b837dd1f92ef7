/**
 * What a later call says of an order. `own`: the subject's; `taken`: another with the revoked credential; `untied`:
 * nobody can tell.
 */
import {
  assuranceAtLeast,
  type ObservedCall,
  type Receipt,
  type WhyUntied,
} from '@waywarden/schemas';
import { AUTOMATIC_ASSURANCE_MIN } from '../guards/withheld-reasons.ts';
import { begunMs, calledMs, latestMs } from '../model/called-at.ts';
import type { ContainmentProof, IssuedCommand } from '../model/issued-command.ts';
import {
  assuranceOf,
  isClaimedApproved,
  isOfSubject,
  isOfTaken,
  isOutOfTask,
  type Subject,
} from '../model/watched-subject.ts';
import { appliedByAll, isRefusedAfter, isStale, joined, untilMs } from './containment-state.ts';
import { isProvenLeak, type Leaked } from './leak-alert.ts';
import { whyUntied } from './left-out.ts';

export const SUCCEEDED: ReadonlySet<string> = new Set(['success', 'tool_error']);

const isUnsaid = ({ outcome }: ObservedCall) => outcome !== 'denied' && !SUCCEEDED.has(outcome);

/** Orders may cancel what is under way. */
const isCutOff = (issued: IssuedCommand, call: ObservedCall) =>
  call.outcome === 'cancelled' && claimedApplied(issued, begunMs(call)).length === 0;

export type Relation = 'own' | 'taken' | 'untied';

export function relationOf({ command, subject }: IssuedCommand, call: ObservedCall) {
  if (isOfSubject(subject, call)) return 'own';
  if (isOfTaken(command, subject, call)) return 'taken';
  return whyUntied(subject, call) === undefined ? undefined : 'untied';
}

export interface Judged {
  readonly next: IssuedCommand;
  readonly leaked?: Leaked;
}

function claimedApplied({ receivers, issuedMs }: IssuedCommand, callMs: number): readonly string[] {
  const applied = (state: Receipt['state'] | 'delivered') => state === 'applied';
  return Object.entries(receivers)
    .filter(([, one]) => applied(one.state) && (one.appliedMs ?? issuedMs) < callMs)
    .map(([id]) => id)
    .sort();
}

const isProven = ({ assurance }: ObservedCall) =>
  assuranceAtLeast(assurance, AUTOMATIC_ASSURANCE_MIN);

function unsettled(issued: IssuedCommand, call: ObservedCall, why: WhyUntied): Judged {
  const applied = appliedByAll(issued);
  const atMs = calledMs(call);
  const lastMs = latestMs(call);
  if (applied === undefined || applied.atMs >= lastMs) return { next: issued };
  const slot = isProven(call) ? 'untied' : 'untiedClaimed';
  const { [slot]: before } = issued.proof;
  if (before !== undefined && untilMs(before) >= lastMs) return { next: issued };
  const { event_id: eventId, agent_uid: agentUid, credential_uid: credentialUid, source } = call;
  const seen = {
    ...{ eventId, atMs, latestMs: lastMs, agentUid },
    why: atMs > applied.atMs ? why : ('late_record' as const),
    ...(source === undefined ? {} : { source }),
    ...(credentialUid === undefined ? {} : { credentialUid }),
  };
  const { denied } = issued.proof;
  const isOpen = before !== undefined && (denied === undefined || !isRefusedAfter(denied, before));
  const last = isOpen ? joined(before, seen) : seen;
  return { next: { ...issued, proof: { ...issued.proof, [slot]: last } } };
}

function foretoldUntil({ receivers }: IssuedCommand, call: ObservedCall): number | undefined {
  const applied = Object.values(receivers).filter(({ state }) => state === 'applied');
  const usable = applied.map((one) => one.usableUntilMs ?? 0);
  const last = Math.max(0, ...usable);
  return last > calledMs(call) ? last : undefined;
}

function isLie(issued: IssuedCommand, call: ObservedCall): boolean {
  return isProven(call) && foretoldUntil(issued, call) === undefined;
}

/** Unless only this one is proven. */
function leaked(
  issued: IssuedCommand,
  call: ObservedCall,
  slot: 'leak' | 'leakByOther',
  nowMs: number,
): Judged {
  const earlier = issued.proof[slot];
  const atMs = calledMs(call);
  const receivers = claimedApplied(issued, begunMs(call));
  if (receivers.length === 0) return unsettled(issued, call, 'under_way');
  const { event_id: eventId, agent_uid: agentUid, credential_uid: credentialUid } = call;
  const foretoldMs = foretoldUntil(issued, call);
  const leak = {
    ...{ eventId, atMs, agentUid, receivers, isProven: isLie(issued, call) },
    ...(foretoldMs === undefined ? {} : { foretoldUntilMs: foretoldMs }),
    detectedMs: Math.max(nowMs, atMs),
    ...(slot === 'leakByOther' && credentialUid !== undefined ? { credentialUid } : {}),
  };
  const next = { ...issued, proof: { ...issued.proof, [slot]: leak } };
  const before = earlier === undefined ? {} : { earlier };
  const of = slot === 'leak' ? {} : { isByOther: true };
  return {
    next,
    leaked: { issued: next, sign: { call }, isProven: leak.isProven, ...before, ...of },
  };
}

function isWarmedUp(
  issued: IssuedCommand,
  slot: 'leak' | 'leakByOther',
  call: ObservedCall,
): boolean {
  const { [slot]: earlier } = issued.proof;
  if (earlier === undefined) return false;
  return !isLie(issued, call) || call.outcome === 'denied' || isProvenLeak(issued, slot);
}

/** Such a refusal it can have as it likes. */
function provesNothing(subject: Subject, call: ObservedCall): boolean {
  return isOutOfTask(subject, call) && call.credential_uid !== subject.usedCredentialUid;
}

function judgeOwn(issued: IssuedCommand, seen: ObservedCall, nowMs: number): Judged {
  // Asserting a delegation proves nothing for or against the delegator.
  const call = { ...seen, assurance: assuranceOf(issued.subject, seen) };
  if (isWarmedUp(issued, 'leak', call)) return { next: issued };
  if (isCutOff(issued, call)) return { next: issued };
  if (isUnsaid(call)) return unsettled(issued, call, 'unknown_outcome');
  if (call.outcome !== 'denied') {
    return isClaimedApproved(issued.command, call)
      ? unsettled(issued, call, 'claimed_approved')
      : leaked(issued, call, 'leak', nowMs);
  }
  if (provesNothing(issued.subject, call)) return { next: issued };
  return { next: { ...issued, proof: deniedProof(issued, call) ?? issued.proof } };
}

function judgeTaken(issued: IssuedCommand, call: ObservedCall, nowMs: number): Judged {
  const applied = appliedByAll(issued);
  if (applied === undefined) return { next: issued };
  if (applied.atMs >= calledMs(call)) {
    return call.outcome === 'denied' ? { next: issued } : unsettled(issued, call, 'late_record');
  }
  if (call.outcome === 'denied') {
    if (call.ground !== issued.command.command_id) return { next: issued };
    return { next: { ...issued, proof: deniedProof(issued, call) ?? issued.proof } };
  }
  if (isWarmedUp(issued, 'leakByOther', call)) return { next: issued };
  if (isUnsaid(call)) return unsettled(issued, call, 'unknown_outcome');
  return leaked(issued, call, 'leakByOther', nowMs);
}

function judgeUntied(issued: IssuedCommand, call: ObservedCall): Judged {
  if (call.outcome === 'denied') return { next: issued };
  return unsettled(issued, call, whyUntied(issued.subject, call) ?? 'no_task');
}

export function judgeContainedCall(
  issued: IssuedCommand,
  call: ObservedCall,
  relation: Relation,
  nowMs: number,
): Judged {
  if (issued.restored || issued.expiresMs <= calledMs(call)) return { next: issued };
  if (relation === 'own') return judgeOwn(issued, call, nowMs);
  return relation === 'taken' ? judgeTaken(issued, call, nowMs) : judgeUntied(issued, call);
}

/** Without punctuation. */
const ACCESS_ERRORS: ReadonlySet<string> = new Set([
  ...['401', '403', 'accessdenied', 'accessdeniedexception', 'accessrevoked', 'accountdisabled'],
  ...['agentcontained', 'agentdisabled', 'agentrevoked', 'agentsuspended', 'authenticationfailed'],
  ...['authenticationrequired', 'authorizationfailed', 'authorizationrequired', 'blocked'],
  ...['clientdisabled', 'credentialrevoked', 'denied', 'disabled', 'expiredtoken', 'forbidden'],
  ...['insufficientpermissions', 'insufficientscope', 'invalidgrant', 'invalidtoken'],
  ...['loginrequired', 'notauthorized', 'permissiondenied', 'permissionerror', 'policydenied'],
  ...['quarantined', 'revoked', 'revokedtoken', 'sessionexpired', 'sessionrevoked', 'stepup'],
  ...['stepuprequired', 'suspended', 'tokenexpired', 'tokenrevoked', 'toolblocked', 'tooldisabled'],
  ...['unauthenticated', 'unauthorized', 'unauthorizedclient', 'unauthorizederror', 'userdisabled'],
]);

function isAccessError(error: string): boolean {
  const codes = error
    .toLowerCase()
    .split(/\s+/)
    .filter((one) => one !== '');
  return codes.every((one) => ACCESS_ERRORS.has(one.replaceAll(/[^a-z0-9]/g, '')));
}

/** Theirs, unless it names the order. */
const ASKED: ReadonlySet<string> = new Set(['human', 'policy']);

function canBeOf({ command }: IssuedCommand, { ground, error, approval }: ObservedCall): boolean {
  if (ground !== undefined) return ground === command.command_id;
  if (approval !== undefined && ASKED.has(approval)) return false;
  return error === undefined || isAccessError(error);
}

/** Which refusal proves an order: its record names it, or no other ground. */
function deniedProof(issued: IssuedCommand, call: ObservedCall): ContainmentProof | undefined {
  const atMs = calledMs(call);
  const applied = appliedByAll(issued);
  if (applied === undefined || applied.atMs > atMs) return undefined;
  if (!assuranceAtLeast(call.assurance, AUTOMATIC_ASSURANCE_MIN)) return undefined;
  if (!canBeOf(issued, call)) return undefined;
  const byOrder = call.ground === issued.command.command_id;
  const { denied } = issued.proof;
  // Unless only this one names the order, or its subject went on.
  const isGone = denied === undefined || isStale(denied, issued.proof);
  if (!isGone && (denied.byOrder || !byOrder)) return undefined;
  const { event_id: eventId, agent_uid: agentUid, source } = call;
  const reported = {
    agentUid,
    latestMs: latestMs(call),
    ...(source === undefined ? {} : { source }),
  };
  return { ...issued.proof, denied: { eventId, atMs, byOrder, ...reported } };
}
