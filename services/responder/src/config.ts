/** Configuration of the standalone responder: from the environment, all problems at once. */
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
    /** Local state; a cache that may be deleted. */
    WW_STATE_DIR: z.string().min(1),
    /** The responder's key file: signs commands, seals the sequence. Made when absent. */
    WW_KEY_FILE: z.string().min(1),
    /** The detector's key file, whose MAC keys verify alerts. */
    WW_DETECTOR_KEY_FILE: z.string().min(1),
    /** Key file of who publishes policy and registry, when that is not the responder itself. */
    WW_REGISTRY_KEY_FILE: z.string().min(1).optional(),
    /** Uids that nothing automatic may touch: Waywarden's own, break-glass, the SOAR. */
    WW_NEVER_REVOKE: list.default([]),
    /** How often time is written into the log. */
    WW_WATERMARK_MS: z.coerce.number().int().min(100).max(60_000).default(1000),
    WW_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  })
  .refine(
    (value) => (value.WW_KAFKA_USERNAME === undefined) === (value.WW_KAFKA_PASSWORD === undefined),
    {
      path: ['WW_KAFKA_PASSWORD'],
      message: 'user name and password are given together or not at all',
    },
  );
export type ResponderConfig = z.infer<typeof configSchema>;

export type ConfigResult =
  | { readonly ok: true; readonly config: ResponderConfig }
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
