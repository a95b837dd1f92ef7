/**
 * A transaction that lmdb's own thread writes and flushes. In lmdb-js 3.5.6 `transactionSync` ends
 * with an fdatasync on the calling thread, whatever the flag. `noSync` is no way out: a crash may
 * mix pages of two transactions.
 */
import type { RootDatabase } from 'lmdb';

/** How an environment has to be opened for `commitInBackground`. */
export const IN_BACKGROUND = { separateFlushed: true, eventTurnBatching: false } as const;

export interface BackgroundCommit {
  /** Resolves when readers see it: it outlives the process. */
  readonly visible: Promise<void>;
  /** Resolves when it is on disk. */
  readonly flushed: Promise<unknown>;
}

/** lmdb's own error says only where its reason is to be found. */
async function reasonOf(error: unknown): Promise<unknown> {
  const { commitError } = error as { readonly commitError?: Promise<unknown> };
  return commitError === undefined ? error : commitError.catch((reason: unknown) => reason);
}

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
