/** How a service that runs by itself is told of its Kafka: the same variables for every service. */
import { z } from 'zod';
import type { KafkaLogOptions } from './kafka-log.ts';

/** Items separated by commas, blanks around them ignored. */
export const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
);

export const kafkaSettings = {
  /** `host:port`, separated by commas. */
  WW_KAFKA_BROKERS: commaList.refine((brokers) => brokers.length > 0, 'at least one host:port'),
  WW_KAFKA_TOPIC_PREFIX: z.string().optional(),
  /** SASL SCRAM-SHA-512; user name and password are given together or not at all. */
  WW_KAFKA_USERNAME: z.string().min(1).optional(),
  WW_KAFKA_PASSWORD: z.string().min(1).optional(),
  WW_KAFKA_TLS: z.enum(['true', 'false']).default('false'),
  /** A process that died keeps its partitions for so long. */
  WW_KAFKA_SESSION_MS: z.coerce
    .number('a number of milliseconds')
    .int()
    .min(6_000, 'at least 6000')
    .max(1_800_000, 'at most 1800000')
    .default(6_000),
};

export type KafkaSettings = z.infer<z.ZodObject<typeof kafkaSettings>>;

export function kafkaOptions(settings: KafkaSettings, clientId: string): KafkaLogOptions {
  const { WW_KAFKA_USERNAME: username, WW_KAFKA_PASSWORD: password } = settings;
  const prefix = settings.WW_KAFKA_TOPIC_PREFIX;
  return {
    brokers: settings.WW_KAFKA_BROKERS,
    clientId,
    ssl: settings.WW_KAFKA_TLS === 'true',
    sessionTimeoutMs: settings.WW_KAFKA_SESSION_MS,
    ...(prefix === undefined ? {} : { topicPrefix: prefix }),
    ...(username === undefined || password === undefined
      ? {}
      : { sasl: { mechanism: 'scram-sha-512' as const, username, password } }),
  };
}

export type Configured<T> =
  | { readonly ok: true; readonly config: T }
  | { readonly ok: false; readonly problems: readonly string[] };

export function readSettings<S extends z.ZodRawShape>(
  own: S,
  environment: Readonly<Record<string, string | undefined>>,
): Configured<z.infer<z.ZodObject<S & typeof kafkaSettings>>> {
  const schema = z.object({ ...kafkaSettings, ...own });
  const parsed = schema.safeParse(environment);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const { WW_KAFKA_USERNAME: username, WW_KAFKA_PASSWORD: password } = environment;
  if ((username === undefined) !== (password === undefined)) {
    problems.push('WW_KAFKA_PASSWORD: user name and password are given together or not at all');
  }
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, config: parsed.data as z.infer<z.ZodObject<S & typeof kafkaSettings>> };
}
