/**
 * What a pause keeps from being carried out, for receivers that read the log: commands that take
 * access and that nobody looked at. The newest notice counts, in whatever order they are read.
 */
import { type EnforcementNotice, type RevocationCommand, waitsForResume } from '@waywarden/schemas';

/** Held at once; beyond, orders are carried out in spite of the pause, since they may not be lost. */
const IN_HAND_MAX = 100_000;

export interface PauseOrder {
  readonly paused: boolean;
  readonly number: number;
}

export interface PausedOrdersState {
  readonly enforcement?: PauseOrder;
  readonly inHand?: readonly RevocationCommand[];
}

export interface PausedOrdersChange {
  readonly enforcement: PauseOrder;
  readonly inHand: readonly RevocationCommand[];
  /** By id. */
  readonly released: readonly string[];
}

export class PausedOrders {
  #enforcement: PauseOrder;
  readonly #held = new Map<string, RevocationCommand>();
  readonly #fresh = new Set<string>();
  readonly #released = new Set<string>();

  constructor({ enforcement, inHand = [] }: PausedOrdersState) {
    this.#enforcement = enforcement ?? { paused: false, number: 0 };
    for (const command of inHand) this.#held.set(command.command_id, command);
  }

  get state(): Required<PausedOrdersState> {
    return { enforcement: this.#enforcement, inHand: [...this.#held.values()] };
  }

  takeChange(): PausedOrdersChange {
    const inHand = [...this.#fresh].flatMap((id) => this.#held.get(id) ?? []);
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
    if (!this.holds(command) || this.#held.size >= IN_HAND_MAX) return false;
    this.#held.set(command.command_id, command);
    this.#fresh.add(command.command_id);
    return true;
  }

  /** What may go on now, in the order in which it came. */
  *resumed(): Generator<RevocationCommand> {
    for (const [id, command] of this.#held) {
      if (this.holds(command)) continue;
      this.#release(id);
      yield command;
    }
  }

  #release(id: string): void {
    this.#fresh.delete(id);
    if (this.#held.delete(id)) this.#released.add(id);
  }
}
