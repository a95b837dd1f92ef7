/** In the archiver's place where nothing is kept: everything is at once as archived as it will be. */
import type { Archiver } from '@waywarden/archiver';

export function noArchiver(): Archiver {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    done,
    workload: { name: 'archiver', topics: [], positions: () => [] },
    flush: () => Promise.resolve(),
    hold: (work) => work(),
    stop: () => {
      end();
      return done;
    },
    stats: () => ({
      rows: 0,
      repeats: 0,
      idConflicts: 0,
      unreadable: 0,
      batches: 0,
      storeRetries: 0,
      rollUpsRefreshed: 0,
    }),
  };
}
