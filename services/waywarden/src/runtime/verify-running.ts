/** Verification of a running installation by the process that owns it. */
import {
  ARCHIVED_TOPIC_NAMES,
  clickhouseClient,
  type EndOffsets,
  type VerifyProgress,
  type VerifyReport,
  verifyStore,
} from '@waywarden/archiver';
import { TOPICS } from '@waywarden/schemas';
import type { Pipeline } from './pipeline.ts';
import { chainFindings } from './verify-folder.ts';

export async function verifyRunning(
  { log, archiver, store }: Pipeline,
  onProgress: (progress: VerifyProgress) => void,
): Promise<VerifyReport> {
  const client = clickhouseClient(store);
  const settle = async (): Promise<EndOffsets> => {
    const ends: Record<string, readonly number[]> = {};
    for (const topic of ARCHIVED_TOPIC_NAMES) ends[topic] = await log.endOffsets(topic);
    await archiver.flush(ends);
    return ends;
  };
  try {
    return await verifyStore({
      log,
      client,
      verifyDecisions: chainFindings,
      running: { settle, hold: (work) => archiver.hold(work) },
      deadLettersMs: (await log.retention(TOPICS.auditDeadletter.name)).ageMs,
      nowMs: Date.now(),
      onProgress,
    });
  } finally {
    await client.close();
  }
}
