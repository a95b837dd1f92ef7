/** Configuration of the standalone responder: from the environment, all problems at once. */
import {
  type Configured,
  commaList,
  type KafkaSettings,
  readSettings,
} from '@waywarden/event-log/kafka/settings';
import { healthSettings } from '@waywarden/service-health';
import { z } from 'zod';

const own = {
  /** A cache that may be deleted. */
  WW_STATE_DIR: z.string().min(1),
  /** The responder's key file: signs commands, seals the sequence. Made when absent. */
  WW_KEY_FILE: z.string().min(1),
  /** The detector's key file, whose MAC keys verify alerts. */
  WW_DETECTOR_KEY_FILE: z.string().min(1),
  /** Key file of who publishes policy and registry, when that is not the responder itself. */
  WW_REGISTRY_KEY_FILE: z.string().min(1).optional(),
  /** Waywarden's own, break-glass, the SOAR. */
  WW_NEVER_REVOKE: commaList.default([]),
  WW_WATERMARK_MS: z.coerce.number().int().min(100).max(60_000).default(1000),
  /** Absent: receivers read the topic. */
  WW_RESPONDER_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  WW_RESPONDER_HOST: z.string().min(1).default('127.0.0.1'),
  ...healthSettings,
  WW_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
};

export type ResponderConfig = KafkaSettings & z.infer<z.ZodObject<typeof own>>;

export function readResponderConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Configured<ResponderConfig> {
  return readSettings(own, environment);
}
