/** What the composition root (`waywarden`) and tests use of ingest. */

export {
  catalogueSources,
  loadCatalogue,
  organisationDomains,
} from './adapters/catalogue-files.ts';
export { openDeadLetter } from './adapters/dead-letter-seal.ts';
export { replayKeys, tenantKeysFrom } from './adapters/tenant-keys.ts';
export {
  issueToken,
  type NewToken,
  readTokens,
  revokeToken,
  type TokenEntry,
} from './adapters/token-store.ts';
export { COUNTED_FACTS, type SeenCalls, type SourceSeen } from './calls/source-summary.ts';
export { callFacts, type DecidedBy, type DerivedFacts } from './core/enrich/call-facts.ts';
export { Catalogue, ORGANISATION } from './core/enrich/catalogue.ts';
export { type Shadowed, shadowedAlternatives } from './core/enrich/catalogue-shadow.ts';
export { SourceNumbers } from './core/enrich/source-numbers.ts';
export {
  FORMATS,
  type Format,
  FormatReader,
  type ReadItem,
} from './core/formats/format-reader.ts';
export { readText } from './core/text-signals/read-request.ts';
export {
  BUCKETS,
  featureScale,
  type MarkModel,
  markModel,
  markOf,
  sentenceFeatures,
  sigmoid,
  useMarkModel,
  wordHash,
} from './core/text-signals/read-result.ts';
export type { Sentence } from './core/text-signals/tokens.ts';
export type { Letter } from './dead-letters/list-letters.ts';
export {
  findLetter,
  LETTERS_LISTED_MAX,
  type LetterFilter,
  type LetterPage,
  listLetters,
} from './dead-letters/list-letters.ts';
export {
  folderRedriver,
  openLetter,
  REDRIVE_LETTERS_MAX,
  type Redriven,
  type RedriveRequest,
} from './dead-letters/redrive.ts';
export { clientPath, SEEN_PATH } from './http/client-routes.ts';
export { answerClientError, HTTP_TIMES, serverOptions } from './http/connection-limits.ts';
export {
  type AcceptError,
  type AcceptedBatch,
  EventAcceptor,
} from './intake/accept-events.ts';
export { loadRegistryKeys } from './registry/registry-follower.ts';
export { type IngestOptions, type RunningIngest, startIngest } from './start-ingest.ts';
