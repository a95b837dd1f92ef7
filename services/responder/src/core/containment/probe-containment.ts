/**
 * Asks registered receivers whether access is gone, by signed `probe` orders that take nothing. Unasked probing
 * would look like an attack.
 */
import { decisionId, epochMs, formatLogTime, type Receipt } from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { buildProbe } from '../commands/build-command.ts';
import type { ProbeFound, Probing } from '../model/command-record.ts';
import { noteDue } from '../model/due-heap.ts';
import {
  type Cause,
  commandsAbout,
  type IssuedCommand,
  isIssuedFull,
  issuedCommand,
  putIssued,
  rememberCommand,
} from '../model/issued-command.ts';
import {
  commandOutput,
  decisionOutput,
  nextSequence,
  type ResponseContext,
} from '../model/response-context.ts';
import { probersFor } from '../model/tenant-policy.ts';
import { isTelling } from '../model/watched-subject.ts';
import { latestClaimed } from './apply-receipt.ts';
import { appliedByAll, isConfirmed, usableUntil } from './containment-state.ts';
import { isLeakProven, type Leaked } from './leak-alert.ts';

/** Each after twice as long. */
const PROBE_TRIES_MAX = 3;
const PROBE_EVERY_MS = 500;
const PROBE_VALID_MS = 5 * 60_000;
const NAME_LENGTH_MAX = 256;

const turnKey = (tenantId: string) => `probes|${tenantId}`;

/** An asserted leak settles nothing. */
function isOpen(issued: IssuedCommand, nowMs: number): boolean {
  const { proof, restored, expiresMs } = issued;
  if (restored || expiresMs <= nowMs || isLeakProven(issued)) return false;
  return !isConfirmed(proof, nowMs);
}

function plan(transaction: Transaction, issued: IssuedCommand, probe: Probing): void {
  const { nextMs } = probe;
  const commandId = issued.command.command_id;
  if (nextMs < issued.expiresMs) noteDue(transaction, { atMs: nextMs, what: 'probe', commandId });
  putIssued(transaction, { ...issued, proof: { ...issued.proof, probe } });
}

function takeTurn(transaction: Transaction, tenantId: string, nowMs: number): number {
  const turnMs = Math.max(nowMs, transaction.get<number>(turnKey(tenantId)) ?? 0);
  transaction.put(turnKey(tenantId), turnMs + PROBE_EVERY_MS);
  return turnMs;
}

export function expectProbe(context: ResponseContext, commandId: string): void {
  const { transaction, registry, policy, nowMs } = context;
  const issued = issuedCommand(transaction, commandId);
  if (issued === undefined || issued.cause === null || issued.proof.probe !== undefined) return;
  if (appliedByAll(issued) === undefined || !isOpen(issued, nowMs)) return;
  const { target } = issued.command;
  if (!isTelling(issued.command) || probersFor(registry, target.agent_uid).length === 0) return;
  plan(transaction, issued, { tries: 0, nextMs: nowMs + policy.probeAfterMs, answers: {} });
}

/** Asked once more. */
export function expectProbeAgain(context: ResponseContext, commandId: string): void {
  const { transaction, policy, nowMs } = context;
  const issued = issuedCommand(transaction, commandId);
  const known = issued?.proof.probe;
  if (issued === undefined || known === undefined) {
    expectProbe(context, commandId);
    return;
  }
  if (known.nextMs > nowMs || known.tries >= PROBE_TRIES_MAX || !isOpen(issued, nowMs)) return;
  plan(transaction, issued, { ...known, nextMs: nowMs + policy.probeAfterMs, hasTurn: false });
}

export function hastenProbes(context: ResponseContext, tenantId: string, agentUid: string): void {
  const { transaction, nowMs } = context;
  for (const issued of commandsAbout(transaction, tenantId, agentUid)) {
    const { probe, deafSinceMs } = issued.proof;
    if (deafSinceMs === undefined || probe === undefined || probe.tries > 0) continue;
    if (probe.nextMs <= nowMs || probe.hasTurn === true || !isOpen(issued, nowMs)) continue;
    plan(transaction, issued, { ...probe, nextMs: nowMs });
  }
}

interface Asking {
  readonly issued: IssuedCommand;
  readonly cause: Cause;
  readonly probers: readonly string[];
  readonly tries: number;
}

function ask(
  context: ResponseContext,
  { issued, cause, probers, tries }: Asking,
): readonly Output[] {
  const { transaction, nowMs, policy } = context;
  const { tenant_id: tenantId, target, action, command_id: commandId } = issued.command;
  const at = formatLogTime({ ms: nowMs, ns: 0 });
  const expiresMs = Math.min(issued.expiresMs, nowMs + PROBE_VALID_MS);
  const command = buildProbe(issued, {
    ...{ at, tries, receivers: probers },
    expiresAt: formatLogTime({ ms: expiresMs, ns: 0 }),
    sequence: nextSequence(transaction, tenantId, target.agent_uid),
  });
  const member = cause.member === undefined ? '' : `/${cause.member}`;
  const ruleId = `${issued.ruleId}/probes/${action}-${target.level}${member}/${tries}`;
  const { alertId, revision } = cause;
  const rule_id = ruleId.slice(-NAME_LENGTH_MAX);
  const decision = decisionOutput(transaction, context.sha256, {
    decision_id: decisionId({ tenantId, alertId, revision, ruleId: rule_id }),
    tenant_id: tenantId,
    alert_ids: [alertId],
    alert_revision: revision,
    agent_uid: target.agent_uid,
    rule_id,
    mode: 'enforce',
    would_be_command: command,
    withheld_reason: null,
    withheld_reasons: [],
    policy_version: policy.version,
    decided_at: at,
    issued_command_ids: [command.command_id],
    follows: { command_id: commandId, why: command.reason },
  });
  const output = commandOutput(transaction, command);
  rememberCommand(transaction, {
    ...{ command, ruleId: issued.ruleId, openKey: null, required: [], holder: null, issuers: [] },
    ...{ subject: issued.subject, cause: null, receiptWithinMs: 0 },
  });
  return [decision, output];
}

export function probe(context: ResponseContext, commandId: string): readonly Output[] {
  const { transaction, registry, policy, nowMs } = context;
  const issued = issuedCommand(transaction, commandId);
  const known = issued?.proof.probe;
  if (issued?.cause == null || known === undefined || known.nextMs > nowMs) return [];
  if (known.tries >= PROBE_TRIES_MAX || !isOpen(issued, nowMs)) return [];
  const laterMs = usableUntil(issued, nowMs);
  if (laterMs !== null) {
    plan(transaction, issued, { ...known, nextMs: laterMs });
    return [];
  }
  const probers = probersFor(registry, issued.command.target.agent_uid);
  if (probers.length === 0 || isIssuedFull(transaction)) return [];
  const turnMs = known.hasTurn ? nowMs : takeTurn(transaction, issued.command.tenant_id, nowMs);
  if (turnMs > nowMs) {
    plan(transaction, issued, { ...known, nextMs: turnMs, hasTurn: true });
    return [];
  }
  const tries = known.tries + 1;
  const outputs = ask(context, { issued, cause: issued.cause, probers, tries });
  const isOtherAsked = probers.some((id) => !issued.required.includes(id));
  const nextMs = nowMs + policy.probeAfterMs * 2 ** tries;
  plan(transaction, issued, {
    ...known,
    tries,
    nextMs,
    hasTurn: false,
    askedMs: nowMs,
    isOtherAsked,
  });
  return outputs;
}

const BEFORE_THE_ORDER = 'before_the_order';

/**
 * Of a time still to come it would settle what is only seen until then: it was found no later than it was
 * written, and where nobody has noted that, no later than now.
 */
function foundBy(
  { state, probe: found }: Receipt,
  issued: IssuedCommand,
  { nowMs, arrivedAt }: { readonly nowMs: number; readonly arrivedAt: string | undefined },
): Pick<ProbeFound, 'outcome' | 'method' | 'atMs'> {
  if (state !== 'applied' || found === undefined) {
    return { outcome: 'unable', method: state, atMs: nowMs };
  }
  const { outcome, method, at } = found;
  const latestMs = arrivedAt === undefined ? nowMs : latestClaimed(nowMs, arrivedAt);
  const atMs = Math.min(epochMs(at), latestMs);
  const isEarly = outcome === 'refused' && atMs < (appliedByAll(issued)?.atMs ?? 0);
  return isEarly
    ? { outcome: 'unable', method: BEFORE_THE_ORDER, atMs }
    : { outcome, method, atMs };
}

export function takeProbeAnswer(
  { transaction, registry, nowMs }: ResponseContext,
  probed: IssuedCommand,
  { receipt, arrivedAt }: { readonly receipt: Receipt; readonly arrivedAt: string | undefined },
): readonly Leaked[] {
  const { receiver } = receipt;
  const issued = issuedCommand(transaction, probed.command.probes ?? '');
  const known = issued?.proof.probe;
  if (issued === undefined || known === undefined || issued.restored) return [];
  if (issued.expiresMs <= nowMs || isLeakProven(issued)) return [];
  if (!probersFor(registry, issued.command.target.agent_uid).includes(receiver)) return [];
  const answer = {
    ...foundBy(receipt, issued, { nowMs, arrivedAt }),
    commandId: probed.command.command_id,
    isOwn: issued.required.includes(receiver),
  };
  const answers = { ...known.answers, [receiver]: answer };
  const proof = { ...issued.proof, probe: { ...known, answers } };
  if (answer.outcome !== 'open') {
    putIssued(transaction, { ...issued, proof });
    return [];
  }
  const { agentUid } = issued.subject;
  const receivers = Object.entries(issued.receivers).flatMap(([id, receiptState]) =>
    receiptState.state === 'applied' ? [id] : [],
  );
  const { leak: earlier } = issued.proof;
  const leak = {
    ...{ eventId: null, atMs: answer.atMs, agentUid, receivers: receivers.sort() },
    ...{ isProven: true, detectedMs: nowMs },
  };
  const next = { ...issued, proof: { ...proof, leak } };
  putIssued(transaction, next);
  const sign = { by: receiver, method: answer.method };
  return [{ issued: next, sign, isProven: true, ...(earlier === undefined ? {} : { earlier }) }];
}
