/**
 * The present of a page, for relative times: one timer for all, so that rows of one second have one age.
 */
import { useSyncExternalStore } from 'react';

const TICK_MS = 1000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Up to the next whole second: what just came is not of the future. */
const present = () => Math.ceil(Date.now() / TICK_MS) * TICK_MS;

/** Milliseconds since 1970, the same for all who ask within a second. */
export function useNowMs(): number {
  return useSyncExternalStore(subscribe, present);
}
