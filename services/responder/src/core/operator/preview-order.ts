/** A preview of an order: given on a scratch state by the same code, and thrown away. */
import {
  type Decision,
  formatLogTime,
  type Target,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { cascade } from '../commands/cascade.ts';
import type { TakenAct } from '../model/people.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { type ManualCommand, takeManualCommand } from './hand-order.ts';

class Scratch implements Transaction {
  readonly #under: Transaction;
  readonly #over = new Map<string, unknown>();

  constructor(under: Transaction) {
    this.#under = under;
  }

  get<T>(key: string): T | undefined {
    return this.#over.has(key) ? (this.#over.get(key) as T | undefined) : this.#under.get<T>(key);
  }

  put(key: string, value: unknown): void {
    this.#over.set(key, value);
  }

  delete(key: string): void {
    this.#over.set(key, undefined);
  }
}

export interface ReachedByOrder {
  readonly agent_uid: string;
  readonly task_id: string | null;
  readonly because: string;
  readonly withheld: string | null;
  readonly instead: string | null;
}

export interface PreviewedOrder {
  readonly action: string;
  readonly people: number;
  readonly withheld: string | null;
  readonly protects: readonly string[];
  readonly reaches: readonly ReachedByOrder[];
}

const USUAL: Readonly<Record<string, string>> = {
  task: 'revoke_token',
  credential: 'revoke_credential',
  delegation: 'revoke_delegation',
  agent: 'disable_agent',
};

export function usualAction({ level }: Target): string {
  return USUAL[level] ?? 'revoke_token';
}

function reachedIn(output: Output): ReachedByOrder | undefined {
  const decision = output.value as Partial<Decision>;
  if (decision.decision_id === undefined) return undefined;
  const [own] = decision.lineage?.holders ?? [];
  return {
    agent_uid: decision.agent_uid ?? '',
    task_id: own?.task_id ?? decision.would_be_command?.target.task_id ?? null,
    because: decision.follows?.why ?? '',
    withheld: decision.withheld_reason ?? null,
    instead: decision.degraded_to ?? null,
  };
}

export function previewOrder(
  context: ResponseContext,
  { action, target }: { readonly action: string; readonly target: Target },
): PreviewedOrder {
  const one = { ...context, transaction: new Scratch(context.transaction) };
  const give = (by: string): ManualCommand => {
    const act: TakenAct = {
      ...{ act_id: uuidV5(WAYWARDEN_NAMESPACE, `preview|${by}`), act: 'order', by },
      ...{ tenant_id: target.tenant_id, at: formatLogTime({ ms: context.nowMs, ns: 0 }) },
      ...{ reason: 'a preview', action, target },
    };
    return takeManualCommand(one, act, []);
  };
  const first = give('first');
  const isForTwo = first.withheld === 'second_person_needed';
  const given = isForTwo ? give('second') : first;
  return {
    action,
    people: isForTwo ? 2 : 1,
    withheld: given.withheld ?? null,
    protects: given.protects ?? [],
    reaches: given.issuedIds
      .flatMap((id) => cascade(one, id))
      .flatMap((output) => reachedIn(output) ?? []),
  };
}
