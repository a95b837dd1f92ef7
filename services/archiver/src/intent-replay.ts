/**
 * Finishes what a crash left open: the intent's records are read again, made into the same rows,
 * inserted under the same token, and looked for.
 */
import type { ArchiveState } from './archive-state.ts';
import { ArchiverError } from './clickhouse-errors.ts';
import { type InsertParts, insertBatch, insertMissing, rebuild } from './insert-batch.ts';
import type { ArchiverEvents } from './telemetry.ts';

export interface ReplayParts extends InsertParts {
  readonly state: ArchiveState;
  readonly events: ArchiverEvents;
}

export async function replayIntent(parts: ReplayParts): Promise<void> {
  const { state, events } = parts;
  const intent = state.openIntent();
  if (intent === undefined) return;
  const build = await rebuild(parts, intent);
  if (build === undefined) {
    // Its offsets are not committed, so what the log still has of it is read in the usual way.
    await state.dropIntent();
    events.intentLost?.({ token: intent.token });
    return;
  }
  if (build.intent().token !== intent.token) {
    throw new ArchiverError('batch_lost', 'The open intent could not be made again as it was.');
  }
  const { rows } = await insertBatch(parts, build);
  await insertMissing(parts, intent);
  await state.commit(build.commit((key) => state.marks(key)));
  events.intentReplayed?.({ token: intent.token, rows });
}
