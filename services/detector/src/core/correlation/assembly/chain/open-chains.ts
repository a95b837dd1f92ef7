import { type PrivilegeStep, parseLogTime } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { DAY_MS } from '../../../domain/day.ts';
import { schedule } from '../../../state/due-items.ts';
import { stageTime } from '../../../state/stage-clock.ts';
import { EXPIRED_EACH, takeDueTurns, takeTurn } from '../../flow/open-turns.ts';
import {
  CHAINS_EXPIRED_MAX,
  LINEAGE_CHAINS_MAX,
  PRINCIPAL_CHAINS_MAX,
  REQUESTS_MAX,
} from '../model/assembly-limits.ts';
import { type ChainMeta, type ChainName, newMeta, type Opener } from '../model/chain-meta.ts';
import { chainStep, compareSteps, isProvenCall } from '../model/chain-step.ts';
import { ChainStore } from '../model/chain-store.ts';
import { dropLoneTexts } from '../model/chain-texts.ts';
import { expireHubs, isCommonAt } from '../model/hub-values.ts';
import { assemblyCounters, count } from '../model/stage-counters.ts';
import { policyAt } from '../proof/policy-versions.ts';
import { takeGone } from './gone-chains.ts';

const ALERTED_HORIZON_MS = 7 * DAY_MS;

export function dropChain(transaction: Transaction, store: ChainStore, meta: ChainMeta): void {
  dropLoneTexts(store);
  store.drop(meta);
  const { gapOf, isForPrincipal, isPast } = meta;
  putRequestedCalls(transaction, meta, []);
  count(transaction, {
    chains: -1,
    ...(isForPrincipal === true && { principalChains: -1 }),
    ...(isPast === true && isForPrincipal !== true && { lineageChains: -1 }),
    ...(gapOf !== undefined && { gaps: -1 }),
  });
}

/** A name that anybody may give is nobody's. */
export function openerOf({ agent_uid: agent, agent_assurance: assurance }: PrivilegeStep): Opener {
  return { agent, assurance };
}

export function openChain(
  transaction: Transaction,
  store: ChainStore,
  name: ChainName,
  opener: Opener,
): ChainMeta {
  const known = store.meta();
  if (known !== undefined) return known;
  const nowMs = stageTime(transaction)?.ms;
  if (nowMs !== undefined) expireSome(transaction, nowMs, EXPIRED_EACH);
  count(transaction, { chains: 1 });
  return { ...newMeta(name, opener), ...takeGone(transaction, name) };
}

/** What comes late, however late, stays until what belongs to it can have come too. */
export function scheduleChain(transaction: Transaction, meta: ChainMeta): void {
  const { tenant, chain, lastMs, horizonMs, opener } = meta;
  const latenessMs = policyAt(transaction, tenant, '')?.policy.latenessMs ?? 0;
  const dueMs = Math.max(lastMs + horizonMs, (stageTime(transaction)?.ms ?? 0) + latenessMs);
  takeTurn(transaction, { tenant, chain }, { opener: opener?.agent ?? '', ms: lastMs, dueMs });
}

function lineageOf(transaction: Transaction, tenant: string): number {
  return policyAt(transaction, tenant, '')?.policy.lineageMs ?? 0;
}

/** Past its own horizon, while there is room: for what it brought, or for its principals. */
function keepPast(
  transaction: Transaction,
  store: ChainStore,
  meta: ChainMeta,
  isForPrincipal: boolean,
): boolean {
  if ((isForPrincipal ? meta.isForPrincipal : meta.isPast) === true) return true;
  const { lineageChains, principalChains } = assemblyCounters(transaction);
  const isFull = isForPrincipal
    ? principalChains >= PRINCIPAL_CHAINS_MAX
    : lineageChains >= LINEAGE_CHAINS_MAX;
  if (isFull) {
    count(transaction, { lineageRefused: 1 });
    return false;
  }
  store.changeMeta(meta, { isPast: true, ...(isForPrincipal ? { isForPrincipal } : {}) });
  count(transaction, isForPrincipal ? { principalChains: 1 } : { lineageChains: 1 });
  return true;
}

function dueOf(transaction: Transaction, store: ChainStore, nowMs: number): number | undefined {
  const meta = store.meta();
  if (meta === undefined) return undefined;
  const { lastMs, horizonMs, lineageMs = 0, heads, principals, tenant } = meta;
  const ownMs = lastMs + Math.max(horizonMs, heads.length > 0 ? ALERTED_HORIZON_MS : 0);
  if (ownMs > nowMs) return ownMs;
  const dueMs = lastMs + lineageMs;
  if (dueMs > nowMs && keepPast(transaction, store, meta, false)) return dueMs;
  const principalMs = principals === undefined ? 0 : lastMs + lineageOf(transaction, tenant);
  if (principalMs <= nowMs) return undefined;
  if (principals?.every((fp) => isCommonAt(transaction, { tenant, fp }, nowMs)) === true)
    return undefined;
  if (!keepPast(transaction, store, meta, true)) return undefined;
  return Math.min(principalMs, nowMs + horizonMs);
}

/** Some with each record. */
function expireSome(transaction: Transaction, nowMs: number, max: number): void {
  const storeOf = ({ tenant, chain }: ChainName) => new ChainStore(transaction, tenant, chain);
  const gone = takeDueTurns<ChainName>(transaction, { nowMs, max }, (name) =>
    dueOf(transaction, storeOf(name), nowMs),
  );
  for (const name of gone) {
    const store = storeOf(name);
    const meta = store.meta();
    if (meta !== undefined) dropChain(transaction, store, meta);
  }
}

export function expireChains(transaction: Transaction, nowMs: number): void {
  expireHubs(transaction, nowMs);
  expireSome(transaction, nowMs, CHAINS_EXPIRED_MAX);
}

export interface RequestedCall {
  readonly wire: PrivilegeStep;
  readonly state: 'open' | 'denied' | 'assumed';
}

export interface DueRequest {
  readonly tenant: string;
  readonly chain: string;
  readonly agent: string;
  readonly callUid: string;
}

export const DUE_REQUESTS = 'due-requests';
/** Due items are by the hour; a request's are given in sixtieths, so a minute stands for an hour. */
export const DUE_FINENESS = 60;

const keyOf = ({ tenant, chain }: ChainName) => `requests/${JSON.stringify([tenant, chain])}`;

export function requestedCalls(
  transaction: Transaction,
  name: ChainName,
): readonly RequestedCall[] {
  return transaction.get<readonly RequestedCall[]>(keyOf(name)) ?? [];
}

/** Calls that were requested and have no known end, were denied, or are assumed done. Nothing links through them. */
export function putRequestedCalls(
  transaction: Transaction,
  name: ChainName,
  calls: readonly RequestedCall[],
): void {
  if (calls.length === 0) transaction.delete(keyOf(name));
  else transaction.put(keyOf(name), calls);
}

/** What is asserted says nothing of a proven request. */
export function reportsOf(report: PrivilegeStep, request: PrivilegeStep): boolean {
  if (report.call_uid === undefined || report.call_uid !== request.call_uid) return false;
  if (report.agent_uid !== request.agent_uid) return false;
  return isProvenCall(report) || !isProvenCall(request);
}

/** The earliest stay, of the proven and the others each; `refused` counts the rest. */
export function withRequest(
  before: readonly RequestedCall[],
  wire: PrivilegeStep,
): { readonly calls: readonly RequestedCall[]; readonly refused: number } {
  const all = [...before, { wire, state: 'open' } satisfies RequestedCall].sort((a, b) =>
    compareSteps(chainStep(0, a.wire), chainStep(0, b.wire)),
  );
  const room = { proven: REQUESTS_MAX, others: REQUESTS_MAX };
  const calls = all.filter((one) => {
    const of = isProvenCall(one.wire) ? 'proven' : 'others';
    room[of] -= 1;
    return room[of] >= 0;
  });
  return { calls, refused: all.length - calls.length };
}

export function hasEnded(store: ChainStore, request: PrivilegeStep): boolean {
  return store.stepsBy(request.agent_uid).some(({ wire }) => reportsOf(wire, request));
}

export function scheduleRequest(
  transaction: Transaction,
  wire: PrivilegeStep,
  deadlineMs: number,
): void {
  const item: DueRequest = {
    tenant: wire.tenant_id,
    chain: wire.chain_id,
    agent: wire.agent_uid,
    callUid: wire.call_uid ?? '',
  };
  const ms = parseLogTime(wire.event_time)?.ms ?? 0;
  schedule(transaction, item, (ms + deadlineMs) * DUE_FINENESS, DUE_REQUESTS);
}
