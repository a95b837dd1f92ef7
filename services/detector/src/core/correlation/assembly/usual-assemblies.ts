/**
 * In which chains a workflow completed a combination before; only proven workflows of the registry count. It guards
 * the early warning alone.
 */
import {
  assuranceAtLeast,
  type PrivilegeStep,
  parseLogTime,
  type Registry,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { DAY_MS } from '../../domain/day.ts';
import { USUAL_CHAINS_STORED_MAX } from './model/assembly-limits.ts';

/** Within `USUAL_MS`. */
export const USUAL_CHAINS_MIN = 5;
const USUAL_MS = 30 * DAY_MS;

interface Completed {
  readonly chain: string;
  readonly ms: number;
}

interface Question {
  readonly transaction: Transaction;
  readonly registry: Registry | undefined;
  readonly combination: string;
  readonly call: PrivilegeStep;
}

/** Undefined where the workflow is not proven. */
function keyOf({ registry, combination, call }: Question): string | undefined {
  const { workflow, claims, tenant_id: tenant } = call;
  if (workflow === undefined || !assuranceAtLeast(claims.workflow, 'authenticated')) {
    return undefined;
  }
  if (registry?.workflows.some((one) => one.name === workflow) !== true) return undefined;
  return `usual/${JSON.stringify([tenant, workflow, combination])}`;
}

const msOf = (call: PrivilegeStep) => parseLogTime(call.event_time)?.ms ?? 0;

export function noteCompleted(question: Question): void {
  const key = keyOf(question);
  if (key === undefined) return;
  const { transaction, call } = question;
  const before = transaction.get<readonly Completed[]>(key) ?? [];
  if (before.some((one) => one.chain === call.chain_id)) return;
  const all = [...before, { chain: call.chain_id, ms: msOf(call) }];
  all.sort((a, b) => a.ms - b.ms || (a.chain < b.chain ? -1 : 1));
  transaction.put(key, all.slice(-USUAL_CHAINS_STORED_MAX));
}

export function isUsual(question: Question): boolean {
  const key = keyOf(question);
  if (key === undefined) return false;
  const { transaction, call } = question;
  const ms = msOf(call);
  const chains = (transaction.get<readonly Completed[]>(key) ?? []).filter(
    (one) => one.chain !== call.chain_id && one.ms < ms && one.ms >= ms - USUAL_MS,
  );
  return chains.length >= USUAL_CHAINS_MIN;
}

export function isRare(question: Question): boolean {
  return keyOf(question) !== undefined && !isUsual(question);
}

const sinceKey = (tenant: string) => `since/${tenant}`;

export function noteSince(transaction: Transaction, tenant: string, ms: number): void {
  const before = transaction.get<number>(sinceKey(tenant));
  if (before === undefined || ms < before) transaction.put(sinceKey(tenant), ms);
}

export function isFirstDay(transaction: Transaction, tenant: string, ms: number): boolean {
  const since = transaction.get<number>(sinceKey(tenant));
  return since === undefined || ms - since < DAY_MS;
}
