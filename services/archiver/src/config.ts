/** Configuration of the standalone archiver: from the environment, all problems at once. */
import {
  type Configured,
  type KafkaSettings,
  readSettings,
} from '@waywarden/event-log/kafka/settings';
import { healthSettings } from '@waywarden/service-health';
import { z } from 'zod';

/** Where the store is, for whoever else reads it. */
export const storeSettings = {
  WW_CLICKHOUSE_URL: z.url().default('http://127.0.0.1:8123'),
  WW_CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
    .default('waywarden'),
  WW_CLICKHOUSE_USERNAME: z.string().min(1).optional(),
  WW_CLICKHOUSE_PASSWORD: z.string().optional(),
};

const own = {
  ...storeSettings,
  /** Local state. */
  WW_STATE_DIR: z.string().min(1),
  /** How long rows of dead letters live. */
  WW_DEAD_LETTER_DAYS: z.coerce.number().positive().max(3_650).default(30),
  ...healthSettings,
  WW_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
};

export type ArchiverConfig = KafkaSettings & z.infer<z.ZodObject<typeof own>>;

export function readArchiverConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Configured<ArchiverConfig> {
  return readSettings(own, environment);
}
