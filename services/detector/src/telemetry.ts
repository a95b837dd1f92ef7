/** What the detector reports: a refused record is somebody's duty, a decided batch is not. */
import type { StageEvents } from '@waywarden/stage';
import type { Logger } from 'pino';

export function logDetectorEvents(logger: Logger): StageEvents {
  return {
    recordRefused: (info) => logger.warn(info, 'a record was refused and dead-lettered'),
    historyShortened: (gap) =>
      logger.error(gap, 'the log no longer holds what was due: history begins later from here'),
    batchDecided: (info) => logger.debug(info, 'batch decided'),
  };
}
