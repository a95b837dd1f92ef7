/** kafkajs's failures in the port's words, by the innermost cause; unknown ones are `unavailable`. */
import { EventLogError, type EventLogErrorCode } from '../port.ts';

const CODES: Readonly<Record<string, EventLogErrorCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'unknown_topic',
  MESSAGE_TOO_LARGE: 'record_too_large',
  RECORD_LIST_TOO_LARGE: 'record_too_large',
  KafkaJSOffsetOutOfRange: 'damaged',
  TOPIC_AUTHORIZATION_FAILED: 'not_allowed',
  GROUP_AUTHORIZATION_FAILED: 'not_allowed',
  CLUSTER_AUTHORIZATION_FAILED: 'not_allowed',
  KafkaJSSASLAuthenticationError: 'not_allowed',
};
const CAUSES_MAX = 10;

interface KafkaFailure {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly retriable?: unknown;
  /** Of a request about several topics, one each. */
  readonly errors?: unknown;
  readonly topic?: unknown;
}

function innerOf({ cause, errors }: KafkaFailure): unknown {
  return Array.isArray(errors) && errors.length > 0 ? errors[0] : cause;
}

export function toEventLogError(error: unknown): EventLogError {
  if (error instanceof EventLogError) return error;
  let code: EventLogErrorCode = 'unavailable';
  let retryable = true;
  let message = String(error);
  let next: unknown = error;
  for (let i = 0; i < CAUSES_MAX && typeof next === 'object' && next !== null; i++) {
    const failure: KafkaFailure = next;
    for (const sign of [failure.type, failure.name]) {
      const known = typeof sign === 'string' ? CODES[sign] : undefined;
      if (known !== undefined) code = known;
    }
    if (typeof failure.message === 'string') message = failure.message;
    if (typeof failure.topic === 'string') message = `${failure.topic}: ${message}`;
    if (typeof failure.retriable === 'boolean') retryable = failure.retriable;
    next = innerOf(failure);
  }
  return new EventLogError(code, `Kafka: ${message}`, {
    cause: error,
    retryable: retryable && code === 'unavailable',
  });
}

export async function mapped<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw toEventLogError(error);
  }
}
