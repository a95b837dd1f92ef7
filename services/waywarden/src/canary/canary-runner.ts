/**
 * The canary: made-up attacks take the real way, from HTTP to alert, command, receipt and leak. A dead detector
 * looks like a quiet one.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { EventLog, LogRecord, Reader } from '@waywarden/event-log';
import {
  type Alert,
  activeSigningKey,
  CANARY_TENANT,
  formatLogTime,
  HEADERS,
  type JwsKeyRing,
  type JwsSigningKey,
  type MacKey,
  type MacKeyRing,
  TOPICS,
  verifyMac,
} from '@waywarden/schemas';
import type { ServiceHealth } from '@waywarden/service-health';
import type { Logger } from 'pino';
import { CommandReceiver } from '../demo/gateway/command-receiver.ts';
import { EventSender } from '../demo/gateway/event-sender.ts';
import { gatewayDenyList } from '../demo/gateway/tool-gateway.ts';
import type { DataPaths } from '../runtime/data-folder.ts';
import type { Pipeline } from '../runtime/pipeline.ts';
import { assemblyEvents, hijackEvents, hijackTask, leakEvent } from './canary-events.ts';
import { CANARY_RECEIVER, canaryPolicy } from './canary-rules.ts';
import {
  beginRun,
  type CanaryReport,
  type CanaryState,
  canaryReport,
  endRun,
  lackOf,
  newCanaryState,
  PATIENCE_MS,
  PROOFS,
  withAlert,
} from './canary-state.ts';
import { canaryReceiverKeys, canaryRegistryOf } from './canary-tenant.ts';
import { missingAlert, sealedAlert } from './missing-alert.ts';

const AGAIN_MS_MAX = 15 * 60_000;
/** A call so long after its access was taken is none that was under way. */
const LEAK_AFTER_MS = 3_000;
const LOOK_MS = 250;
const CANARY_GROUP = 'canary';
const DECODER = new TextDecoder();

export interface CanaryKeys {
  readonly alerts: MacKeyRing;
  readonly commands: JwsKeyRing;
  readonly receiver: JwsSigningKey;
}

export interface CanaryOptions {
  readonly log: EventLog;
  readonly keys: CanaryKeys;
  readonly url: string;
  readonly token: string;
  /** Absent: no alert. */
  readonly queue?: { readonly tenant: string; readonly seal: MacKey };
  readonly everyMs: number;
  /** A start has enough to do. */
  readonly firstAfterMs: number;
  readonly logger: Logger;
  readonly health: ServiceHealth;
  readonly patienceMs?: number;
}

export class Canary {
  readonly #options: CanaryOptions;
  readonly #stopping = new AbortController();
  readonly #sender: EventSender;
  #state: CanaryState;
  #reader: Reader | undefined;
  #reading: Promise<void> | undefined;
  #working: Promise<void> = Promise.resolve();
  #reportedSinceMs: number | undefined;

  private constructor(options: CanaryOptions) {
    this.#options = options;
    const { url, token, everyMs } = options;
    this.#sender = new EventSender({ url, token, signal: this.#stopping.signal });
    this.#state = newCanaryState(Date.now(), everyMs);
  }

  /** Rules must be published, and the token known. */
  static async start(options: CanaryOptions): Promise<Canary> {
    const canary = new Canary(options);
    observeCanary(
      options.health,
      () => canary.#state,
      () => Date.now(),
    );
    await canary.#follow();
    canary.#working = canary.#work().catch((error: unknown) => {
      if (!canary.#stopping.signal.aborted) options.logger.error(error, 'the canary stopped');
    });
    return canary;
  }

  report(): CanaryReport {
    return canaryReport(this.#state, Date.now());
  }

  get finished(): Promise<void> {
    return this.#reading ?? Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
    await this.#reader?.stop();
    await this.#reading?.catch(() => undefined);
  }

  /** Earlier alerts prove nothing. */
  async #follow(): Promise<void> {
    const { log } = this.#options;
    const ends = await log.endOffsets(TOPICS.alerts.name);
    this.#reader = log.reader({
      group: CANARY_GROUP,
      topics: [TOPICS.alerts.name],
      startAt: (_, partition) => ends[partition] ?? 0,
    });
    this.#reading = this.#reader.run(async ({ records }) => {
      for (const record of records) this.#take(record);
    });
    this.#reading.catch(() => undefined);
  }

  /** Only a signature proves life. */
  #take(record: LogRecord): void {
    const { value, headers } = record;
    if (value === null || headers[HEADERS.type] !== 'event') return;
    if (verifyMac(record, this.#options.keys.alerts) !== 'ok') return;
    const alert = JSON.parse(DECODER.decode(value)) as Alert;
    if (alert.tenant_id === CANARY_TENANT) this.#state = withAlert(this.#state, alert);
  }

  async #work(): Promise<void> {
    const { everyMs, firstAfterMs } = this.#options;
    const { signal } = this.#stopping;
    await wait(firstAfterMs, undefined, { signal });
    for (;;) {
      await this.#run();
      const isMissing = this.#state.missing.length > 0;
      const pause = isMissing ? Math.min(everyMs, AGAIN_MS_MAX) : everyMs;
      await wait(pause, undefined, { signal });
    }
  }

  async #run(): Promise<void> {
    const { logger, patienceMs = PATIENCE_MS } = this.#options;
    const beganMs = Date.now();
    const isOver = () => Date.now() >= beganMs + patienceMs;
    this.#state = beginRun(this.#state, beganMs);
    try {
      await this.#attack(`proof-${beganMs}`, isOver);
      await this.#until(() => lackOf(this.#state).length === 0, isOver);
    } catch (error) {
      if (this.#stopping.signal.aborted) throw error;
      logger.warn(error, 'the made-up attacks of the canary could not be sent');
    }
    this.#state = endRun(this.#state, Date.now());
    const report = this.report();
    if (report.state !== 'missing') {
      logger.debug(report.sentence);
      return;
    }
    logger.error(report.sentence);
    await this.#report(report);
  }

  /** Once each time it goes missing. */
  async #report(report: CanaryReport): Promise<void> {
    const { log, queue } = this.#options;
    const { missingSinceMs } = this.#state;
    if (queue === undefined) return;
    if (missingSinceMs === undefined || missingSinceMs === this.#reportedSinceMs) return;
    const since = formatLogTime({ ms: missingSinceMs, ns: 0 });
    const alert = missingAlert({ tenantId: queue.tenant, report, since });
    await log.append([sealedAlert(alert, queue.seal, since)]);
    this.#reportedSinceMs = missingSinceMs;
  }

  async #attack(run: string, isOver: () => boolean): Promise<void> {
    const { log, keys } = this.#options;
    let appliedMs: number | undefined;
    const receiver = await CommandReceiver.start({
      log,
      id: CANARY_RECEIVER,
      tenantId: CANARY_TENANT,
      denyList: gatewayDenyList(),
      commandKeys: keys.commands,
      signingKey: keys.receiver,
      nowMs: () => Date.now(),
      onApplied: ({ target }, _, atMs) => {
        if (target.task_id === hijackTask(run)) appliedMs ??= atMs;
      },
    });
    try {
      await this.#sender.send(hijackEvents(run, Date.now()));
      await this.#sender.send(assemblyEvents(run, Date.now()));
      await this.#until(() => appliedMs !== undefined, isOver);
      if (appliedMs === undefined) return;
      await wait(LEAK_AFTER_MS, undefined, { signal: this.#stopping.signal });
      await this.#sender.send([leakEvent(run, Date.now())]);
    } finally {
      await receiver.stop();
    }
  }

  async #until(isDone: () => boolean, isOver: () => boolean): Promise<void> {
    while (!isDone() && !isOver()) {
      await wait(LOOK_MS, undefined, { signal: this.#stopping.signal });
    }
  }
}

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

export function observeCanary(
  { metrics, readiness }: ServiceHealth,
  state: () => CanaryState,
  nowMs: () => number,
): void {
  const report = () => canaryReport(state(), nowMs());
  metrics.observe('waywarden_canary_missing', () => [
    { labels: {}, value: report().state === 'missing' ? 1 : 0 },
  ]);
  metrics.observe('waywarden_canary_part_missing', () => {
    const { missing } = report();
    return PROOFS.map((part) => ({ labels: { part }, value: missing.includes(part) ? 1 : 0 }));
  });
  metrics.observe('waywarden_canary_last_success_timestamp_seconds', () => [
    { labels: {}, value: Math.floor((state().aliveMs ?? 0) / 1000) },
  ]);
  readiness.check('canary', () => {
    const { state: known, sentence } = report();
    const since = state().missingSinceMs;
    return known === 'missing'
      ? {
          reason: 'canary_missing',
          sentence,
          ...(since === undefined ? {} : { sinceMs: since }),
        }
      : undefined;
  });
}
