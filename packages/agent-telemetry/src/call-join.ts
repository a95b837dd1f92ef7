/** Turns observations into calls; see `join/`. */
import type { Call } from './call.ts';
import type { Observation } from './observation.ts';

export interface JoinOptions {
  /** A group of observations is concluded once nothing of it came for so long. */
  readonly quietMs: number;
  /** … and at the latest so long after its first. */
  readonly waitMsMax: number;
  /** Observations held; beyond it the oldest group is concluded early and counted. */
  readonly observationsMax: number;
}

export interface JoinCounts {
  /** Held just now. */
  readonly held: number;
  readonly concluded: number;
  /** Groups that were concluded before their time because the buffer was full. */
  readonly evicted: number;
  /** Observations that came after their call was concluded and changed nothing. */
  readonly late: number;
  /** Calls by what could not be resolved. */
  readonly unresolved: Readonly<Record<string, number>>;
}

export class CallJoin {
  constructor(options: JoinOptions) {
    void options;
  }

  /** `nowMs`: our clock, never back. */
  add(observations: readonly Observation[], nowMs: number): void {
    void observations;
    void nowMs;
  }

  /** The calls whose time has come, in the order of their start. */
  settled(nowMs: number): readonly Call[] {
    void nowMs;
    return [];
  }

  /** Everything that is held, at the end. */
  flush(): readonly Call[] {
    return [];
  }

  get counts(): JoinCounts {
    return { held: 0, concluded: 0, evicted: 0, late: 0, unresolved: {} };
  }
}
