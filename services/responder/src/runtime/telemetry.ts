import type { StageEvents } from '@waywarden/stage';
import type { Logger } from 'pino';
import type { LeaseEvents } from '../lease/lease.ts';
import type { SequencerEvents } from '../sequencer/sequencer-options.ts';

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
