import type { PrivilegeStep } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { DAY_MS } from '../../../domain/day.ts';
import { stageTime } from '../../../state/stage-clock.ts';
import { EXPIRED_EACH, takeDueTurns, takeTurn } from '../../flow/open-turns.ts';
import {
  CHAINS_EXPIRED_MAX,
  LINEAGE_CHAINS_MAX,
  PRINCIPAL_CHAINS_MAX,
} from '../model/assembly-limits.ts';
import { type ChainMeta, type ChainName, newMeta, type Opener } from '../model/chain-meta.ts';
import { ChainStore } from '../model/chain-store.ts';
import { dropLoneTexts } from '../model/chain-texts.ts';
import { expireHubs, isCommonAt } from '../model/hub-values.ts';
import { assemblyCounters, count } from '../model/stage-counters.ts';
import { policyAt } from '../proof/policy-versions.ts';
import { takeGone } from './gone-chains.ts';
import { putRequestedCalls } from './requested-calls.ts';

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

export function scheduleChain(transaction: Transaction, meta: ChainMeta): void {
  const { tenant, chain, lastMs, horizonMs, opener } = meta;
  const dueMs = lastMs + horizonMs;
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
