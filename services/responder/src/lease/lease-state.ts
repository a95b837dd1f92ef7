/** Who holds the lease, as the records of its topic say in their order. Pure. */
import type { LeaseRecord } from '@waywarden/schemas';

export interface LeaseState {
  /** 0: nobody ever held it. */
  readonly epoch: number;
  /** Undefined: given back. */
  readonly holder: string | undefined;
  /** By `stage/topic/partition`: the offset below which its outputs are in the log. */
  readonly progress: Readonly<Record<string, number>>;
}

export const NO_LEASE: LeaseState = { epoch: 0, holder: undefined, progress: {} };

/** Of claims of one epoch the first stands. */
export function applyLease(state: LeaseState, record: LeaseRecord): LeaseState {
  const { kind, epoch, holder, progress = state.progress } = record;
  if (epoch > state.epoch) {
    return { epoch, holder: kind === 'release' ? undefined : holder, progress };
  }
  if (epoch < state.epoch || holder !== state.holder || kind === 'claim') return state;
  return { epoch, holder: kind === 'release' ? undefined : holder, progress };
}
