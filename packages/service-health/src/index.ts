export { endOnSignals, endWithin, runToEnd } from './ending.ts';
export {
  HEALTH_PATHS,
  HEALTH_PORT_DEFAULT,
  type HealthAddress,
  healthRoutes,
  healthSettings,
  makeHealth,
  observeReadiness,
  type ServiceHealth,
  STARTING,
  startHealthServer,
  timeRequests,
} from './health-server.ts';
export { lintProblems } from './lint-metrics.ts';
export { LOG_UNAVAILABLE, TopicEnds } from './log-answer.ts';
export { METRICS } from './metric-definitions.ts';
export {
  type Condition,
  Readiness,
  type ReadinessProblem,
  type ReadinessReport,
} from './readiness.ts';
export { ServiceMetrics } from './service-metrics.ts';
export { joinStageEvents } from './stage-events.ts';
export { type PartitionPosition, StageMonitor, type Workload } from './stage-monitor.ts';
export { watchStore } from './store-probe.ts';
