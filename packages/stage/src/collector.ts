/**
 * How the engine collects garbage in a process with state. It holds as much garbage as is alive before it
 * collects, where V8 would let hundreds of MiB of state bring a GiB of garbage. Each full collection moves the
 * living together, because the gaps that states leave as they come and go grow the heap
 * (docs/measurements/memory.md). Young garbage is collected on one thread: a second one takes as much processor
 * time, and the pause becomes no shorter (docs/measurements/profile-cost.md). Rejected:
 * `--max-old-space-size`, which ends the process where it is reached.
 */
import { setFlagsFromString } from 'node:v8';

const HEAP_GROWING_PERCENT = 100;

/** To be called once, by whoever starts the process; V8 asks for both at each collection. */
export function setCollector(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--compact-on-every-full-gc');
}
