/** Asks again where kafkajs gives up: new topics, broken connections. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EventLogError } from '../port.ts';
import { mapped } from './kafka-errors.ts';

/** For a topic that whoever asks knows to exist. */
const UNKNOWN_MS_MAX = 15_000;
/** For a broker that is away: as long as a reader tries. */
const AWAY_MS_MAX = 60_000;
const ASK_EVERY_MS = 100;

type Patience = (error: EventLogError) => number;

async function again<T>(action: () => Promise<T>, patienceMs: Patience): Promise<T> {
  const beganMs = performance.now();
  for (;;) {
    try {
      return await mapped(action);
    } catch (error) {
      const msMax = error instanceof EventLogError ? patienceMs(error) : 0;
      if (performance.now() - beganMs >= msMax) throw error;
      await sleep(ASK_EVERY_MS);
    }
  }
}

const whileUnknown: Patience = ({ code }) => (code === 'unknown_topic' ? UNKNOWN_MS_MAX : 0);

export function untilKnown<T>(action: () => Promise<T>): Promise<T> {
  return again(action, whileUnknown);
}

export function untilAnswered<T>(question: () => Promise<T>): Promise<T> {
  return again(question, (error) => (error.retryable ? AWAY_MS_MAX : whileUnknown(error)));
}
