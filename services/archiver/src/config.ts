/** Configuration of the standalone archiver: from the environment, all problems at once. */
import { z } from 'zod';

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
);

const configSchema = z
  .object({
    /** `host:port`, separated by commas. */
    WW_KAFKA_BROKERS: list.refine((brokers) => brokers.length > 0, 'at least one host:port'),
    WW_KAFKA_TOPIC_PREFIX: z.string().optional(),
    WW_KAFKA_USERNAME: z.string().min(1).optional(),
    WW_KAFKA_PASSWORD: z.string().min(1).optional(),
    WW_KAFKA_TLS: z.enum(['true', 'false']).default('false'),
    WW_CLICKHOUSE_URL: z.url().default('http://127.0.0.1:8123'),
    WW_CLICKHOUSE_DATABASE: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
      .default('waywarden'),
    WW_CLICKHOUSE_USERNAME: z.string().min(1).optional(),
    WW_CLICKHOUSE_PASSWORD: z.string().optional(),
    /** Local state. Losing it costs time (the log is read again), not rows. */
    WW_STATE_DIR: z.string().min(1),
    WW_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  })
  .refine(
    (value) => (value.WW_KAFKA_USERNAME === undefined) === (value.WW_KAFKA_PASSWORD === undefined),
    {
      path: ['WW_KAFKA_PASSWORD'],
      message: 'user name and password are given together or not at all',
    },
  );
export type ArchiverConfig = z.infer<typeof configSchema>;

export type ConfigResult =
  | { readonly ok: true; readonly config: ArchiverConfig }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Problems name the variable and what is wrong, never a value, as it may be a password. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ConfigResult {
  const parsed = configSchema.safeParse(environment);
  if (parsed.success) return { ok: true, config: parsed.data };
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return { ok: false, problems };
}
