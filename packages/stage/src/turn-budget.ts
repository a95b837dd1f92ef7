/**
 * How long the stages of a process decide, together, before the event loop turns: door, page and
 * stages share one loop, and a batch would keep senders waiting for a second.
 */

/** Of all stages, in one turn of the loop. */
const TURN_MS_MAX = 25;

/** Whether somebody has decided in this turn. */
let begun = false;
let untilMs = 0;
const waiting: (() => void)[] = [];

function nextTurn(): void {
  const first = waiting.shift();
  begun = first !== undefined;
  if (first === undefined) return;
  untilMs = performance.now() + TURN_MS_MAX;
  setImmediate(nextTurn);
  first();
}

/** Undefined while there is time left; else a promise that resolves in a later turn of the loop. */
export function turnSpent(): Promise<void> | undefined {
  if (!begun) {
    begun = true;
    untilMs = performance.now() + TURN_MS_MAX;
    setImmediate(nextTurn);
    return undefined;
  }
  if (performance.now() < untilMs) return undefined;
  return new Promise((resolve) => waiting.push(resolve));
}
