/**
 * What a receiver must not forget. A crash at any point leaves the state before a batch or after
 * it, and every order is applied once.
 */
import {
  type EnforcementNotice,
  type Receipt,
  type RevocationCommand,
  waitsForResume,
} from '@waywarden/schemas';
import type { DenyListChange, DenyListState, ReceiptVerdict } from './deny-list.ts';

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

/** Held at once; beyond, orders are carried out in spite of the pause, since they may not be lost. */
const IN_HAND_MAX = 100_000;

/**
 * What a pause keeps from being carried out, for receivers that read the log: commands that take
 * access and that nobody looked at. The newest notice counts, in whatever order they are read.
 */
interface PauseOrder {
  readonly paused: boolean;
  readonly number: number;
}

interface PausedOrdersState {
  readonly enforcement?: PauseOrder;
  readonly inHand?: readonly RevocationCommand[];
}

interface PausedOrdersChange {
  readonly enforcement: PauseOrder;
  readonly inHand: readonly RevocationCommand[];
  /** By id. */
  readonly released: readonly string[];
}

export class PausedOrders {
  #enforcement: PauseOrder;
  readonly #inHand = new Map<string, RevocationCommand>();
  readonly #fresh = new Set<string>();
  readonly #released = new Set<string>();

  constructor({ enforcement, inHand = [] }: PausedOrdersState) {
    this.#enforcement = enforcement ?? { paused: false, number: 0 };
    for (const command of inHand) this.#inHand.set(command.command_id, command);
  }

  get state(): Required<PausedOrdersState> {
    return { enforcement: this.#enforcement, inHand: [...this.#inHand.values()] };
  }

  takeChange(): PausedOrdersChange {
    const inHand = [...this.#fresh].flatMap((id) => this.#inHand.get(id) ?? []);
    const change = { enforcement: this.#enforcement, inHand, released: [...this.#released] };
    this.#fresh.clear();
    this.#released.clear();
    return change;
  }

  noteSeen({ paused, number }: EnforcementNotice): void {
    if (number > this.#enforcement.number) this.#enforcement = { paused, number };
  }

  holds(command: RevocationCommand): boolean {
    return this.#enforcement.paused && waitsForResume(command);
  }

  /** Whether it is kept until then. */
  keep(command: RevocationCommand): boolean {
    if (command.restores !== undefined) this.#release(command.restores);
    if (!this.holds(command) || this.#inHand.size >= IN_HAND_MAX) return false;
    this.#inHand.set(command.command_id, command);
    this.#fresh.add(command.command_id);
    return true;
  }

  /** What may go on now, in the order in which it came. */
  *resumed(): Generator<RevocationCommand> {
    for (const [id, command] of this.#inHand) {
      if (this.holds(command)) continue;
      this.#release(id);
      yield command;
    }
  }

  #release(id: string): void {
    this.#fresh.delete(id);
    if (this.#inHand.delete(id)) this.#released.add(id);
  }
}
