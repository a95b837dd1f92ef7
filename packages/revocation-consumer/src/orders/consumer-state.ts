/**
 * What a receiver must not forget. A crash at any point leaves the state before a batch or after
 * it, and every order is applied once.
 */
import type { Receipt, RevocationCommand } from '@waywarden/schemas';
import type { DenyListChange, DenyListState, ReceiptVerdict } from './deny-list.ts';
import type { PausedOrdersChange, PauseOrder } from './paused-orders.ts';

export interface ConsumerState {
  readonly version: 1;
  readonly cursor: string | null;
  readonly denyList: DenyListState;
  /** Commands that were answered, the last ones: a repeat is told by its id. */
  readonly answered: readonly string[];
  readonly owed: readonly Receipt[];
  /** By command: in force, its further work not done. */
  readonly unfinished?: Readonly<Record<string, ReceiptVerdict>>;
  /** Those of them that are past the cursor, and so read no more. */
  readonly waiting?: readonly RevocationCommand[];
  /** Whether two people have paused enforcement, as was told last. */
  readonly enforcement?: PauseOrder;
  /** What that keeps from being carried out. */
  readonly inHand?: readonly RevocationCommand[];
}

/** What is new since the state was last kept; what is short is told whole. */
export interface StateChange {
  readonly cursor: string | null;
  readonly denyList: DenyListChange;
  readonly answered: readonly string[];
  readonly owed: readonly Receipt[];
  readonly unfinished: Readonly<Record<string, ReceiptVerdict>>;
  readonly waiting?: readonly RevocationCommand[];
  readonly paused?: PausedOrdersChange;
}

export const EMPTY_STATE: ConsumerState = {
  version: 1,
  cursor: null,
  denyList: { orders: [], sequences: {} },
  answered: [],
  owed: [],
};

/** Where it is kept; a store of your own must keep it before `save` (or `add`) returns. */
export interface StateStore {
  load(): ConsumerState;
  save(state: ConsumerState): void;
  /**
   * Instead of `save`, where only changes are written: the whole is megabytes with ten thousand
   * orders in force.
   */
  add?(change: StateChange, whole: () => ConsumerState): void;
}

export function withChanges(state: ConsumerState, changes: readonly StateChange[]): ConsumerState {
  const last = changes.at(-1);
  if (last === undefined) return state;
  const orders = new Map<string, RevocationCommand>();
  for (const order of state.denyList.orders) orders.set(order.command_id, order);
  const sequences = new Map(Object.entries(state.denyList.sequences));
  const answered = new Set(state.answered);
  const inHand = new Map((state.inHand ?? []).map((one) => [one.command_id, one] as const));
  let { enforcement } = state;
  for (const change of changes) {
    for (const order of change.denyList.retained) orders.set(order.command_id, order);
    for (const id of change.denyList.dropped) orders.delete(id);
    for (const [subject, sequence] of Object.entries(change.denyList.sequences)) {
      sequences.set(subject, sequence);
    }
    for (const id of change.answered) answered.add(id);
    for (const one of change.paused?.inHand ?? []) inHand.set(one.command_id, one);
    for (const id of change.paused?.released ?? []) inHand.delete(id);
    enforcement = change.paused?.enforcement ?? enforcement;
  }
  return {
    version: 1,
    cursor: last.cursor,
    denyList: { orders: [...orders.values()], sequences: Object.fromEntries(sequences) },
    answered: [...answered],
    owed: last.owed,
    unfinished: last.unfinished,
    ...(last.waiting === undefined ? {} : { waiting: last.waiting }),
    ...(enforcement === undefined ? {} : { enforcement }),
    ...(inHand.size === 0 ? {} : { inHand: [...inHand.values()] }),
  };
}
