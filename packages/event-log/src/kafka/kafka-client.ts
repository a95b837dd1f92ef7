/**
 * How this process talks to the brokers: options that a person sets, limits and retry rules.
 * kafkajs is made here and its types stay in this folder.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, Kafka, type KafkaConfig, logLevel, type RetryOptions } from 'kafkajs';
import { RECORD_BYTES_MAX } from '../limits.ts';
import { EventLogError } from '../port.ts';
import { mapped } from './kafka-errors.ts';

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

export interface KafkaTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

export interface KafkaLogOptions {
  readonly brokers: readonly string[];
  /** Goes into the brokers' logs and quotas. */
  readonly clientId: string;
  /** Put before every name of a topic or reader group, so that installations can share brokers. Default: none. */
  readonly topicPrefix?: string;
  readonly replicationFactor?: number;
  /** True, or certificates of one's own. Default: no TLS. */
  readonly ssl?: boolean | KafkaTls;
  readonly sasl?: KafkaSasl;
  /** A member that is silent for so long loses its partitions. */
  readonly sessionTimeoutMs?: number;
  /** How often a request is tried again, from 1. */
  readonly retriesMax?: number;
  /** An append was given up: nothing more is appended until the log is opened anew. */
  readonly onGivenUp?: (error: Error) => void;
  /** kafkajs's own messages. Default: none. */
  readonly onLog?: (level: 'error' | 'warn', message: string) => void;
}

/** About half a minute of trying: longer than a broker's restart takes to elect new leaders. */
const RETRIES_MAX = 10;
const RETRY_SPACING: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 5_000,
  factor: 0.2,
  multiplier: 2,
};

/** A busy machine exceeds kafkajs's one second while nothing is wrong. */
const CONNECT_MS_MAX = 10_000;

const BATCH_OVERHEAD_BYTES = 64 * 1024;
export const MESSAGE_BYTES_MAX = RECORD_BYTES_MAX + BATCH_OVERHEAD_BYTES;

export interface KafkaClient {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly options: KafkaLogOptions;
  readonly retry: RetryOptions;
  physical(topic: string): string;
  readonly offsets: AskOffsets;
}

function securityOf({ ssl, sasl }: KafkaLogOptions): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  const tls = typeof ssl === 'object' ? { ...ssl } : ssl;
  return {
    ...(tls === undefined ? {} : { ssl: tls }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } as NonNullable<KafkaConfig['sasl']> }),
  };
}

export function makeClient(options: KafkaLogOptions): KafkaClient {
  const { brokers, clientId, topicPrefix = '', retriesMax = RETRIES_MAX, onLog } = options;
  const retry = { ...RETRY_SPACING, retries: retriesMax };
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId,
    retry,
    connectionTimeout: CONNECT_MS_MAX,
    logLevel: onLog === undefined ? logLevel.NOTHING : logLevel.WARN,
    logCreator: () => (entry) => {
      const level = entry.level === logLevel.ERROR ? 'error' : 'warn';
      onLog?.(level, `${entry.namespace}: ${entry.log.message}`);
    },
    ...securityOf(options),
  });
  const physical = (topic: string) => `${topicPrefix}${topic}`;
  const makeAdmin = () => kafka.admin({ retry });
  const admin = makeAdmin();
  return { kafka, admin, options, retry, physical, offsets: makeAskOffsets(admin, makeAdmin) };
}

/** Offsets count records; `high` is the one that comes next. */
interface PartitionOffsets {
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Where each partition of a topic begins and ends. Questions are asked one after the other: kafkajs
 * replaces its view of the topics under a second one and fails with a TypeError.
 */
type AskOffsets = (physical: string) => Promise<readonly PartitionOffsets[]>;

type Answer = Awaited<ReturnType<Admin['fetchTopicOffsets']>>;

const LEADERLESS = new Set(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE']);

interface Failure {
  readonly type?: unknown;
  readonly cause?: unknown;
}

function isStaleView(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  if (typeof error !== 'object' || error === null) return false;
  const { type, cause }: Failure = error;
  return (typeof type === 'string' && LEADERLESS.has(type)) || isStaleView(cause);
}

/** Empty when the client's view of the topic is not the brokers'. */
async function askOnce(admin: Admin, physical: string): Promise<Answer> {
  return admin.fetchTopicOffsets(physical).catch((error: unknown) => {
    if (isStaleView(error)) return [];
    throw error;
  });
}

async function askAfresh(makeAdmin: () => Admin, physical: string): Promise<Answer> {
  const admin = makeAdmin();
  try {
    await admin.connect();
    return await askOnce(admin, physical);
  } finally {
    await admin.disconnect();
  }
}

/** @param admin connected by its owner; `makeAdmin`'s are connected and closed here. */
function makeAskOffsets(admin: Admin, makeAdmin: () => Admin): AskOffsets {
  let before: Promise<unknown> = Promise.resolve();
  const ask = async (physical: string) => {
    const known = await askOnce(admin, physical);
    const found = known.length > 0 ? known : await askAfresh(makeAdmin, physical);
    if (found.length === 0) {
      throw new EventLogError('unknown_topic', `Kafka: nobody leads ${physical} yet`);
    }
    return found
      .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
      .toSorted((a, b) => a.partition - b.partition);
  };
  return (physical) => {
    const turn = before.then(() => untilAnswered(() => ask(physical)));
    before = turn.catch(() => undefined);
    return turn;
  };
}

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

/** Asks again where kafkajs gives up: new topics, broken connections. */
function untilAnswered<T>(question: () => Promise<T>): Promise<T> {
  return again(question, (error) => (error.retryable ? AWAY_MS_MAX : whileUnknown(error)));
}
