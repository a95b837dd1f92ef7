export { endOnSignals, endWithin, runToEnd } from './ending.ts';
export {
  HEALTH_PATHS,
  HEALTH_PORT_DEFAULT,
  type HealthAddress,
  healthRoutes,
  healthSettings,
  LOG_UNAVAILABLE,
  makeHealth,
  observeReadiness,
  type ServiceHealth,
  STARTING,
  startHealthServer,
  TopicEnds,
  timeRequests,
  watchStore,
} from './health-server.ts';
export { METRICS } from './metric-definitions.ts';
export { lintProblems } from './metrics-page.ts';
export {
  type Condition,
  Readiness,
  type ReadinessProblem,
  type ReadinessReport,
} from './readiness.ts';
export { ServiceMetrics } from './service-metrics.ts';
export { joinStageEvents } from './stage-events.ts';
export { type PartitionPosition, StageMonitor, type Workload } from './stage-monitor.ts';
