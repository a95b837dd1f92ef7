/**
 * Further work of commands that are in force here already, and the receipt once it is done.
 * Commands of one agent keep their order; a failing one holds back its own agent only. A restore
 * takes the place of work not yet done.
 */
import type { RevocationCommand } from '@waywarden/schemas';
import type { ConsumerState } from './consumer-state.ts';
import type { ReceiptVerdict } from './deny-list.ts';
import { pause, retryAfterMs } from './limited-apply.ts';

const WAITING_MAX = 2_000;
/** Above it no more is begun until some is done. */
const UNDER_WAY_MAX = 16;
/** Work that takes longer is waited for by its own agent's orders alone. */
const SLOW_MS = 500;

const REVERTED: ReceiptVerdict = {
  state: 'failed',
  detail: 'It was taken back before its work was done.',
};

export interface WorkHooks {
  readonly work: (command: RevocationCommand, verdict: ReceiptVerdict) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Work that was not waited for has ended. */
  readonly onLate: () => void;
}

export interface WorkOptions {
  /** Whether any order has work; where none has, each is done once it is in force. */
  readonly hasWork?: boolean;
  /** Its work is not begun for now. */
  readonly isInHand?: (command: RevocationCommand) => boolean;
}

export class OrderWork {
  readonly #waiting = new Map<string, RevocationCommand>();
  readonly #verdicts: Map<string, ReceiptVerdict>;
  readonly #hasWork: boolean;
  readonly #isInHand: (command: RevocationCommand) => boolean;
  /** Agents whose work failed: how often, and when it is tried again (monotonic). */
  readonly #later = new Map<string, { readonly failures: number; readonly at: number }>();

  /** Agents at whose orders work is under way. */
  readonly #busy = new Set<string>();

  constructor(
    { unfinished = {}, waiting = [] }: Pick<ConsumerState, 'unfinished' | 'waiting'>,
    { hasWork = true, isInHand = () => false }: WorkOptions = {},
  ) {
    this.#hasWork = hasWork;
    this.#isInHand = isInHand;
    this.#verdicts = new Map(Object.entries(unfinished));
    for (const command of waiting) this.#waiting.set(command.command_id, command);
  }

  /** What a pause holds does not count: its end is still to be read. */
  get isFull(): boolean {
    if (this.#waiting.size < WAITING_MAX) return false;
    return [...this.#waiting.values()].filter((one) => !this.#isInHand(one)).length >= WAITING_MAX;
  }

  get state(): Required<Pick<ConsumerState, 'unfinished' | 'waiting'>> {
    return {
      unfinished: Object.fromEntries(this.#verdicts),
      waiting: [...this.#waiting.values()],
    };
  }

  has(id: string): boolean {
    return this.#waiting.has(id);
  }

  /** Its number is taken: read once more, it must not be held for a replay. */
  verdictOf(id: string): ReceiptVerdict | undefined {
    return this.#verdicts.get(id);
  }

  add(command: RevocationCommand, verdict: ReceiptVerdict): void {
    this.#waiting.set(command.command_id, command);
    this.#verdicts.set(command.command_id, verdict);
    const isRestore = command.action === 'restore' && verdict.state === 'applied';
    if (isRestore && this.#hasWork) this.#revert(command);
  }

  #revert(restore: RevocationCommand): void {
    const { restores: id = '', target } = restore;
    const agent = target.agent_uid;
    const order = this.#waiting.get(id);
    const all = [...this.#waiting.values()].filter((one) => one !== restore);
    if (order === undefined) {
      // Restores keep their order among each other.
      const at = all.findIndex((one) => one.target.agent_uid === agent && one.action !== 'restore');
      all.splice(at === -1 ? all.length : at, 0, restore);
    } else {
      const isOwn = order.target.agent_uid === agent;
      if (!isOwn || this.#verdicts.get(id)?.state !== 'applied') return;
      this.#verdicts.set(id, REVERTED);
      // Right behind it: another of its agent that fails would hold it back.
      all.splice(all.indexOf(order) + 1, 0, restore);
    }
    this.#later.delete(agent);
    this.#waiting.clear();
    for (const one of all) this.#waiting.set(one.command_id, one);
  }

  /** How long until something can be done; undefined: nothing waits. */
  dueInMs(now: number): number | undefined {
    let due: number | undefined;
    if (this.#busy.size >= UNDER_WAY_MAX) return undefined;
    for (const command of this.#waiting.values()) {
      const { target } = command;
      if (this.#busy.has(target.agent_uid) || this.#isInHand(command)) continue;
      const inMs = Math.max(0, (this.#later.get(target.agent_uid)?.at ?? now) - now);
      due = Math.min(due ?? inMs, inMs);
      if (due === 0) break;
    }
    return due;
  }

  /** The first that neither a failure nor work under way holds back. */
  async doNext(hooks: WorkHooks): Promise<boolean> {
    const next = this.#next(performance.now());
    if (next === undefined) return false;
    const ended = new AbortController();
    let isLate = false;
    void this.#do(next, hooks).then(() => {
      ended.abort();
      if (isLate) hooks.onLate();
    });
    await pause(SLOW_MS, ended.signal);
    isLate = !ended.signal.aborted;
    return true;
  }

  #next(now: number): RevocationCommand | undefined {
    if (this.#busy.size >= UNDER_WAY_MAX) return undefined;
    for (const command of this.#waiting.values()) {
      const { agent_uid: agent } = command.target;
      if (this.#isInHand(command)) continue;
      if (!this.#busy.has(agent) && (this.#later.get(agent)?.at ?? now) <= now) return command;
    }
    return undefined;
  }

  async #do(command: RevocationCommand, { work, onError }: WorkHooks): Promise<void> {
    const { command_id: id, target } = command;
    const { agent_uid: agent } = target;
    const verdict = this.#verdicts.get(id);
    if (verdict === undefined) return;
    this.#busy.add(agent);
    try {
      await work(command, verdict);
      this.#waiting.delete(id);
      this.#verdicts.delete(id);
      this.#later.delete(agent);
    } catch (error) {
      onError(error);
      // Taken back meanwhile: there is nothing to try again.
      if (this.#verdicts.get(id) !== verdict) return;
      const failures = this.#later.get(agent)?.failures ?? 0;
      const at = performance.now() + retryAfterMs(failures);
      this.#later.set(agent, { failures: failures + 1, at });
    } finally {
      this.#busy.delete(agent);
    }
  }
}
