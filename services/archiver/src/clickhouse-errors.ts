/**
 * Which failures of ClickHouse pass by themselves: everything about the connection is retried, what
 * is said of the statement is not. An unlisted code stops the archiver.
 */
import { ClickHouseError } from '@clickhouse/client';

/** Code → why waiting helps (names as in ClickHouse's ErrorCodes.cpp). */
const RETRYABLE_CODES: Readonly<Record<string, string>> = {
  '3': 'UNEXPECTED_END_OF_FILE: the body was cut off on its way.',
  '74': 'CANNOT_READ_FROM_FILE_DESCRIPTOR: a disk that recovers.',
  '75': 'CANNOT_WRITE_TO_FILE_DESCRIPTOR: a disk that recovers.',
  '159': 'TIMEOUT_EXCEEDED: the server was busy.',
  '160': 'TOO_SLOW: the server was busy.',
  '198': 'DNS_ERROR: a replica or Keeper is not resolvable for now.',
  '202': 'TOO_MANY_SIMULTANEOUS_QUERIES: others will finish.',
  '203': 'NO_FREE_CONNECTION: also what ClickHouse in a box answers while it starts.',
  '209': 'SOCKET_TIMEOUT: network.',
  '210': 'NETWORK_ERROR: network.',
  '225': 'NO_ZOOKEEPER: Keeper is away.',
  '236': 'ABORTED: the server shuts down and will come back.',
  '241': 'MEMORY_LIMIT_EXCEEDED: other queries hold the memory.',
  '242': 'TABLE_IS_READ_ONLY: the replica lost Keeper for now.',
  '243': 'NOT_ENOUGH_SPACE: an operator makes room; nothing may be skipped meanwhile.',
  '252': 'TOO_MANY_PARTS: merges catch up.',
  '285': 'TOO_FEW_LIVE_REPLICAS: replicas come back.',
  '286': 'UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE: replicas come back.',
  '319': 'UNKNOWN_STATUS_OF_INSERT: repeated under the same token, so it counts once.',
  '394': 'QUERY_WAS_CANCELLED: an operator or a shutdown ended it.',
  '425': 'SYSTEM_ERROR: the operating system refused for now.',
  '439': 'CANNOT_SCHEDULE_TASK: no thread is free.',
  '999': 'KEEPER_EXCEPTION: Keeper is away.',
};

/** Of Node's sockets; `ERR_STREAM_PREMATURE_CLOSE` is a child that died while answering. */
const RETRYABLE_NODE_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
  'UND_ERR_SOCKET',
]);

/** What @clickhouse/client and Node throw without a code. */
const RETRYABLE_MESSAGES = /socket hang up|timeout error|premature close|aborted|unexpected eof/i;

export function isRetryable(error: unknown): boolean {
  if (error instanceof ClickHouseError) return Object.hasOwn(RETRYABLE_CODES, error.code);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (RETRYABLE_NODE_CODES.has(code) || RETRYABLE_MESSAGES.test(error.message)) return true;
  return error.cause !== undefined && isRetryable(error.cause);
}

const ARCHIVER_ERROR_CODES = [
  'store_refused',
  'migration_altered',
  'migration_missing',
  'batch_lost',
  'stopped',
] as const;
export type ArchiverErrorCode = (typeof ARCHIVER_ERROR_CODES)[number];

export class ArchiverError extends Error {
  readonly code: ArchiverErrorCode;
  readonly retryable: boolean;

  constructor(
    code: ArchiverErrorCode,
    message: string,
    options: { readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ArchiverError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
