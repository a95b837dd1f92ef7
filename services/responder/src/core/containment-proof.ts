/**
 * Holds later calls of a contained agent, and its silence, against the orders about it.
 *
 * Only what happened after the order was applied counts, and only where who acted and how it came out
 * is proven: a hijacked agent that writes its own telemetry could otherwise report a denial and pass
 * for contained. A call that went through is a leak whoever reports it, for a false leak costs a look
 * and a missed one costs everything; what follows by itself from it asks for proof again. So a sign
 * that is only asserted must not stand before a proven one: the first proven one takes its place.
 *
 * A refusal proves an order only where it can be the order's: its record names it, or names neither a
 * ground nor an error that speaks of something else. Whoever is refused for calling too often, for
 * arguments that are no good or because of another rule would have been refused without it too.
 */
import {
  assuranceAtLeast,
  epochMs,
  type Receipt,
  type Sighting,
  type Silence,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { appliedByAll } from './containment-state.ts';
import { commandsAbout, type IssuedCommand, type Proof, putIssued } from './issued-command.ts';
import { isLeakProven, type Leaked } from './leak-alert.ts';
import { assuranceOf, isOfSubject, isTelling, tellsAbout } from './watched-subject.ts';
import { AUTOMATIC_ASSURANCE_MIN } from './withhold-command.ts';

/** Calls kept with an order, for a receipt that is read after them; two more that went through. */
const RECENT_CALLS_MAX = 8;
const SUCCEEDED: ReadonlySet<string> = new Set(['success', 'tool_error']);

/** Those who said that they had applied it before the call, each by the time that it stated. */
function saidApplied({ receivers, issuedMs }: IssuedCommand, callMs: number): readonly string[] {
  const applied = (state: Receipt['state'] | 'delivered') => state === 'applied';
  return Object.entries(receivers)
    .filter(([, one]) => applied(one.state) && (one.appliedMs ?? issuedMs) < callMs)
    .map(([id]) => id)
    .sort();
}

function isInForce(issued: IssuedCommand, atMs: number): boolean {
  return !issued.restored && issued.expiresMs > atMs;
}

/**
 * Errors by which access is refused, whole and without their punctuation; any other says that the call
 * was refused for itself. Rejected: words within them, for `PolicyNotFound` and `token_limit_exceeded`
 * speak of policies and tokens too.
 */
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

/** Type and code stand in it with a space between: each must speak of access. */
function isAccessError(error: string): boolean {
  const codes = error
    .toLowerCase()
    .split(/\s+/)
    .filter((one) => one !== '');
  return codes.every((one) => ACCESS_ERRORS.has(one.replaceAll(/[^a-z0-9]/g, '')));
}

/** Of who was asked whether a call may go on, a refusal is theirs, unless it names the order. */
const ASKED: ReadonlySet<string> = new Set(['human', 'policy']);

function canBeOf({ command }: IssuedCommand, { ground, error, approval }: Sighting): boolean {
  if (ground !== undefined) return ground === command.command_id;
  if (approval !== undefined && ASKED.has(approval)) return false;
  return error === undefined || isAccessError(error);
}

function deniedProof(issued: IssuedCommand, call: Sighting): Proof | undefined {
  const atMs = epochMs(call.event_time);
  const applied = appliedByAll(issued);
  if (applied === undefined || applied.atMs > atMs) return undefined;
  if (!assuranceAtLeast(call.assurance, AUTOMATIC_ASSURANCE_MIN)) return undefined;
  if (!canBeOf(issued, call)) return undefined;
  const byOrder = call.ground === issued.command.command_id;
  const { denied } = issued.proof;
  // The first refusal stands, unless it named no order and this one does.
  if (denied !== undefined && (denied.byOrder || !byOrder)) return undefined;
  return { ...issued.proof, denied: { eventId: call.event_id, atMs, byOrder } };
}

/** The order as it stands after the call; the leak that it is, where it is one. */
function judge(
  issued: IssuedCommand,
  seen: Sighting,
  nowMs: number,
): { next: IssuedCommand; leaked?: Leaked } {
  // An agent that only asserts for whom it acts must not raise a proof against that one, nor for it.
  const call = { ...seen, assurance: assuranceOf(issued.subject, seen) };
  const atMs = epochMs(call.event_time);
  if (!isInForce(issued, atMs)) return { next: issued };
  const { leak: earlier } = issued.proof;
  const isProven = assuranceAtLeast(call.assurance, AUTOMATIC_ASSURANCE_MIN);
  if (earlier !== undefined && (!isProven || call.outcome === 'denied' || isLeakProven(issued))) {
    return { next: issued };
  }
  if (call.outcome === 'denied') {
    return { next: { ...issued, proof: deniedProof(issued, call) ?? issued.proof } };
  }
  const receivers = saidApplied(issued, atMs);
  if (!SUCCEEDED.has(call.outcome) || receivers.length === 0) return { next: issued };
  const { event_id: eventId, agent_uid: agentUid } = call;
  const leak = { eventId, atMs, agentUid, receivers, isProven, detectedMs: Math.max(nowMs, atMs) };
  const next = { ...issued, proof: { ...issued.proof, leak } };
  const before = earlier === undefined ? {} : { earlier };
  return { next, leaked: { issued: next, sign: { call }, isProven, ...before } };
}

const isProven = ({ assurance }: Sighting) => assuranceAtLeast(assurance, AUTOMATIC_ASSURANCE_MIN);

function latest(calls: readonly Sighting[]): Sighting | undefined {
  return calls.toSorted((a, b) => epochMs(a.event_time) - epochMs(b.event_time)).at(-1);
}

/**
 * The last few, and of those before them the latest that went through, proven and said: refusals that an
 * agent can have as many of as it likes must not push out the call that a late receipt makes a leak.
 */
function remembered(calls: readonly Sighting[]): readonly Sighting[] {
  const before = calls.slice(0, -RECENT_CALLS_MAX).filter((one) => SUCCEEDED.has(one.outcome));
  const kept = new Set([latest(before), latest(before.filter(isProven))]);
  return [...before.filter((one) => kept.has(one)), ...calls.slice(-RECENT_CALLS_MAX)];
}

/** What the call tells; the leaks among it, told once an order, and once more when proven. */
export function applySighting(draft: Draft, call: Sighting, nowMs: number): readonly Leaked[] {
  const agents = [call.agent_uid, ...(call.acts_for ?? [])];
  const about = agents.flatMap((uid) => commandsAbout(draft, call.tenant_id, uid));
  const leaks: Leaked[] = [];
  for (const issued of about) {
    if (!isOfSubject(issued.subject, call) || !tellsAbout(issued.command, call)) continue;
    const { next, leaked } = judge(issued, call, nowMs);
    const recent = remembered([...issued.recent, call]);
    putIssued(draft, { ...next, recent });
    if (leaked !== undefined) leaks.push(leaked);
  }
  return leaks;
}

/** After a receipt: what the calls that were read before it tell now. */
export function judgeAgain(draft: Draft, issued: IssuedCommand, nowMs: number): readonly Leaked[] {
  let now = issued;
  const leaks: Leaked[] = [];
  for (const call of issued.recent) {
    const { next, leaked } = judge(now, call, nowMs);
    now = next;
    if (leaked !== undefined) leaks.push(leaked);
  }
  if (now !== issued) putIssued(draft, now);
  return leaks;
}

/** What the silence of an agent tells about the orders on it. */
export function applySilence(draft: Draft, silence: Silence, factor: number): void {
  const [untilMs, lastMs] = [epochMs(silence.until), epochMs(silence.last_call)];
  const heardMs = silence.heard_until === undefined ? 0 : epochMs(silence.heard_until);
  for (const issued of commandsAbout(draft, silence.tenant_id, silence.agent_uid)) {
    const applied = appliedByAll(issued);
    // Of what no call could tell anything, no silence does.
    if (!isTelling(issued.command)) continue;
    if (applied === undefined || !isInForce(issued, untilMs)) continue;
    const { denied, quiet, leak } = issued.proof;
    if (denied !== undefined || quiet !== undefined || leak !== undefined) continue;
    // Since the later of the two: it was quiet, and the order was in force.
    const dueMs = Math.max(applied.atMs, lastMs) + factor * silence.usual_ms;
    if (lastMs > applied.atMs || untilMs < dueMs) continue;
    const { deafSinceMs: _, ...rest } = issued.proof;
    const proof: Proof =
      heardMs >= dueMs
        ? { ...rest, quiet: { untilMs } }
        : { ...rest, deafSinceMs: Math.max(heardMs, applied.atMs) };
    putIssued(draft, { ...issued, proof });
  }
}
