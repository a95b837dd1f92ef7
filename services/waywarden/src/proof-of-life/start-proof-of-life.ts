/**
 * Proof of life: once a day made-up attacks take the way that real ones take, from an HTTP request to an
 * alert, an order, its receipt and the alert about its leak; and it is told whether they were found. A
 * detector that finds nothing and one that is dead look the same from outside.
 *
 * A run that lacks something is made again sooner, so that what was mended is known to be.
 */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { LogRecord, Reader } from '@waywarden/event-log';
import { issueToken } from '@waywarden/ingest';
import {
  type Alert,
  activeSigningKey,
  formatLogTime,
  HEADERS,
  type KeyFile,
  loadOrCreateKeyFile,
  publicJwks,
  type Registry,
  TOPICS,
  verifyMac,
} from '@waywarden/schemas';
import type { Logger } from 'pino';
import { CommandReceiver } from '../demo/gateway/command-receiver.ts';
import { EventSender } from '../demo/gateway/event-sender.ts';
import { gatewayDenyList } from '../demo/gateway/tool-gateway.ts';
import type { DataPaths } from '../embedded/data-folder.ts';
import type { Pipeline } from '../embedded/pipeline.ts';
import { missingAlert, sealedAlert } from './missing-alert.ts';
import { assemblyEvents, hijackEvents, hijackTask, leakEvent } from './proof-events.ts';
import { PROOF_RECEIVER, proofPolicy, proofRegistry } from './proof-rules.ts';
import {
  beginRun,
  endRun,
  lackOf,
  newProofState,
  PATIENCE_MS,
  type ProofReport,
  type ProofState,
  proofMetrics,
  proofReport,
  withAlert,
} from './proof-state.ts';
import { PROOF_TENANT, PROOF_TOKEN } from './proof-tenant.ts';

/** After a run that lacked something, at most so long. */
const AGAIN_MS_MAX = 15 * 60_000;
/** A call so long after its access was taken is none that was under way. */
const LEAK_AFTER_MS = 3_000;
const LOOK_MS = 250;
const DECODER = new TextDecoder();

export interface ProofOptions {
  readonly pipeline: Pipeline;
  readonly paths: DataPaths;
  readonly url: string;
  readonly token: string;
  /** Whose queue is told when it is missing. */
  readonly tenant: string;
  readonly everyMs: number;
  /** Before the first run; a start has enough to do. */
  readonly firstAfterMs: number;
  readonly logger: Logger;
  readonly patienceMs?: number;
}

function receiverKeys(paths: DataPaths): KeyFile {
  return loadOrCreateKeyFile(join(paths.keys, `${PROOF_RECEIVER}.json`), {
    service: PROOF_RECEIVER,
    uses: ['sign'],
    createdAt: new Date().toISOString(),
  });
}

/** Before ingest starts. A new one each start; the old one is void. */
export function issueProofToken(paths: DataPaths): string {
  return issueToken(paths.tokens, PROOF_TOKEN);
}

/** What ingest has to know of the made-up agents' tools. */
export function proofRegistryOf(paths: DataPaths): Registry {
  const [key] = Object.values(publicJwks(receiverKeys(paths)));
  if (key === undefined) throw new Error(`${PROOF_RECEIVER} has no key.`);
  return proofRegistry(key);
}

export class ProofOfLife {
  readonly #options: ProofOptions;
  readonly #stopping = new AbortController();
  readonly #sender: EventSender;
  #state: ProofState;
  #reader: Reader | undefined;
  #reading: Promise<void> | undefined;
  #working: Promise<void> = Promise.resolve();
  /** Since when it was missing when that was last told. */
  #toldSinceMs: number | undefined;

  private constructor(options: ProofOptions) {
    this.#options = options;
    const { url, token, everyMs } = options;
    this.#sender = new EventSender({ url, token, signal: this.#stopping.signal });
    this.#state = newProofState(Date.now(), everyMs);
  }

  static async start(options: ProofOptions): Promise<ProofOfLife> {
    const { pipeline, paths } = options;
    await pipeline.publish(PROOF_TENANT, proofRegistryOf(paths), proofPolicy());
    const proof = new ProofOfLife(options);
    await proof.#follow();
    proof.#working = proof.#work().catch((error: unknown) => {
      if (!proof.#stopping.signal.aborted) options.logger.error(error, 'proof of life stopped');
    });
    return proof;
  }

  report(): ProofReport {
    return proofReport(this.#state, Date.now());
  }

  exposition(): string {
    return proofMetrics(this.#state, Date.now());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
    await this.#reader?.stop();
    await this.#reading?.catch(() => undefined);
  }

  /** Alerts from now on: those of earlier runs prove nothing. */
  async #follow(): Promise<void> {
    const { log } = this.#options.pipeline;
    const ends = await log.endOffsets(TOPICS.alerts.name);
    this.#reader = log.reader({
      group: 'proof-of-life',
      topics: [TOPICS.alerts.name],
      startAt: (_, partition) => ends[partition] ?? 0,
    });
    this.#reading = this.#reader.run(async ({ records }) => {
      for (const record of records) this.#take(record);
    });
    this.#reading.catch(() => undefined);
  }

  /** Only what a service signed proves that it lives. */
  #take(record: LogRecord): void {
    const { value, headers } = record;
    if (value === null || headers[HEADERS.type] !== 'event') return;
    const { detectorRing, sequencerRing } = this.#options.pipeline.keys;
    const keys = new Map([...detectorRing, ...sequencerRing]);
    if (verifyMac(record, keys) !== 'ok') return;
    const alert = JSON.parse(DECODER.decode(value)) as Alert;
    if (alert.tenant_id === PROOF_TENANT) this.#state = withAlert(this.#state, alert);
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
      logger.warn(error, 'the made-up attacks of the proof of life could not be sent');
    }
    this.#state = endRun(this.#state, Date.now());
    const report = this.report();
    if (report.state !== 'missing') {
      logger.debug(report.sentence);
      return;
    }
    logger.error(report.sentence);
    await this.#tell(report);
  }

  /** Once for each time that it went missing, however often it is tried again. */
  async #tell(report: ProofReport): Promise<void> {
    const { pipeline, tenant } = this.#options;
    const { missingSinceMs } = this.#state;
    if (missingSinceMs === undefined || missingSinceMs === this.#toldSinceMs) return;
    const since = formatLogTime({ ms: missingSinceMs, ns: 0 });
    const alert = missingAlert({ tenantId: tenant, report, since });
    await pipeline.log.append([sealedAlert(alert, pipeline.keys.sequencerMac, since)]);
    this.#toldSinceMs = missingSinceMs;
  }

  async #attack(run: string, isOver: () => boolean): Promise<void> {
    const { pipeline, paths } = this.#options;
    let appliedMs: number | undefined;
    const receiver = await CommandReceiver.start({
      log: pipeline.log,
      id: PROOF_RECEIVER,
      tenantId: PROOF_TENANT,
      denyList: gatewayDenyList(),
      commandKeys: pipeline.keys.commandRing,
      signingKey: activeSigningKey(receiverKeys(paths)),
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
