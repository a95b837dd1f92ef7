/**
 * What may truthfully be said of an order. Applied: all required said so. Usable until, re-mintable: tokens still
 * pass. Confirmed: a denial, telling silence or refused probe. Leaked: a call went through.
 */
import { isReportOnly } from '../model/action-strength.ts';
import type { Denied, ProbeFound, Untied } from '../model/command-record.ts';
import type { ContainmentProof, IssuedCommand } from '../model/issued-command.ts';

export const untilMs = ({ atMs, latestMs }: Untied): number => latestMs ?? atMs;

/** How long a doubtful call stands against an order: until something later, or a refusal by the same source. */
export function isRefusedAfter(denied: Denied, untied: Untied): boolean {
  if (denied.atMs >= untilMs(untied)) return true;
  const isSameClock = denied.source !== undefined && denied.source === untied.source;
  if (!isSameClock || denied.agentUid !== untied.agentUid) return false;
  return denied.atMs >= untied.atMs && (denied.latestMs ?? denied.atMs) >= untilMs(untied);
}

/** Settled only where both are. */
export function joined(before: Untied, next: Untied): Untied {
  const { source, ...apart } = next;
  if (source !== before.source || next.agentUid !== before.agentUid) return apart;
  return before.atMs > next.atMs ? { ...before, latestMs: untilMs(next) } : next;
}

export function isStale(denied: Denied, { untied, untiedClaimed }: ContainmentProof): boolean {
  return [untied, untiedClaimed].some((one) => one !== undefined && !isRefusedAfter(denied, one));
}

/** Others say what somebody believes. */
const TRIED: ReadonlySet<string> = new Set(['call', 'introspection']);

/** A refusal confirms unless it repeats the receiver's own word. */
export function confirmedBy({
  probe,
}: ContainmentProof): (ProbeFound & { readonly by: string }) | undefined {
  if (probe === undefined) return undefined;
  const refused = Object.entries(probe.answers)
    .filter(([, one]) => one.outcome === 'refused' && TRIED.has(one.method))
    .map(([by, one]) => ({ ...one, by }))
    // The last.
    .sort((a, b) => b.atMs - a.atMs || (a.by < b.by ? -1 : 1));
  const independent = refused.find((one) => !one.isOwn);
  if (independent !== undefined) return independent;
  return probe.isOtherAsked === true ? undefined : refused[0];
}

const CONTAINMENT_STATES = [
  'issued',
  'delivered',
  'accepted',
  'failed',
  'partly_applied',
  'carried_out',
  'applied_usable_until',
  'applied_re_mintable',
  'contained',
  'unconfirmed',
  'confirmed',
  'leaked',
  'restoring',
  'restored',
  'lapsed',
] as const;
export type EnforcementState = (typeof CONTAINMENT_STATES)[number];

const UNDONE_BY_A_NEW_TOKEN: ReadonlySet<string> = new Set([
  'revoke_token',
  'kill_session',
  'revoke_credential',
  'rotate_secret',
  'revoke_delegation',
]);
/** They may have taken something. */
const DONE: ReadonlySet<string> = new Set(['applied', 'partial', 'accepted', 'delivered']);
/** Without a telling call or silence within this, it is unconfirmed. */
export const PROOF_WAIT_MS = 15 * 60_000;

export interface ContainmentFacts {
  /** The block of issuance in force for the same agent. */
  readonly issuance: IssuedCommand | undefined;
  /** Issuers that must block since that block was given. */
  readonly issuersSince?: readonly string[];
  readonly undo?: IssuedCommand | undefined;
  /** Who must carry it out since it was given, and did not have to then. */
  readonly requiredSince?: readonly string[];
  readonly nowMs: number;
}

export interface ContainmentView {
  readonly state: EnforcementState;
  readonly appliedMs: number | null;
  /** Tokens that were taken may still pass until then. */
  readonly usableUntilMs: number | null;
  /** Longer than its class's credentials live. */
  readonly doubtedUntilMs: number | null;
  readonly reMintable: boolean;
  readonly proof: ContainmentProof;
}

export function appliedByAll(issued: IssuedCommand): { readonly atMs: number } | undefined {
  const { required, receivers } = issued;
  if (required.length === 0) return undefined;
  let atMs = issued.issuedMs;
  for (const id of required) {
    const answer = receivers[id];
    if (answer?.state !== 'applied') return undefined;
    atMs = Math.max(atMs, answer.appliedMs ?? issued.issuedMs);
  }
  return { atMs };
}

function isReMintable(
  issued: IssuedCommand,
  { issuance, issuersSince = [], nowMs }: ContainmentFacts,
): boolean {
  if (!UNDONE_BY_A_NEW_TOKEN.has(issued.command.action)) return false;
  if (issuance === undefined || issuance.restored || issuance.expiresMs <= nowMs) return true;
  if (issuance.proof.leak !== undefined) return true;
  // A later receiver was asked to block nothing.
  const issuers = new Set([...issued.issuers, ...issuance.issuers, ...issuersSince]);
  if (issuers.size === 0) return true;
  return [...issuers].some((id) => issuance.receivers[id]?.state !== 'applied');
}

export function usableUntil(issued: IssuedCommand, nowMs: number): number | null {
  const times = Object.values(issued.receivers).map((one) => one.usableUntilMs ?? 0);
  const last = Math.max(0, ...times);
  return last > nowMs ? last : null;
}

function doubtedUntil({ receivers }: IssuedCommand, nowMs: number): number | null {
  const last = Math.max(0, ...Object.values(receivers).map((one) => one.doubtedUntilMs ?? 0));
  return last > nowMs ? last : null;
}

function stateBefore({ receivers, required }: IssuedCommand): EnforcementState {
  const answers = Object.entries(receivers);
  const has = (state: string) => answers.some(([, one]) => one.state === state);
  if (has('applied') || has('partial')) return 'partly_applied';
  const ended = answers.filter(([, one]) => one.state !== 'accepted' && one.state !== 'delivered');
  if (ended.some(([id]) => required.length === 0 || required.includes(id))) return 'failed';
  if (has('accepted')) return 'accepted';
  return has('delivered') ? 'delivered' : 'issued';
}

function stillEnforcing(
  { required, receivers }: IssuedCommand,
  undo: IssuedCommand | undefined,
  nowMs: number,
): readonly string[] {
  if (undo === undefined || undo.expiresMs <= nowMs) return [];
  const did = Object.entries(receivers).filter(([, { state }]) => DONE.has(state));
  const asked = new Set([...required, ...did.map(([id]) => id)]);
  return [...asked].filter((id) => undo.receivers[id]?.state !== 'applied').sort();
}

/** What is only claimed expires. */
export function untiedBy(
  { untied, untiedClaimed: claimed }: ContainmentProof,
  nowMs: number,
): Untied | undefined {
  if (claimed === undefined || nowMs - untilMs(claimed) >= PROOF_WAIT_MS) return untied;
  return untied === undefined || untilMs(untied) < untilMs(claimed) ? claimed : untied;
}

export function isConfirmed(proof: ContainmentProof, nowMs: number): boolean {
  const { denied, quiet } = proof;
  const untied = untiedBy(proof, nowMs);
  if (denied !== undefined && (untied === undefined || isRefusedAfter(denied, untied))) return true;
  const sinceMs = untied === undefined ? 0 : untilMs(untied);
  return [quiet?.untilMs, confirmedBy(proof)?.atMs].some((ms) => ms !== undefined && ms >= sinceMs);
}

function stateOf(
  issued: IssuedCommand,
  { nowMs, undo }: ContainmentFacts,
  rest: Omit<ContainmentView, 'state'>,
): EnforcementState {
  const { proof, appliedMs } = rest;
  if (issued.restored) {
    return stillEnforcing(issued, undo, nowMs).length > 0 ? 'restoring' : 'restored';
  }
  if ((proof.leak ?? proof.leakByOther) !== undefined) return 'leaked';
  if (issued.expiresMs <= nowMs) return 'lapsed';
  if (appliedMs === null) return stateBefore(issued);
  if (isReportOnly(issued.command.action)) return 'carried_out';
  if (rest.usableUntilMs !== null) return 'applied_usable_until';
  if (proof.unwatchedSinceMs !== undefined) return 'unconfirmed';
  if (isConfirmed(proof, nowMs)) return 'confirmed';
  if (untiedBy(proof, nowMs) !== undefined) return 'unconfirmed';
  // Contained is not said on a doubtful word.
  if (rest.doubtedUntilMs !== null) return 'unconfirmed';
  if (rest.reMintable) return 'applied_re_mintable';
  const isOverdue = nowMs - appliedMs >= PROOF_WAIT_MS;
  return isOverdue || proof.deafSinceMs !== undefined ? 'unconfirmed' : 'contained';
}

function isLacking({ receivers }: IssuedCommand, { requiredSince = [] }: ContainmentFacts) {
  return requiredSince.some((id) => receivers[id]?.state !== 'applied');
}

export function containmentView(issued: IssuedCommand, facts: ContainmentFacts): ContainmentView {
  const rest = {
    appliedMs: isLacking(issued, facts) ? null : (appliedByAll(issued)?.atMs ?? null),
    usableUntilMs: usableUntil(issued, facts.nowMs),
    doubtedUntilMs: doubtedUntil(issued, facts.nowMs),
    reMintable: isReMintable(issued, facts),
    proof: issued.proof,
  };
  return { state: stateOf(issued, facts, rest), ...rest };
}
