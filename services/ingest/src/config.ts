/** Configuration of the standalone ingest: from the environment, all problems at once. */
import {
  type Configured,
  commaList,
  type KafkaSettings,
  readSettings,
} from '@waywarden/event-log/kafka/settings';
import { z } from 'zod';

const MIB = 1024 * 1024;
const bytes = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

const own = {
  /** Default: this machine only. */
  WW_INGEST_HOST: z.string().min(1).default('127.0.0.1'),
  WW_INGEST_PORT: z.coerce.number().int().min(0).max(65_535).default(8780),
  /** Made when absent. */
  WW_KEY_FILE: z.string().min(1),
  /** Read again on SIGHUP. */
  WW_TOKENS_FILE: z.string().min(1),
  /** JWKS; ingest then follows `registry`. */
  WW_REGISTRY_KEY_FILE: z.string().min(1).optional(),
  /** Where the topic has none. */
  WW_REGISTRY_FILE: z.string().min(1).optional(),
  WW_ORGANISATION_DOMAINS: commaList.optional(),
  WW_BODY_BYTES_MAX: bytes(1024, 64 * MIB).default(8 * MIB),
  /** Unpacked; each costs several of memory. */
  WW_BYTES_IN_HAND_MAX: bytes(MIB, 1024 * MIB).default(16 * MIB),
  WW_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
};

type IngestConfig = KafkaSettings & z.infer<z.ZodObject<typeof own>>;

export function readIngestConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Configured<IngestConfig> {
  return readSettings(own, environment);
}
