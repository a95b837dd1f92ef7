/**
 * How this process talks to the brokers: options that a person sets, limits and retry rules.
 * kafkajs is made here and its types stay in this folder.
 */
import { type Admin, Kafka, type KafkaConfig, logLevel, type RetryOptions } from 'kafkajs';
import { RECORD_BYTES_MAX } from '../limits.ts';
import { type AskOffsets, makeAskOffsets } from './topic-offsets.ts';

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
