/**
 * The responder's shell: the sequencer, intake and response over one log, with their local state and
 * keys. They fail together: a responder that no longer moves time, or no longer decides, must not
 * look alive.
 */
import { join } from 'node:path';
import type { EventLog } from '@waywarden/event-log';
import type { JwsKeyRing, JwsSigningKey, MacKey, MacKeyRing } from '@waywarden/schemas';
import { LocalState, type Stage } from '@waywarden/stage';
import { ReceiverKeys } from './receiver-keys.ts';
import { intakeStage, responseStage } from './responder-stages.ts';
import { type Sequencer, startSequencer } from './sequencer/sequencer.ts';
import type { ResponderEvents } from './telemetry.ts';

export interface ResponderKeys {
  /** Signs commands. */
  readonly signingKey: JwsSigningKey;
  /** Seals watermarks and control records, now and before. */
  readonly macKey: MacKey;
  readonly macKeys: MacKeyRing;
  /** The detector's: alerts and the watermarks that it forwards. */
  readonly alertKeys: MacKeyRing;
  /** Those who may publish policies and registries. */
  readonly registryKeys: JwsKeyRing;
}

export interface ResponderOptions {
  readonly log: EventLog;
  /** Folder of the local state; a cache that may be deleted. */
  readonly stateDir: string;
  readonly keys: ResponderKeys;
  /** Uids that nothing automatic may touch, whatever policy and registry say. */
  readonly neverRevoke?: readonly string[];
  /** False for a replay, where `fillJournal` orders the inputs. Default true. */
  readonly runIntake?: boolean;
  readonly wallClock: () => string;
  readonly events?: ResponderEvents;
  readonly failpoint?: (name: string) => void;
}

export interface Responder {
  readonly sequencer: Sequencer;
  readonly intake: Stage;
  readonly response: Stage;
  readonly receiverKeys: ReceiverKeys;
  /** Resolves when stopped; rejects with the first failure of its parts. Call once. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

export async function startResponder(options: ResponderOptions): Promise<Responder> {
  const { log, stateDir, keys, wallClock, events, failpoint } = options;
  const receiverKeys = new ReceiverKeys();
  await receiverKeys.load(log, keys.registryKeys);
  const hooks = {
    ...(events === undefined ? {} : { events }),
    ...(failpoint === undefined ? {} : { failpoint }),
  };
  const sequencer = await startSequencer({
    log,
    stateDir: join(stateDir, 'sequencer'),
    macKey: keys.macKey,
    macKeys: keys.macKeys,
    registryKeys: keys.registryKeys,
    wallClock,
    ...hooks,
  });
  const intakeState = LocalState.open(join(stateDir, 'intake'));
  const responseState = LocalState.open(join(stateDir, 'response'));
  const each = { log, wallClock, ...hooks };
  const { alertKeys, registryKeys } = keys;
  const trust = { alertKeys, registryKeys, receiverKeys };
  const intake = intakeStage({ ...each, state: intakeState }, trust);
  const { signingKey } = keys;
  const neverRevoke = options.neverRevoke ?? [];
  const own = { state: responseState, signingKey, neverRevoke, registryKeys };
  const response = await responseStage({ ...each, ...own });
  const stop = async () => {
    await Promise.all([sequencer.stop(), intake.stop(), response.stop()]);
  };
  const run = async () => {
    const intakeRun = options.runIntake === false ? Promise.resolve() : intake.run();
    try {
      await Promise.all([sequencer.finished, intakeRun, response.run()]);
    } finally {
      await stop();
      await Promise.all([intakeState.close(), responseState.close()]);
    }
  };
  return { sequencer, intake, response, receiverKeys, run, stop };
}
