/**
 * How the engine collects garbage in a process with state: as much garbage as is alive, compacting
 * full collections, one thread for young garbage (docs/measurements/memory.md).
 */
import { setFlagsFromString } from 'node:v8';

const HEAP_GROWING_PERCENT = 100;

/** To be called once, by whoever starts the process; V8 asks for both at each collection. */
export function setCollector(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--compact-on-every-full-gc');
}
