/** Configuration of the standalone detector: from the environment, all problems at once. */
import {
  type Configured,
  type KafkaSettings,
  readSettings,
} from '@waywarden/event-log/kafka/settings';
import { healthSettings } from '@waywarden/service-health';
import { z } from 'zod';

const own = {
  WW_STATE_DIR: z.string().min(1),
  /** The detector's key file: seals alerts and what it forwards. Made when absent. */
  WW_KEY_FILE: z.string().min(1),
  /** Key file of the sequencer (the responder's), whose MAC keys verify time and control records. */
  WW_SEQUENCER_KEY_FILE: z.string().min(1),
  ...healthSettings,
  WW_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
};

export type DetectorConfig = KafkaSettings & z.infer<z.ZodObject<typeof own>>;

export function readDetectorConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Configured<DetectorConfig> {
  return readSettings(own, environment);
}
