/**
 * Calls of a chain that were asked for and of which no end was told yet, and what became of the others:
 * a denied one is remembered, because what was asked for stays true, and one that is taken to have
 * happened because nobody told its end stands among the steps until its end comes after all.
 *
 * They are no steps: nothing links through what did not happen. Kept beside the chain, bounded, in the
 * order of events, so that what stands does not depend on arrival.
 */
import { type PrivilegeStep, parseLogTime } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { schedule } from '../due-items.ts';
import { REQUESTS_MAX } from './assembly-limits.ts';
import { chainStep, compareSteps } from './chain-step.ts';
import type { ChainStore } from './chain-store.ts';

export interface RequestedCall {
  readonly wire: PrivilegeStep;
  readonly state: 'open' | 'denied' | 'assumed';
}

/** A request among what falls due. */
export interface DueRequest {
  readonly tenant: string;
  readonly chain: string;
  readonly agent: string;
  readonly callUid: string;
}

export interface ChainName {
  readonly tenant: string;
  readonly chain: string;
}

export const DUE_REQUESTS = 'due-requests';
/**
 * What falls due is put together by the hour (`due-items.ts`), which is too coarse for a deadline of
 * minutes: so times are given there in sixtieths, and an hour stands for a minute.
 */
export const DUE_FINENESS = 60;

const keyOf = ({ tenant, chain }: ChainName) => `requests/${JSON.stringify([tenant, chain])}`;

export function requestedCalls(draft: Draft, name: ChainName): readonly RequestedCall[] {
  return draft.get<readonly RequestedCall[]>(keyOf(name)) ?? [];
}

export function putRequestedCalls(
  draft: Draft,
  name: ChainName,
  calls: readonly RequestedCall[],
): void {
  if (calls.length === 0) draft.delete(keyOf(name));
  else draft.put(keyOf(name), calls);
}

export function isSameCall(a: PrivilegeStep, b: PrivilegeStep): boolean {
  return a.call_uid !== undefined && a.call_uid === b.call_uid && a.agent_uid === b.agent_uid;
}

/** With one more; the earliest stay where there are too many, and `refused` counts the others. */
export function withRequest(
  before: readonly RequestedCall[],
  wire: PrivilegeStep,
): { readonly calls: readonly RequestedCall[]; readonly refused: number } {
  const all = [...before, { wire, state: 'open' } satisfies RequestedCall].sort((a, b) =>
    compareSteps(chainStep(0, a.wire), chainStep(0, b.wire)),
  );
  return { calls: all.slice(0, REQUESTS_MAX), refused: Math.max(0, all.length - REQUESTS_MAX) };
}

/** Whether the end of a call came before its request did. */
export function hasEnded(store: ChainStore, request: PrivilegeStep): boolean {
  const own = store.agent(request.agent_uid);
  const { ms } = chainStep(0, request);
  // One agent has one clock, and a call ends after it was asked for.
  if (own.lastMs < ms) return false;
  for (const step of store.stepsOf(own.steps)) if (isSameCall(step.wire, request)) return true;
  return false;
}

export function scheduleRequest(draft: Draft, wire: PrivilegeStep, deadlineMs: number): void {
  const item: DueRequest = {
    tenant: wire.tenant_id,
    chain: wire.chain_id,
    agent: wire.agent_uid,
    callUid: wire.call_uid ?? '',
  };
  const ms = parseLogTime(wire.event_time)?.ms ?? 0;
  schedule(draft, item, (ms + deadlineMs) * DUE_FINENESS, DUE_REQUESTS);
}
