/** The responder's shell: sequencer, intake and response. They fail together. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EventLog } from '@waywarden/event-log';
import {
  type JwsKeyRing,
  type JwsSigningKey,
  type MacKey,
  type MacKeyRing,
  type RevocationCommand,
  TOPICS,
} from '@waywarden/schemas';
import { LocalState, type Stage, type StageEvents, stageSpace } from '@waywarden/stage';
import type { Logger } from 'pino';
import type { ChainHead } from '../core/model/decision-chain.ts';
import { chainHeadOf } from '../core/model/response-context.ts';
import { type Lease, LeaseClosedError, type LeaseEvents } from '../lease/lease.ts';
import { sequencerUnderLease } from '../lease/sequencer-under-lease.ts';
import { RegistryOrder } from '../sequencer/read-registry-record.ts';
import { type Sequencer, startSequencer } from '../sequencer/sequencer.ts';
import type { SequencerEvents, SequencerOptions } from '../sequencer/sequencer-options.ts';
import { Containments } from './containments.ts';
import { JournalTurns } from './journal-turns.ts';
import { ReceiptClock } from './receipt-clock.ts';
import { ReceiverKeys } from './receiver-keys.ts';
import { intakeStage, RESPONSE_STAGE, responseStage, rulesStage } from './responder-stages.ts';
import { watchStage } from './watch-calls.ts';
import { WatchedAgents } from './watched-agents.ts';

const RECEIPTS = TOPICS.revocationReceipts.name;
const CHECK_EVERY_MS = 1_000;

export interface ResponderKeys {
  readonly signingKey: JwsSigningKey;
  readonly macKey: MacKey;
  readonly macKeys: MacKeyRing;
  readonly alertKeys: MacKeyRing;
  readonly registryKeys: JwsKeyRing;
}

export interface ResponderOptions {
  readonly log: EventLog;
  readonly stateDir: string;
  readonly keys: ResponderKeys;
  /** Whatever policy says. */
  readonly neverRevoke?: readonly string[];
  /** Follows until it is held. */
  readonly lease?: Lease;
  /** Default true. */
  readonly runIntake?: boolean;
  /** Default: true without intake. */
  readonly nobodyAnswers?: boolean;
  readonly wallClock: () => string;
  readonly events?: ResponderEvents;
  readonly failpoint?: (name: string) => void;
}

export interface Responder {
  readonly sequencer: Sequencer;
  readonly intake: Stage;
  readonly rules: Stage;
  readonly response: Stage;
  readonly watch: Stage;
  readonly receiverKeys: ReceiverKeys;
  readonly containments: Containments;
  readonly receipts: ReceiptClock;
  /** False: it ended instead. */
  restored(): Promise<boolean>;
  readonly turns: Pick<JournalTurns, 'awaited'>;
  /** Once the log is complete up to there. */
  chainHead(): Promise<ChainHead | undefined>;
  /** Rejects with the first failure. */
  run(onFailure?: (error: unknown) => void): Promise<void>;
  stop(): Promise<void>;
}

function watchingReceipts(receipts: ReceiptClock, lease: Lease | undefined): () => void {
  const check = () => {
    if (lease === undefined || lease.report().state === 'held') {
      void receipts.check().catch(() => undefined);
    }
  };
  const timer = setInterval(check, CHECK_EVERY_MS);
  return () => clearInterval(timer);
}

/** Followers wait until the lease ends. */
async function stopInOrder(
  parts: readonly { stop(): Promise<void> }[],
  lease: Lease | undefined,
): Promise<void> {
  if (lease?.report().state === 'following') await lease.stop();
  await Promise.all(parts.map((one) => one.stop()));
  await lease?.stop();
}

function exceptClosing(error: unknown): void {
  if (!(error instanceof LeaseClosedError)) throw error;
}

function alertKeysOf({ alertKeys, macKeys }: ResponderKeys): MacKeyRing {
  return new Map([...alertKeys, ...macKeys]);
}

function noteInForce(
  containments: Containments,
  noted: readonly { note(command: RevocationCommand): void }[],
): void {
  for (const { command, restored } of containments.inForce()) {
    if (!restored) for (const one of noted) one.note(command);
  }
}

/** In passing order. */
export function responderStages(responder: Responder): readonly Stage[] {
  return [responder.rules, responder.watch, responder.intake, responder.response];
}

export function awaitedBy(responder: Responder, stage: string): readonly string[] {
  return stage === responder.intake.name
    ? responder.turns.awaited()
    : [TOPICS.responseJournal.name];
}

const responsePlace = ({ neverRevoke = [] }: ResponderOptions) => ({
  stage: RESPONSE_STAGE,
  neverRevoke,
});

async function beginSequencer(lease: Lease | undefined, options: SequencerOptions) {
  return lease === undefined ? startSequencer(options) : sequencerUnderLease(lease, options);
}

const openStates = (stateDir: string) => ({
  intake: LocalState.open(join(stateDir, 'intake')),
  rules: LocalState.open(join(stateDir, 'rules')),
  response: LocalState.open(join(stateDir, 'response')),
  watch: LocalState.open(join(stateDir, 'watch')),
});

export async function startResponder(options: ResponderOptions): Promise<Responder> {
  const { log, stateDir, keys, wallClock, events, failpoint } = options;
  const receiverKeys = new ReceiverKeys(() => Date.parse(wallClock()));
  const registry = { keys: keys.registryKeys, order: new RegistryOrder() };
  await receiverKeys.load(log, registry);
  const hooks = {
    ...(events === undefined ? {} : { events }),
    ...(failpoint === undefined ? {} : { failpoint }),
  };
  const { lease } = options;
  const sequencer = await beginSequencer(lease, {
    ...{ log, stateDir: join(stateDir, 'sequencer'), wallClock },
    ...{ macKey: keys.macKey, macKeys: keys.macKeys },
    ...{ registryKeys: keys.registryKeys, registryOrder: registry.order },
    ...{ snapshotKeys: keys.alertKeys, operatorKeys: receiverKeys },
    ...hooks,
  });
  const states = openStates(stateDir);
  const each = { log, wallClock, ...hooks };
  const { registryKeys, macKey, macKeys, signingKey } = keys;
  const trust = { alertKeys: alertKeysOf(keys), registry, receiverKeys };
  const turns = new JournalTurns(log);
  const rules = rulesStage({ ...each, state: states.rules }, trust);
  const gateOfIntake = turns.alertsLast(() => ({ watch, rules, response }));
  const intake = intakeStage({ ...each, state: states.intake }, trust, gateOfIntake);
  const watched = new WatchedAgents();
  const isLive = options.runIntake !== false;
  const receipts = new ReceiptClock({
    log,
    issued: (id) => containments.issued(id),
    isPaused: (tenant) => containments.pauseOf(tenant).paused,
    silentForMs: (tenant, receiver) => receiverKeys.silentForMs(tenant, receiver),
    receiptsRead: async () => intake.caughtUp(RECEIPTS, await log.endOffsets(RECEIPTS)),
    wallClock,
  });
  const containments = await Containments.open(log, states.response, responsePlace(options));
  const response = await responseStage({
    ...each,
    state: states.response,
    ...{ signingKey, macKey, registryKeys, watched, receipts },
    neverRevoke: options.neverRevoke ?? [],
    nobodyAnswers: options.nobodyAnswers ?? !isLive,
  });
  noteInForce(containments, [watched, receipts]);
  const restored = await turns.afterResponse(response);
  const watch = watchStage({ ...each, state: states.watch }, watched, {
    sequencerKeys: macKeys,
    gate: restored,
  });
  const stop = async () => {
    turns.stop();
    await stopInOrder([sequencer, intake, rules, watch, response], lease);
  };
  const run: Responder['run'] = async (onFailure) => {
    const unwatch = isLive ? watchingReceipts(receipts, lease) : () => undefined;
    try {
      const live = isLive ? [intake.run(), rules.run(), watch.run()] : [];
      await Promise.all([sequencer.finished, ...live, response.run()]).catch(exceptClosing);
    } catch (error) {
      onFailure?.(error);
      throw error;
    } finally {
      unwatch();
      await stop();
      await Promise.all(Object.values(states).map((state) => state.close()));
    }
  };
  const stages = { sequencer, intake, rules, watch, response };
  const parts = { ...stages, receiverKeys, containments, receipts, restored, turns };
  return { ...parts, chainHead: () => appendedHead(log, states.response, response), run, stop };
}

/** The head of the decision chain from the responder's state, apart from the topic. */

const JOURNAL = TOPICS.responseJournal.name;

async function headIn(log: EventLog, state: LocalState): Promise<ChainHead | undefined> {
  const { name, incarnation } = await log.describe(JOURNAL);
  return chainHeadOf(state.transaction(stageSpace(RESPONSE_STAGE, name, incarnation, 0)));
}

/** Decisions are appended a moment later. */
async function appendedHead(
  log: EventLog,
  state: LocalState,
  response: Stage,
): Promise<ChainHead | undefined> {
  const head = await headIn(log, state);
  await response.caughtUp(JOURNAL, await log.endOffsets(JOURNAL));
  return head;
}

/** Undefined: no state. */
export async function storedHead(log: EventLog, stateDir: string): Promise<ChainHead | undefined> {
  const path = join(stateDir, 'response');
  if (!existsSync(path)) return undefined;
  const state = LocalState.open(path);
  try {
    return await headIn(log, state);
  } finally {
    await state.close();
  }
}

export interface ResponderEvents extends StageEvents, SequencerEvents {}

/** A refused record may be an attack: a warning. */
export function logResponderEvents(logger: Logger): ResponderEvents {
  return {
    batchDecided: (info) => logger.debug(info, 'batch decided'),
    recordRefused: (info) => logger.warn(info, 'record refused'),
    historyShortened: (gap) =>
      logger.error(gap, 'the log no longer holds what was due: history begins later from here'),
    registryRecordRefused: (info) => logger.warn(info, 'registry record refused'),
    snapshotRefused: (info) => logger.warn(info, 'baseline snapshot refused'),
    verdictRefused: (info) => logger.warn(info, 'verdict refused'),
    controlSequenced: (info) => logger.info(info, 'control record sequenced'),
    sequenceRecovered: (info) => logger.info(info, 'sequence recovered'),
  };
}

export function logLeaseEvents(logger: Logger): LeaseEvents {
  return {
    followed: (info) => logger.info(info, 'another responder is active; this one follows it'),
    acquired: (info) => logger.info(info, 'this responder is active'),
  };
}
