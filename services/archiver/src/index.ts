/** What the composition roots use of the archiver. */
export { FAILPOINTS, type Failpoint } from './archive-loop.ts';
export { ArchiverError, type ArchiverErrorCode } from './clickhouse-errors.ts';
export { clickhouseClient, type StoreAddress } from './clickhouse-store.ts';
export { storeSettings } from './config.ts';
export { type Migration, migrate, readMigrations } from './migrations.ts';
export type { EndOffsets } from './rows/archived-topic.ts';
export { ARCHIVED_TOPIC_NAMES } from './rows/archived-topics.ts';
export {
  type Archiver,
  type ArchiverOptions,
  startArchiver,
} from './start-archiver.ts';
export {
  type ArchiverEvents,
  type ArchiverStats,
  archiverCounters,
  logArchiverEvents,
} from './telemetry.ts';
export type { ProblemCode, VerifyProblem } from './verify/problem.ts';
export type { ChainFinding, HashChainLink, VerifyDecisions } from './verify/verify-response.ts';
export {
  type RunningArchiver,
  type VerifyProgress,
  type VerifyReport,
  type VerifyStoreOptions,
  verifyStore,
} from './verify/verify-store.ts';
