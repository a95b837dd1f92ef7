// Errors as ClickHouse's HTTP interface words them, which @clickhouse/client parses into
// ClickHouseError. Status by HTTPHandler's exceptionCodeToHTTPStatus; unlisted codes are 500.

export const CODES = {
  BAD_ARGUMENTS: 36,
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  UNKNOWN_FORMAT: 73,
  NO_DATA_TO_INSERT: 108,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  CANNOT_DECOMPRESS: 271,
  AUTHENTICATION_FAILED: 516,
  QUERY_IS_TOO_LARGE: 377,
  REQUIRED_PASSWORD: 194,
  STD_EXCEPTION: 1001,
} as const;

const STATUS_BY_CODE: ReadonlyMap<number, number> = new Map(
  Object.entries({
    400: [6, 26, 27, 32, 33, 36, 38, 41, 43, 53, 62, 69, 72, 117, 130, 131, 167, 168, 456, 457],
    401: [194],
    403: [192, 193, 497, 516],
    404: [46, 47, 50, 56, 60, 63, 73, 81, 115, 511],
    408: [159],
    413: [377],
    501: [48],
    503: [202],
  }).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)] as const)),
);

export const statusOf = (code: number): number => STATUS_BY_CODE.get(code) ?? 500;

export class Failure extends Error {
  readonly code: number;
  constructor(code: number, text: string, options?: { readonly cause?: unknown }) {
    super(text, options);
    this.name = 'Failure';
    this.code = code;
  }
}

/** A failure of this front, in ClickHouse's words. */
export const refuse = (name: keyof typeof CODES, message: string): Failure =>
  new Failure(CODES[name], `Code: ${CODES[name]}. DB::Exception: ${message} (${name})`);

// The engine's texts start with "Code: 62.
export const asFailure = (error: unknown): Failure => {
  if (error instanceof Failure) return error;
  const text = error instanceof Error ? error.message : String(error);
  const code = /^Code: (\d+)\b/.exec(text)?.[1];
  return code === undefined
    ? refuse('STD_EXCEPTION', text)
    : new Failure(Number(code), text, { cause: error });
};
