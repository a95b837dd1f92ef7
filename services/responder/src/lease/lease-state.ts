/** Who holds the lease, by its topic's records. Pure. */
import type { LeaseRecord } from '@waywarden/schemas';

export interface LeaseState {
  /** 0: nobody yet. */
  readonly epoch: number;
  /** Undefined: given back. */
  readonly holder: string | undefined;
  /** Offsets by `stage/topic/partition`. */
  readonly progress: Readonly<Record<string, number>>;
}

export const NO_LEASE: LeaseState = { epoch: 0, holder: undefined, progress: {} };

/** The first claim of an epoch stands. */
export function applyLease(state: LeaseState, record: LeaseRecord): LeaseState {
  const { kind, epoch, holder, progress = state.progress } = record;
  if (epoch > state.epoch) {
    return { epoch, holder: kind === 'release' ? undefined : holder, progress };
  }
  if (epoch < state.epoch || holder !== state.holder || kind === 'claim') return state;
  return { epoch, holder: kind === 'release' ? undefined : holder, progress };
}
