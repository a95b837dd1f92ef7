/** Two weeks of past work, from a seed and one date: resending is harmless. */
import type { InputEvent } from '@waywarden/schemas';
import { ordinaryTask } from './fleet/ordinary-work.ts';
import { type TaskScript, toEvent } from './fleet/task-script.ts';
import { World } from './fleet/world.ts';
import type { EventSender } from './gateway/event-sender.ts';

const SEED = 20_261_101;
const DAYS = 14;
const TASKS = 420;
/** So that the demo's pace is nothing new. */
const BUSY_DAYS_AGO = [11, 7, 3];
const BUSY_TASKS = 40;
const BUSY_EVERY_MS = 1_000;
const BATCH_EVENTS = 200;
const DAY_MS = 86_400_000;

export function reportTask(script: TaskScript, startMs: number): readonly InputEvent[] {
  let atMs = startMs;
  return script.calls.map((call, i) => {
    atMs += call.afterMs;
    return toEvent(call, {
      eventTime: new Date(atMs).toISOString(),
      durationMs: 5 + ((i * 37 + call.id.length * 11) % 400),
    });
  });
}

export function historyEvents(endsAt: string): readonly InputEvent[] {
  const world = new World(SEED);
  const endMs = Date.parse(endsAt) - 60_000;
  const stepMs = Math.floor((DAYS * DAY_MS) / TASKS);
  const steady = Array.from({ length: TASKS }, (_, n) => endMs - (TASKS - n) * stepMs);
  const busy = BUSY_DAYS_AGO.flatMap((days) =>
    Array.from({ length: BUSY_TASKS }, (_, n) => endMs - days * DAY_MS + n * BUSY_EVERY_MS),
  );
  const starts = [...steady, ...busy].sort((a, b) => a - b);
  return starts.flatMap((startMs, n) => reportTask(ordinaryTask('h', n + 1, world), startMs));
}

/** Returns the number of events. */
export async function sendHistory(sender: EventSender, endsAt: string): Promise<number> {
  const events = historyEvents(endsAt);
  for (let at = 0; at < events.length; at += BATCH_EVENTS) {
    await sender.send(events.slice(at, at + BATCH_EVENTS));
  }
  return events.length;
}
