/** Calls that were requested and have no known end, were denied, or are assumed done. Nothing links through them. */
import { type PrivilegeStep, parseLogTime } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { schedule } from '../../../state/due-items.ts';
import { REQUESTS_MAX } from '../model/assembly-limits.ts';
import type { ChainName } from '../model/chain-meta.ts';
import { chainStep, compareSteps, isProvenCall } from '../model/chain-step.ts';
import type { ChainStore } from '../model/chain-store.ts';

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
