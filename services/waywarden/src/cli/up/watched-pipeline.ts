/** The pipeline of `up` with its watchers. */
import { archiverCounters } from '@waywarden/archiver';
import { detectorStages } from '@waywarden/detector';
import { awaitedBy, responderStages } from '@waywarden/responder';
import {
  joinStageEvents,
  type ServiceHealth,
  StageMonitor,
  watchStore,
} from '@waywarden/service-health';
import type { Logger } from 'pino';
import type { EventRate } from '../../api/pipeline-progress.ts';
import { StageWatch } from '../../api/stage-watch.ts';
import { LiveRules } from '../../runtime/live-rules.ts';
import type { OpenAccounts } from '../../runtime/open-accounts.ts';
import { openPipeline, type Pipeline, type PipelineOptions } from '../../runtime/pipeline.ts';
import type { UpPlan } from './up-plan.ts';

export interface Watchers {
  readonly logger: Logger;
  readonly health: ServiceHealth;
  readonly rate: EventRate;
}

export async function openWatchedPipeline(
  options: PipelineOptions,
  { logger, health, rate }: Watchers,
): Promise<Pipeline> {
  const watch = new StageWatch({ logger, rate, nowMs: () => Date.now() });
  // All partitions are ours.
  const monitor = new StageMonitor({ ...health, logger: logger.child({}, { level: 'warn' }) });
  const pipeline = await openPipeline({
    ...options,
    events: joinStageEvents(watch, monitor.events),
    archiverEvents: archiverCounters(health.metrics),
  });
  const { detector, responder, archiver, log, store } = pipeline;
  const stages = [...detectorStages(detector), ...responderStages(responder)];
  monitor.follow(log, [...stages, archiver.workload], (stage) => awaitedBy(responder, stage));
  watchStore(store.url, health);
  return pipeline;
}

export async function liveRules(
  { tenant, registry, policy, files }: UpPlan,
  pipeline: Pipeline,
  { accounts, onChange }: OpenAccounts,
  logger: Logger,
): Promise<LiveRules> {
  const now = () => new Date().toISOString();
  const operators = () => accounts.operators(tenant);
  const parts = { pipeline, tenant, logger, now, operators };
  const rules = await LiveRules.start(parts, { registry, policy, files });
  onChange(() => rules.accountsChanged());
  await rules.accountsChanged();
  return rules;
}
