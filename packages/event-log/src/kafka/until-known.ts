/**
 * A topic that was just made is not at once known to every broker, and kafkajs gives up on "this
 * server does not host this topic-partition" without trying again. Whoever knows that the topic
 * exists waits here instead.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { EventLogError } from '../port.ts';
import { mapped } from './kafka-errors.ts';

const PATIENCE_MS = 15_000;
const ASK_EVERY_MS = 100;

export async function untilKnown<T>(action: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await mapped(action);
    } catch (error) {
      const young = error instanceof EventLogError && error.code === 'unknown_topic';
      if (!young || Date.now() >= deadline) throw error;
      await sleep(ASK_EVERY_MS);
    }
  }
}
