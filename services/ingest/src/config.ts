/** Configuration of the standalone ingest: from the environment, all problems at once. */
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
    /** Address to listen on. The default is reachable from this machine only. */
    WW_INGEST_HOST: z.string().min(1).default('127.0.0.1'),
    WW_INGEST_PORT: z.coerce.number().int().min(0).max(65_535).default(8780),
    /** Ingest's key file: fingerprints and the sealing of dead letters. Made when absent. */
    WW_KEY_FILE: z.string().min(1),
    /** `tokens.json`: who may send, as what. Read again on SIGHUP. */
    WW_TOKENS_FILE: z.string().min(1),
    /** Registry file of a single tenant, for its `tools` and domains. */
    WW_REGISTRY_FILE: z.string().min(1).optional(),
    /** The organisation's own domains; default: those of the registry's people. */
    WW_ORGANISATION_DOMAINS: list.optional(),
    WW_BODY_BYTES_MAX: z.coerce
      .number()
      .int()
      .min(1024)
      .max(64 * 1024 * 1024)
      .default(8 * 1024 * 1024),
    WW_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  })
  .refine(
    (value) => (value.WW_KAFKA_USERNAME === undefined) === (value.WW_KAFKA_PASSWORD === undefined),
    {
      path: ['WW_KAFKA_PASSWORD'],
      message: 'user name and password are given together or not at all',
    },
  );
export type IngestConfig = z.infer<typeof configSchema>;

export type ConfigResult =
  | { readonly ok: true; readonly config: IngestConfig }
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
