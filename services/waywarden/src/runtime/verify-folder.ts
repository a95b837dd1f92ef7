/**
 * Holds a data folder's store against its log: nothing lost, nothing doubled, every invariant. Of a
 * folder that nobody owns; its owner does it itself (verify-running.ts).
 */
import { existsSync } from 'node:fs';
import {
  type ChainFinding,
  clickhouseClient,
  type HashChainLink,
  type VerifyDecisions,
  type VerifyProgress,
  type VerifyReport,
  verifyStore,
} from '@waywarden/archiver';
import { startClickHouse } from '@waywarden/clickhouse-embedded';
import { type RecordedDecision, sha256Hex, verifyDecisions } from '@waywarden/responder';
import { TOPICS } from '@waywarden/schemas';
import { DataFolderError, type DataPaths, ownerOf } from './data-folder.ts';
import { openLogToRead } from './log-identity.ts';
import { DATABASE } from './pipeline.ts';
import { storePassword } from './service-keys.ts';

/** Decisions whose chain is checked together; the next group continues from the last link. */
const CHAIN_DECISIONS = 1000;

export const chainFindings: VerifyDecisions = async (decisions, anchor) => {
  const findings: ChainFinding[] = [];
  let after: HashChainLink | undefined = anchor;
  let group: RecordedDecision[] = [];
  const check = () => {
    const problems = verifyDecisions(group, sha256Hex, after === undefined ? {} : { after });
    for (const { decision_id, text } of problems) findings.push({ decision_id, text });
    const last = group.at(-1);
    if (last !== undefined) after = { seq: last.seq, hash: last.hash };
    group = [];
  };
  for await (const decision of decisions) {
    group.push(decision as unknown as RecordedDecision);
    if (group.length >= CHAIN_DECISIONS) check();
  }
  check();
  return findings;
};

/** DataFolderError when a process owns the folder; EventLogError when the log can't be opened. */
export async function verifyFolder(
  paths: DataPaths,
  onProgress: (progress: VerifyProgress) => void,
): Promise<VerifyReport> {
  const owner = ownerOf(paths);
  if (owner !== undefined) {
    throw new DataFolderError(
      `${paths.root} is in use by "waywarden ${owner.command}" (process ${owner.pid}); and it answers no questions. Wait until it has ended, then verify.`,
    );
  }
  if (!existsSync(paths.clickhouse)) {
    throw new DataFolderError(
      `${paths.root} holds no store. Start "waywarden up" on it, which makes one from the log; then verify.`,
    );
  }
  const log = await openLogToRead(paths);
  const password = storePassword(paths);
  const engine = await startClickHouse({ path: paths.clickhouse, password });
  const client = clickhouseClient({
    url: engine.url,
    database: DATABASE,
    username: 'default',
    password,
  });
  try {
    const deadLettersMs = (await log.retention(TOPICS.auditDeadletter.name)).ageMs;
    const nowMs = Date.now();
    const how = { verifyDecisions: chainFindings, deadLettersMs, nowMs, onProgress };
    return await verifyStore({ log, client, ...how });
  } finally {
    await client.close();
    await engine.stop();
    await log.close();
  }
}
