/**
 * How much garbage a process with state holds before it is collected: as much as is alive, and not up to
 * three times that. V8 lets the heap grow the further the less of its time went into collecting, up to
 * four times what is alive; with hundreds of MiB of cached state that is a GiB of garbage on a machine
 * that has better uses for it. Rejected: `--max-old-space-size`, which ends the process where it is
 * reached, and collecting by hand, which stops it.
 */
import { setFlagsFromString } from 'node:v8';

const HEAP_GROWING_PERCENT = 100;

/** To be called once, by whoever starts the process; V8 asks for the flag after each collection. */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
}
