// The SQL of one query, and the SET and USE statements that prepare its connection. Names are
// checked, since they become SQL; values become string literals, converted by ClickHouse.
import { randomUUID } from 'node:crypto';
import { refuse } from './failure.ts';

/** SQL text without an INSERT's data. ClickHouse's own default (max_query_size) is 256 KiB. */
export const SQL_BYTES_MAX = 1024 * 1024;

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
/** Protocol words that are not settings of the engine. */
const NOT_SETTINGS: ReadonlySet<string> = new Set([
  'buffer_size',
  'client_protocol_version',
  'database',
  'default_format',
  'password',
  'quota_key',
  'query',
  'query_id',
  'stacktrace',
  'user',
  'wait_end_of_query',
]);
/** What we would have to ignore and the caller would rely on. */
const NOT_SUPPORTED: ReadonlySet<string> = new Set([
  'close_session',
  'compress',
  'decompress',
  'role',
  'session_check',
  'session_id',
  'session_timeout',
]);

export interface QueryRequest {
  readonly queryId: string;
  readonly query: string;
  readonly format: string;
  readonly database: string | undefined;
  /** In the order of the URL. */
  readonly settings: readonly (readonly [string, string])[];
  readonly waitEndOfQuery: boolean;
  readonly compressResponse: boolean;
}

export const parseQueryRequest = (
  entries: Iterable<readonly [string, string]>,
  headers: { readonly [name: string]: string | readonly string[] | undefined },
): QueryRequest => {
  const plain = new Map<string, string>();
  const settings: (readonly [string, string])[] = [];
  for (const [name, value] of entries) {
    if (NOT_SUPPORTED.has(name))
      throw refuse('NOT_IMPLEMENTED', `Parameter ${name} is not supported by the embedded engine.`);
    plain.set(name, value);
    if (NOT_SETTINGS.has(name)) continue;
    if (!NAME.test(name))
      throw refuse('BAD_ARGUMENTS', `Bad parameter name ${JSON.stringify(name)}.`);
    settings.push([name, value]);
  }
  const header = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  const format = plain.get('default_format') ?? header('x-clickhouse-format') ?? 'TabSeparated';
  if (!NAME.test(format)) throw refuse('UNKNOWN_FORMAT', 'Bad name of a format.');
  return {
    queryId: plain.get('query_id') ?? randomUUID(),
    query: plain.get('query') ?? '',
    format,
    database: plain.get('database') ?? header('x-clickhouse-database'),
    settings,
    waitEndOfQuery: ['1', 'true'].includes(plain.get('wait_end_of_query') ?? '0'),
    compressResponse: ['1', 'true'].includes(plain.get('enable_http_compression') ?? '0'),
  };
};

const literal = (value: string): string => `'${value.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
const quotedName = (value: string): string =>
  `\`${value.replace(/\\/g, '\\\\').replace(/`/g, '\\`')}\``;

/** A result that does not stream is held whole, about three times over. */
export const WHOLE_RESULT_BYTES_MAX = 256 * 1024 * 1024;

export interface SettingDefaults {
  readonly maxMemoryBytesPerQuery: number;
  readonly streams: boolean;
}

export const preparationOf = (request: QueryRequest, defaults: SettingDefaults): string[] => {
  const settings = new Map<string, string>([
    ['max_memory_usage', String(defaults.maxMemoryBytesPerQuery)],
    // The embedded engine batches small inserts in memory by default and takes a bare expression for a query.
    ['async_insert', '0'],
    ['implicit_select', '0'],
    // One body (at most BODY_BYTES_MAX) becomes one block, thus one part per partition: applied wholly or not at all.
    ['max_insert_threads', '1'],
    ['min_insert_block_size_rows', '100000000'],
    ['min_insert_block_size_bytes', '4294967296'],
    // The engine makes its own query ids.
    ['log_comment', request.queryId],
    ...(defaults.streams ? [] : [['max_result_bytes', String(WHOLE_RESULT_BYTES_MAX)] as const]),
    ...request.settings,
  ]);
  const assignments = [...settings].map(([name, value]) => `${name} = ${literal(value)}`);
  const use = request.database === undefined ? [] : [`USE ${quotedName(request.database)}`];
  return [...use, `SET ${assignments.join(', ')}`];
};

/** A query without text is an error, as on a server, not an empty result. */
export const requireText = (sql: string): void => {
  if (sql.trim() === '') throw refuse('SYNTAX_ERROR', 'Syntax error: Empty query.');
};
