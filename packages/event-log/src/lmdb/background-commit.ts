/**
 * A transaction that lmdb's own thread writes and flushes, while the event loop goes on.
 *
 * The obvious way, `transactionSync` with the flag `NO_SYNC_FLUSH`, flushes all the same: in lmdb-js
 * 3.5.6 `mdb_txn_commit` of an environment with overlapping sync ends with an `fdatasync`, on the
 * thread that called it (mdb.c, after `done:`; seen with strace). With a commit for each small batch
 * of each stage the event loop then stood still for most of the time. In lmdb's write thread the same
 * code is where it belongs. Rejected: `noSync` with a flush of our own, since then a crash of the
 * machine may leave pages of two transactions mixed, where overlapping sync goes back to the last one
 * that was flushed.
 *
 * Batches of one event turn would be joined under a promise that nobody holds, whose rejection then
 * ends the process; so `eventTurnBatching` is off, and who wants a group makes one.
 */
import type { RootDatabase } from 'lmdb';

/** How an environment has to be opened for `commitInBackground`. */
export const IN_BACKGROUND = { separateFlushed: true, eventTurnBatching: false } as const;

export interface BackgroundCommit {
  /** Resolves when readers see it: it outlives the process. */
  readonly visible: Promise<void>;
  /** Resolves when it is on disk; waits forever after a failure, so `visible` comes first. */
  readonly flushed: Promise<unknown>;
}

/** lmdb's own error says only where its reason is to be found. */
async function reasonOf(error: unknown): Promise<unknown> {
  const { commitError } = error as { readonly commitError?: Promise<unknown> };
  return commitError === undefined ? error : commitError.catch((reason: unknown) => reason);
}

/** All that `write` puts and removes becomes visible at once or not at all. */
export function commitInBackground<V>(
  root: RootDatabase<V, string>,
  write: () => void,
): BackgroundCommit {
  const written = root.batch(write) as Promise<boolean> & { readonly flushed?: Promise<unknown> };
  const visible = written.then(
    () => undefined,
    async (error: unknown) => {
      throw await reasonOf(error);
    },
  );
  return { visible, flushed: written.flushed ?? visible };
}
