/**
 * Every refusal over HTTP: a status, a stable code for programs, a sentence for people, and what to
 * do about it. Nothing of the request is quoted.
 */
export interface HttpErrorBody {
  readonly error: string;
  readonly detail: string;
  readonly what_to_do: string;
}

interface Refusal {
  readonly status: number;
  readonly detail: string;
  readonly whatToDo: string;
}

export const HTTP_ERRORS = {
  no_token: {
    status: 401,
    detail: 'The request carries no bearer token.',
    whatToDo: 'Send the header "Authorization: Bearer <token>" with a token of this source.',
  },
  unknown_token: {
    status: 401,
    detail: 'The bearer token is not known here.',
    whatToDo: 'Check that the token was issued by this installation and is complete.',
  },
  expired_token: {
    status: 401,
    detail: 'The bearer token has expired.',
    whatToDo: 'Ask for a new token for this source.',
  },
  revoked_token: {
    status: 403,
    detail: 'The bearer token was revoked.',
    whatToDo: 'Ask the operator why; a new token is issued per source.',
  },
  empty_body: {
    status: 400,
    detail: 'The body holds no event.',
    whatToDo: 'Send one event a line (application/x-ndjson), one JSON object, or a JSON array.',
  },
  not_json: {
    status: 400,
    detail: 'The body is not JSON.',
    whatToDo: 'Send application/x-ndjson to have good lines accepted beside bad ones.',
  },
  not_utf8: {
    status: 400,
    detail: 'The body is not UTF-8.',
    whatToDo: 'Encode the body as UTF-8 without a byte order mark.',
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
  unsupported_media_type: {
    status: 415,
    detail: 'The content type or encoding is not supported.',
    whatToDo: 'Send application/x-ndjson or application/json, without Content-Encoding.',
  },
  not_found: {
    status: 404,
    detail: 'There is nothing at this address.',
    whatToDo: 'Events go to POST /v1/events.',
  },
  bad_request: {
    status: 400,
    detail: 'The request could not be read.',
    whatToDo: 'Check method, headers and body.',
  },
  busy: {
    status: 503,
    detail: 'Too many requests wait for the event log.',
    whatToDo: 'Send the same request again after the seconds in Retry-After.',
  },
  log_unavailable: {
    status: 503,
    detail: 'The event log did not acknowledge; nothing of this request counts as accepted.',
    whatToDo: 'Send the same request again after the seconds in Retry-After; repeats are harmless.',
  },
  internal: {
    status: 500,
    detail: 'The request failed for a reason of ours.',
    whatToDo: 'Send it again; if that fails too, report the time to the operator.',
  },
} as const satisfies Record<string, Refusal>;

export type HttpErrorCode = keyof typeof HTTP_ERRORS;

/** Thrown inside a request, answered by the error handler. */
export class HttpRefusal extends Error {
  readonly code: HttpErrorCode;

  constructor(code: HttpErrorCode) {
    super(code);
    this.name = 'HttpRefusal';
    this.code = code;
  }
}

export function errorBody(code: HttpErrorCode): HttpErrorBody {
  const { detail, whatToDo } = HTTP_ERRORS[code];
  return { error: code, detail, what_to_do: whatToDo };
}
