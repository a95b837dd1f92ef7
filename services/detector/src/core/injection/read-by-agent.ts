/**
 * What an agent has read: a context for each open task, and planted texts of all. Evicted by proof and latest use.
 */
import {
  type Assurance,
  type AuditEvent,
  assuranceAtLeast,
  epochMs,
  MARKED,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { DAY_MS } from '../domain/day.ts';
import { decisiveAssurance } from '../domain/decisive-assurance.ts';
import { agentStateKey } from '../state/agent/agent-key.ts';
import { toCall, toReading } from './call-view.ts';
import {
  EMPTY_CONTEXT,
  isNamedSource,
  observe,
  type PassageSeen,
  type ReadContext,
  strongestPassages,
  withPassages,
} from './read-context.ts';

export const CHAINS_STORED_MAX = 32;
export const PLANTED_STORED_MAX = 8;

type ChainUse = readonly [chain: string, assurance: Assurance];

const contextKey = (event: AuditEvent, chain: string) => agentStateKey(event, 'context', chain);
const plantedKey = (event: AuditEvent) => agentStateKey(event, 'planted');

function chainContext(transaction: Transaction, event: AuditEvent): ReadContext {
  return transaction.get<ReadContext>(contextKey(event, event.chain_id)) ?? EMPTY_CONTEXT;
}

export function contextOf(transaction: Transaction, event: AuditEvent): ReadContext {
  const own = chainContext(transaction, event);
  const planted = transaction.get<readonly PassageSeen[]>(plantedKey(event));
  if (planted === undefined) return own;
  const since = epochMs(event.event_time) - DAY_MS;
  const met = new Set(own.passages.map(({ eventId, index }) => `${eventId} ${index}`));
  const others = planted.filter(
    ({ atMs, eventId, index }) => atMs >= since && !met.has(`${eventId} ${index}`),
  );
  if (others.length === 0) return own;
  const elsewhere = others.map((passage) => ({ ...passage, isOfOtherWork: true as const }));
  return { ...own, passages: [...own.passages, ...elsewhere] };
}

/** Asserted before proven, then the longest unused. */
function evicted(uses: readonly ChainUse[]): ChainUse | undefined {
  if (uses.length <= CHAINS_STORED_MAX) return undefined;
  return uses.find(([, assurance]) => !assuranceAtLeast(assurance, 'authenticated')) ?? uses[0];
}

function storeUse(transaction: Transaction, event: AuditEvent): boolean {
  const key = agentStateKey(event, 'chains');
  const before = transaction.get<readonly ChainUse[]>(key) ?? [];
  const proof = decisiveAssurance(event);
  const known = before.find(([chain]) => chain === event.chain_id);
  const best = known !== undefined && assuranceAtLeast(known[1], proof) ? known[1] : proof;
  const others = before.filter((one) => one !== known);
  const uses: readonly ChainUse[] = [...others, [event.chain_id, best]];
  const gone = evicted(uses);
  if (gone !== undefined) transaction.delete(contextKey(event, gone[0]));
  const isSame = before.at(-1) === known && known?.[1] === best;
  if (!isSame)
    transaction.put(
      key,
      uses.filter((one) => one !== gone),
    );
  return gone?.[0] !== event.chain_id;
}

export function learnReading(transaction: Transaction, event: AuditEvent): void {
  const [call, reading] = [toCall(event), toReading(event)];
  const before = chainContext(transaction, event);
  const after = observe(before, call, reading);
  if (storeUse(transaction, event)) transaction.put(contextKey(event, event.chain_id), after);
  const marked = reading?.passages.some(({ mark }) => mark >= MARKED) === true;
  if (reading === null || !marked) return;
  const key = plantedKey(event);
  const planted = transaction.get<readonly PassageSeen[]>(key) ?? [];
  const all = withPassages(planted, reading, isNamedSource(call));
  transaction.put(
    key,
    strongestPassages(
      all.filter(({ mark }) => mark >= MARKED),
      PLANTED_STORED_MAX,
    ),
  );
}
