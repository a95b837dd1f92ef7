/** Where a plot or an errand is played, and what has been played of it so far. */
import { DAY, MINUTE } from '../calendar.ts';
import type { Cell } from '../fleet.ts';
import type { Random } from '../random.ts';
import { ROLE_NAMES, type Role } from '../roles.ts';
import { Run } from '../run.ts';
import { nameOf } from '../scene.ts';
import type { TimedEvent } from '../simulated-event.ts';
import type { Workflow } from '../work/workflows.ts';
import type { World } from '../world.ts';
import { relaysBeside } from './cast.ts';
import { beginningOf, hostsFor, workflowOf } from './host.ts';
import { type Manner, pauseOf } from './manner.ts';
import type { Act, Scheme } from './scheme.ts';

/** What of a scheme an errand leaves out: every link, the last step, or the first. */
export type LeftOut = 'links' | 'last' | 'first';

export interface Stage {
  readonly cell: Cell;
  readonly day: number;
  readonly random: Random;
  readonly world: World;
  /** Task, workflow, principal and approval are only asserted. */
  readonly asserted: boolean;
  readonly leftOut?: LeftOut;
}

const [STAND_IN_SHARE, HANDED_SHARE] = [0.3, 0.2];
/** In tasks that follow so closely nobody does anything else first. */
const CLOSE = MINUTE;

export class Played {
  readonly runs: Run[] = [];
  /** Tasks in the way: part of it only when they hold its value. */
  readonly crowd: Run[] = [];
  /** For each part of the proof, the calls that can stand there. */
  readonly proof: (readonly string[])[] = [];
  readonly scheme: Scheme;
  readonly manner: Manner;
  readonly cast: readonly Act[];
  /** Who passes things on, in order; those side by side stand together. */
  readonly relays: readonly Act[];
  readonly stage: Stage;
  #first = '';
  /** One who does nothing in the task. */
  readonly idler: Role;
  /** The step of an errand that is done by the one who may do everything. */
  readonly #standsIn: number | undefined;
  /** Whether an errand is handed to whoever ends it. */
  readonly handsOver: boolean = false;

  constructor(scheme: Scheme, manner: Manner, cast: readonly Act[], stage: Stage) {
    this.scheme = scheme;
    this.manner = manner;
    this.cast = cast;
    this.stage = stage;
    const { relays = 0, parallel = 1 } = manner;
    this.relays = relays === 0 ? [] : relaysBeside(cast, stage.random).slice(0, relays * parallel);
    // Whoever hands an errand over has done nothing that could be handed on.
    const idle = ROLE_NAMES.filter(
      (role) => role !== 'generalist' && !cast.some((act) => act.role === role),
    );
    this.idler = idle[stage.random.int(0, idle.length - 1)] ?? 'clerk';
    const { leftOut, random } = stage;
    if (leftOut === undefined) return;
    this.#standsIn = random.chance(STAND_IN_SHARE) ? random.int(0, this.last) : undefined;
    this.handsOver = random.chance(HANDED_SHARE);
  }

  /** Who hands step `n` over. */
  giver(n: number): Role {
    return this.stage.leftOut === undefined ? this.actor(n - 1) : this.idler;
  }

  get events(): readonly TimedEvent[] {
    return [...this.runs, ...this.crowd].flatMap((run) => run.events);
  }

  get last(): number {
    return this.cast.length - 1;
  }

  /** The run in which step `n` is done. */
  run(n: number): Run {
    const inHand = this.runs.at(-1);
    if (inHand !== undefined && this.manner.apart !== true) return inHand;
    const { random, day } = this.stage;
    const workflow = this.#workflow();
    const start =
      inHand === undefined ? beginningOf(workflow, day, random) : this.#next(inHand, workflow);
    const run = this.#begin(workflow, start);
    this.runs.push(run);
    const pause = this.manner.pause ?? CLOSE;
    // A trace would join what others did before to what is played.
    const alone = this.#named !== undefined || this.manner.trace === true;
    if (!alone && (n === 0 || pause >= CLOSE)) workflow.perform(run);
    return run;
  }

  /** An unrelated task of somebody else. */
  beside(start: number): Run {
    const run = this.#begin(workflowOf('ticket-triage'), start, true);
    this.crowd.push(run);
    return run;
  }

  /** Whether step `n` is given what the step before brought. */
  linked(n: number): boolean {
    const { bare } = this.manner;
    if (this.stage.leftOut === 'links' || bare === true || n === 0) return false;
    if (bare === 'after_first') return n === 1;
    return bare !== 'before_last' || n === this.last;
  }

  plays(n: number): boolean {
    const { leftOut } = this.stage;
    if (leftOut === 'first') return n > 0;
    return n < this.last || (leftOut !== 'last' && this.manner.generalist !== 'all_but_last');
  }

  actor(n: number): Role {
    const { generalist } = this.manner;
    if (generalist === 'all' || generalist === 'all_but_last') return 'generalist';
    if (generalist === 'last' && n === this.last) return 'generalist';
    if (generalist === undefined && n === this.#standsIn) return 'generalist';
    return this.cast[n]?.role ?? 'generalist';
  }

  get #named(): string | undefined {
    const { approved, workflow } = this.manner;
    return workflow ?? (approved === undefined ? undefined : this.scheme.approvedIn);
  }

  #workflow(): Workflow {
    if (this.#named !== undefined) return workflowOf(this.#named);
    const { random, asserted } = this.stage;
    const busy = new Set<Role>([
      this.idler,
      'generalist',
      ...[...this.cast, ...this.relays].map((act) => act.role),
    ]);
    const hosts = hostsFor(busy, this.scheme.combination, asserted);
    return hosts[random.int(0, hosts.length - 1)] ?? workflowOf('odd-jobs');
  }

  #next(inHand: Run, workflow: Workflow): number {
    const { random } = this.stage;
    const { days } = this.manner;
    if (days === undefined) return inHand.now + pauseOf(this.manner, random);
    const day = Math.floor(inHand.now / DAY) + random.int(...days);
    return beginningOf(workflow, day, random);
  }

  #begin(workflow: Workflow, start: number, apart = false): Run {
    const { cell, random, world } = this.stage;
    const id = nameOf(random);
    if (this.#first === '') this.#first = id;
    const { conversation, trace } = this.manner;
    return new Run({
      id,
      workflow: workflow.name,
      cell,
      start,
      random,
      world,
      request: random.pick(workflow.requests),
      ...(conversation && !apart ? { conversation: `conv-${this.#first}` } : {}),
      ...(trace && !apart ? { trace: this.#first } : {}),
    });
  }
}
