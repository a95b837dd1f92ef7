import { activeSigningKey, CANARY_TENANT } from '@waywarden/schemas';
import type { DataPaths } from '../runtime/data-folder.ts';
import type { Pipeline } from '../runtime/pipeline.ts';
import { Canary, type CanaryOptions } from './canary.ts';
import { canaryReceiverKeys, canaryRegistryOf } from './canary-files.ts';
import { canaryPolicy } from './canary-rules.ts';

export interface EmbeddedCanaryOptions extends Omit<CanaryOptions, 'log' | 'keys' | 'queue'> {
  readonly tenant: string;
  readonly pipeline: Pipeline;
  readonly paths: DataPaths;
}

export async function startEmbeddedCanary(options: EmbeddedCanaryOptions): Promise<Canary> {
  const { pipeline, paths, tenant, ...given } = options;
  await pipeline.publish(CANARY_TENANT, canaryRegistryOf(paths.keys), canaryPolicy());
  const { detectorRing, sequencerRing, sequencerMac, commandRing } = pipeline.keys;
  return Canary.start({
    ...given,
    log: pipeline.log,
    queue: { tenant, seal: sequencerMac },
    keys: {
      alerts: new Map([...detectorRing, ...sequencerRing]),
      commands: commandRing,
      receiver: activeSigningKey(canaryReceiverKeys(paths.keys)),
    },
  });
}
