/** Where a plot is played, and what has been played of it so far. */
import type { Cell } from '../fleet.ts';
import type { Random } from '../random.ts';
import type { Role } from '../roles.ts';
import { Run } from '../run.ts';
import { requestOf } from '../work/workflows.ts';
import type { World } from '../world.ts';
import { type Manner, type Mode, mannerOf } from './manner.ts';
import type { Scheme } from './scheme.ts';

export interface Stage {
  /** The first run's id; others of the plot begin with it. */
  readonly id: string;
  readonly incident: string;
  readonly cell: Cell;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly random: Random;
  readonly world: World;
  /** Task, workflow, principal and approval are only asserted. */
  readonly asserted: boolean;
}

export class Played {
  readonly runs: Run[] = [];
  /** Chains in the way: told, but no part of the plot. */
  readonly swarm: Run[] = [];
  readonly proof: string[] = [];
  readonly scheme: Scheme;
  readonly manner: Manner;
  readonly stage: Stage;
  #at: number;

  constructor(scheme: Scheme, mode: Mode, stage: Stage) {
    this.scheme = scheme;
    this.manner = mannerOf(mode);
    this.stage = stage;
    this.#at = stage.start;
  }

  get workflow(): string {
    const { approved, workflow = this.scheme.workflow } = this.manner;
    return approved === undefined ? workflow : (this.scheme.approvedIn ?? workflow);
  }

  /** The run in which step `n` is done. */
  run(n: number): Run {
    const { apart = false } = this.manner;
    const held = this.runs.at(-1);
    if (n > 0 && held !== undefined && !apart) return held;
    const { id } = this.stage;
    const run = this.#runOf(apart ? `${id}${n}` : id, this.workflow, this.#at, this.manner);
    this.runs.push(run);
    return run;
  }

  /** An unrelated run, in which a value may stand. */
  beside(id: string, start: number): Run {
    return this.#runOf(id, 'ticket-triage', start);
  }

  pass(ms: number): void {
    this.#at += ms;
  }

  actor(n: number): Role {
    const { generalist, approved } = this.manner;
    const last = this.scheme.steps.length - 1;
    if (generalist === 'all' || generalist === 'all_but_last') return 'generalist';
    if (generalist === 'last' && n === last) return 'generalist';
    if (approved === 'role' && n === 1) return 'seller';
    return this.scheme.steps[n]?.role ?? 'generalist';
  }

  #runOf(id: string, workflow: string, start: number, shared: Manner = {}): Run {
    const { cell, random, world } = this.stage;
    return new Run({
      id,
      workflow,
      cell,
      start,
      random,
      world,
      steady: true,
      request: requestOf(workflow),
      ...(shared.conversation ? { conversation: `conversation-${this.stage.id}` } : {}),
      ...(shared.trace ? { trace: this.stage.id } : {}),
    });
  }
}
