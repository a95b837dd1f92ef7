/** Every refusal over HTTP, for programs and people. No value of the request is quoted. */
import type { ItemRefusal as LineRefusal, RefusalCode } from './check-item.ts';
import type { Sender } from './in-hand.ts';

interface HttpErrorBody {
  readonly error: string;
  readonly detail: string;
  readonly what_to_do: string;
  readonly line?: number;
  readonly field?: string;
}

interface Refusal {
  readonly status: number;
  readonly detail: string;
  readonly whatToDo: string;
}

export const HTTP_ERRORS = {
  no_token: {
    status: 401,
    detail: 'The request carries no token.',
    whatToDo:
      'Send the header "Authorization: Bearer <token>" with a token of this source; x-api-key and HTTP Basic are taken too.',
  },
  unknown_token: {
    status: 401,
    detail: 'The token is not known here.',
    whatToDo: 'Check that the token was issued by this installation and is complete.',
  },
  expired_token: {
    status: 401,
    detail: 'The token has expired.',
    whatToDo: 'Ask for a new token for this source.',
  },
  revoked_token: {
    status: 403,
    detail: 'The token was revoked.',
    whatToDo: 'Ask the operator why; a new token is issued per source.',
  },
  empty_body: {
    status: 400,
    detail: 'The body holds no event.',
    whatToDo: 'Send one event a line (application/x-ndjson), one JSON object, or a JSON array.',
  },
  bad_gzip: {
    status: 400,
    detail: 'The body is not gzip, or ends too early.',
    whatToDo: 'Send the whole gzip stream, or leave Content-Encoding out.',
  },
  bad_zstd: {
    status: 400,
    detail: 'The body is not zstd, or ends too early.',
    whatToDo: 'Send the whole zstd stream, or leave Content-Encoding out.',
  },
  unreadable_body: {
    status: 400,
    detail: 'The body is not what its address and content type say.',
    whatToDo: 'Check which exporter sends to this address; the same body would be refused again.',
  },
  request_timeout: {
    status: 408,
    detail: 'The request took too long to arrive.',
    whatToDo: 'Send it again, in one go; split large requests.',
  },
  too_many_events: {
    status: 413,
    detail: 'The body holds more events than one request may.',
    whatToDo: 'Split it into smaller requests.',
  },
  body_too_large: {
    status: 413,
    detail: 'The body is larger than this server accepts.',
    whatToDo: 'Split it into smaller requests.',
  },
  compression_ratio: {
    status: 413,
    detail: 'The body unpacks to far more than events do.',
    whatToDo: 'Send it without Content-Encoding if it really holds events.',
  },
  unsupported_media_type: {
    status: 415,
    detail: 'The content type, its charset or the content encoding is not supported.',
    whatToDo:
      'Send application/x-ndjson, application/json, application/cloudevents+json or application/cloudevents-batch+json in UTF-8 (OTLP: application/x-protobuf or application/json), plain or with Content-Encoding: gzip or zstd.',
  },
  headers_too_large: {
    status: 431,
    detail: 'The request headers are larger than 16 KiB.',
    whatToDo: 'Send fewer or shorter headers.',
  },
  not_found: {
    status: 404,
    detail: 'There is nothing at this address.',
    whatToDo: 'Events go to POST /v1/events, OTLP to /v1/traces and /v1/logs.',
  },
  bad_request: {
    status: 400,
    detail: 'The request could not be read.',
    whatToDo: 'Check method, headers and body.',
  },
  busy: {
    status: 429,
    detail: 'More requests are in hand than this server takes, or than one tenant may have.',
    whatToDo: 'Send the same request again after the seconds in Retry-After.',
  },
  log_unavailable: {
    status: 503,
    detail: 'The event log did not acknowledge; nothing of this request counts as accepted.',
    whatToDo: 'Send the same request again after the seconds in Retry-After; repeats are harmless.',
  },
  disk_full: {
    status: 503,
    detail: 'The disk is nearly full; nothing new is taken until there is room.',
    whatToDo: 'Keep the request and send it again after the seconds in Retry-After.',
  },
  internal: {
    status: 500,
    detail: 'The request failed for a reason of ours.',
    whatToDo: 'Send it again; if that fails too, report the time to the operator.',
  },
} as const satisfies Record<string, Refusal>;

export type HttpErrorCode = keyof typeof HTTP_ERRORS;

const LINE_HINTS: Readonly<Record<RefusalCode, string>> = {
  not_json: 'Send one JSON object a line (RFC 8259), or one JSON document.',
  not_utf8: 'Encode the body as UTF-8 without a byte order mark.',
  line_too_long: 'Cut the result, and say its true size in result.size.',
  too_deep: 'Flatten what is nested, or send it as text.',
  too_many_values: 'Send fewer members, elements or labels in one event.',
  duplicate_key: 'Name each key of an object once.',
  wrong_shape: 'See schemas/json/input-event.schema.json for this field.',
  bad_identifier: 'Send the identifier without control, invisible or separating characters.',
  agent_not_allowed: 'Use the token of a source that may report this agent.',
  no_such_time: 'Send an RFC 3339 time that exists.',
  id_conflict: 'Give each call its own native_id; the first event stands.',
  not_derivable: 'Report it to the operator; the event is kept as a dead letter.',
};

export class HttpRefusal extends Error {
  readonly code: HttpErrorCode;
  readonly sender: Sender | undefined;

  constructor(code: HttpErrorCode, sender?: Sender) {
    super(code);
    this.name = 'HttpRefusal';
    this.code = code;
    this.sender = sender;
  }
}

export function errorBody(code: HttpErrorCode): HttpErrorBody {
  const { detail, whatToDo } = HTTP_ERRORS[code];
  return { error: code, detail, what_to_do: whatToDo };
}

export function lineErrorBody(first: LineRefusal & { readonly line: number }): HttpErrorBody {
  const { code, line, field, reason } = first;
  const where = field === '' ? `Line ${line}` : `Line ${line}, field ${field}`;
  return {
    error: code,
    detail: `Nothing of this request was taken. ${where}: ${reason}.`,
    what_to_do: LINE_HINTS[code],
    line,
    ...(field !== '' && { field }),
  };
}
