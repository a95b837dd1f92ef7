/**
 * All services in one process, for `up` and `replay`: live, the journal is filled as alerts arrive; in a replay, by
 * log time and id once the detector has settled.
 */
import { join } from 'node:path';
import {
  type Archiver,
  type ArchiverEvents,
  type StoreAddress,
  startArchiver,
} from '@waywarden/archiver';
import { type EmbeddedClickHouse, startClickHouse } from '@waywarden/clickhouse-embedded';
import { type Detector, detectorStages, startDetector } from '@waywarden/detector';
import type { LmdbLog } from '@waywarden/event-log/lmdb';
import {
  fillJournal,
  publishPolicy,
  publishRegistry,
  type Responder,
  responderStages,
  type Sequencer,
  startResponder,
} from '@waywarden/responder';
import { type Policy, type Registry, TOPICS } from '@waywarden/schemas';
import { type PlacedGap, SharedEnding, type StageEvents } from '@waywarden/stage';
import { claimFolder } from './data-folder.ts';
import { LogMarks } from './log-identity.ts';
import { noArchiver } from './no-archiver.ts';
import { type OwnLogOptions, openOwnLog } from './own-log.ts';
import { loadServiceKeys, type ServiceKeys, storePassword } from './service-keys.ts';

export const DATABASE = 'waywarden';
/** How often the folder's marks follow the log. */
const MARK_MS = 60_000;

export interface PipelineOptions extends OwnLogOptions {
  readonly command: 'up' | 'replay' | 'bench';
  readonly url?: string;
  /** File with a clear token of this installation, for other commands of the same person. */
  readonly tokenFile?: string;
  /** Whose records the page and the API show. */
  readonly tenant?: string;
  /** File with the token by which this installation's rules may be changed. */
  readonly controlTokenFile?: string;
  readonly events?: StageEvents;
  readonly archiverEvents?: ArchiverEvents;
  /** An engine that several pipelines share (tests); the pipeline then does not stop it. */
  readonly clickhouse?: { readonly url: string; readonly database: string };
  /** False: nothing goes to a store, and none is started; for who only wants conclusions. */
  readonly archive?: false;
  /** Of a replay: its journal is also told of task ends and of whose access calls use. */
  readonly calls?: true;
}

const wallClock = () => new Date().toISOString();

export class Pipeline {
  readonly log: LmdbLog;
  readonly keys: ServiceKeys;
  readonly detector: Detector;
  readonly responder: Responder;
  readonly sequencer: Sequencer;
  readonly archiver: Archiver;
  readonly store: StoreAddress;
  /** Rejects as soon as any part has failed; resolves when all have stopped. */
  readonly failed: Promise<void>;
  readonly #parts: Parts;
  readonly #marking: NodeJS.Timeout;
  readonly #marks: LogMarks;
  readonly #failure: SharedEnding<never>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.log = parts.log;
    this.keys = parts.keys;
    this.detector = parts.detector;
    this.responder = parts.responder;
    this.sequencer = parts.responder.sequencer;
    this.archiver = parts.archiver;
    this.store = parts.store;
    this.failed = Promise.all([
      parts.detector.run(),
      parts.responder.run(),
      parts.archiver.done,
    ]).then(() => undefined);
    const failure = this.failed.then((): never => {
      throw new Error('The pipeline stopped before its work was done.');
    });
    this.#failure = new SharedEnding(failure);
    this.#marks = new LogMarks(parts.options.paths, parts.log);
    const note = () => this.#marks.note().catch(() => undefined);
    this.#marking = setInterval(note, MARK_MS);
    this.#marking.unref();
    void note();
  }

  /** Publishes registry and policy where they changed, and waits until every partition has them. */
  async publish(
    tenant: string,
    registry: Registry | undefined,
    policy: Policy | undefined,
  ): Promise<void> {
    const publisher = { log: this.log, signingKey: this.keys.registrySigning, wallClock };
    // The registry before the policy: no rule may act while never_revoke is unknown.
    if (registry !== undefined) await publishRegistry(publisher, tenant, registry);
    if (policy !== undefined) await publishPolicy(publisher, tenant, policy);
    const [end = 0] = await this.log.endOffsets(TOPICS.registry.name);
    await this.#orFailure(this.sequencer.caughtUp(end));
  }

  /** Resolves when all that stands in the log is decided and archived. */
  async settle(): Promise<void> {
    await this.#orFailure(this.#settle());
  }

  /** Resolves when the detector has decided all that stands in the log. */
  async detected(): Promise<void> {
    await this.#orFailure(this.#detected());
  }

  /** What agents told is then also in every partition as a snapshot, for the calls that come. */
  async #detected(): Promise<void> {
    const { log, detector } = this.#parts;
    await detector.settle();
    const [end = 0] = await log.endOffsets(TOPICS.baselineSnapshots.name);
    await this.sequencer.snapshotsCaughtUp(end);
  }

  async #settle(): Promise<void> {
    const { log, keys, detector, responder, archiver, options } = this.#parts;
    const ends = (topic: string) => log.endOffsets(topic);
    await this.#detected();
    await detector.profile.caughtUp(TOPICS.auditEvents.name, await ends(TOPICS.auditEvents.name));
    if (options.journal === 'live') {
      const { alerts, auditEvents, registry } = TOPICS;
      await responder.rules.caughtUp(registry.name, await ends(registry.name));
      await responder.intake.caughtUp(alerts.name, await ends(alerts.name));
      await responder.watch.caughtUp(auditEvents.name, await ends(auditEvents.name));
    } else {
      await fillJournal({
        log,
        wallClock,
        alertKeys: new Map([...keys.detectorRing, ...keys.sequencerRing]),
        registryKeys: keys.registryRing,
        receiverKeys: responder.receiverKeys,
        ...(options.calls === undefined ? {} : { calls: options.calls }),
      });
    }
    await responder.response.caughtUp(
      TOPICS.responseJournal.name,
      await ends(TOPICS.responseJournal.name),
    );
    await archiver.flush();
  }

  /** A part that failed would be waited for in vain. */
  #orFailure<T>(work: Promise<T>): Promise<T> {
    return this.#failure.race(work);
  }

  /** What stages don't know of their past, because the log no longer held it when it was due. */
  history(): readonly PlacedGap[] {
    const { detector, responder, unarchived } = this.#parts;
    return [...detectorStages(detector), ...responderStages(responder)]
      .flatMap((stage) => stage.history())
      .concat(unarchived);
  }

  /** Lets what is in hand finish, then closes everything. */
  async stop(): Promise<void> {
    const { detector, responder, archiver, engine, release } = this.#parts;
    await Promise.allSettled([detector.stop(), responder.stop()]);
    await Promise.allSettled([archiver.stop()]);
    await this.failed.catch(() => undefined);
    clearInterval(this.#marking);
    await this.#marks.close();
    await engine?.stop();
    release();
  }
}

interface Parts {
  readonly options: PipelineOptions;
  readonly log: LmdbLog;
  readonly keys: ServiceKeys;
  readonly detector: Detector;
  readonly responder: Responder;
  readonly archiver: Archiver;
  /** What the archiver had still to read when the log no longer held it, in this run. */
  readonly unarchived: readonly PlacedGap[];
  readonly store: StoreAddress;
  readonly engine: EmbeddedClickHouse | undefined;
  readonly release: () => void;
}

/** The engine of this folder, unless another is given or nothing is archived. */
async function openStore(options: PipelineOptions) {
  const { paths, clickhouse } = options;
  const password = storePassword(paths);
  const engine =
    clickhouse === undefined && options.archive !== false
      ? await startClickHouse({ path: paths.clickhouse, password })
      : undefined;
  const url = engine?.url ?? '';
  const store = clickhouse ?? { url, database: DATABASE, username: 'default', password };
  return { engine, store };
}

async function openParts(options: PipelineOptions, release: () => void): Promise<Parts> {
  const { paths, failpoint, events } = options;
  const log = await openOwnLog(options);
  const keys = loadServiceKeys(paths.keys, wallClock());
  const { engine, store } = await openStore(options);
  const hooks = {
    ...(failpoint === undefined ? {} : { failpoint }),
    ...(events === undefined ? {} : { events }),
  };
  const unarchived: PlacedGap[] = [];
  const { ageMs: deadLettersMs } = await log.retention(TOPICS.auditDeadletter.name);
  const archiver =
    options.archive === false
      ? noArchiver()
      : await startArchiver({
          log,
          events: {
            ...options.archiverEvents,
            historyShortened: (info) => {
              const gap = { ...info, stage: 'archiver', beginsTime: null };
              unarchived.push(gap);
              events?.historyShortened?.(gap);
            },
          },
          clickhouse: store,
          stateDir: join(paths.state, 'archiver'),
          now: () => Date.now(),
          ...(deadLettersMs === undefined ? {} : { deadLettersMs }),
          ...(failpoint === undefined ? {} : { failpoint }),
        });
  const detector = startDetector({
    log,
    stateDir: join(paths.state, 'detector'),
    macKey: keys.detectorMac,
    trustedKeys: new Map([...keys.sequencerRing, ...keys.detectorRing]),
    wallClock,
    links: options.journal === 'replay' ? 'held' : 'live',
    ...hooks,
  });
  const responder = await startResponder({
    log,
    stateDir: join(paths.state, 'responder'),
    keys: {
      signingKey: keys.commandSigning,
      macKey: keys.sequencerMac,
      macKeys: keys.sequencerRing,
      alertKeys: keys.detectorRing,
      registryKeys: keys.registryRing,
    },
    runIntake: options.journal === 'live',
    wallClock,
    ...hooks,
  });
  const parts = { options, log, keys, detector, responder, archiver, unarchived };
  return { ...parts, store, engine, release };
}

/** Opens the folder and starts all services; DataFolderError when another process owns it. */
export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  const release = claimFolder(options.paths, {
    command: options.command,
    url: options.url ?? null,
    token_file: options.tokenFile ?? null,
    ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
    ...(options.controlTokenFile === undefined
      ? {}
      : { control_token_file: options.controlTokenFile }),
  });
  try {
    return new Pipeline(await openParts(options, release));
  } catch (error) {
    release();
    throw error;
  }
}
