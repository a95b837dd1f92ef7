/** What each service starts with: its metrics, and a readiness that speaks against it until it runs. */
import { observeReadiness, type ServiceHealth } from './health-server.ts';
import { Readiness } from './readiness.ts';
import { ServiceMetrics } from './service-metrics.ts';

const VERSION = '0.1.0';
/** The condition that `clear` takes away when everything runs. */
export const STARTING = 'start';

export function makeHealth(service: string): ServiceHealth {
  const metrics = new ServiceMetrics({ service, version: VERSION });
  const readiness = new Readiness();
  const health = { metrics, readiness };
  observeReadiness(health);
  readiness.block(STARTING, {
    reason: 'starting',
    sentence: `The ${service} is starting: it does not work yet.`,
  });
  return health;
}
