/**
 * How the engine collects garbage in a process with state.
 *
 * It holds as much garbage as is alive before it collects, and not up to three times that. V8 lets the heap grow the
 * further the less of its time went into collecting, up to four times what is alive; with hundreds of MiB of cached
 * state that is a GiB of garbage on a machine that has better uses for it. Rejected: `--max-old-space-size`, which
 * ends the process where it is reached, and collecting by hand, which stops it.
 *
 * Each full collection moves the living together: states come and go in memory, and the gaps that they leave
 * between the living grew the heap by half in 150,000 events (docs/measurements/memory.md).
 *
 * Young garbage is collected on one thread. Less than a megabyte of what a stage makes in between is alive: a second
 * thread takes as much processor time as the first and the pause becomes no shorter
 * (docs/measurements/profile-cost.md). Rejected: a larger young generation, which a running process can't set.
 */
import { setFlagsFromString } from 'node:v8';

const HEAP_GROWING_PERCENT = 100;

/** To be called once, by whoever starts the process; V8 asks for both at each collection. */
export function setCollector(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--compact-on-every-full-gc');
}
