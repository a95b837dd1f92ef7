/** OTLP bodies as records; undecodable ones are refused whole, excess records counted. */
import { isRecord } from '../json/path.ts';

import type { SpanRecord } from '../model/span-record.ts';
import { identifier, integer, milliseconds, plainAttributes, plainValue } from './any-value.ts';
import { LOGS, TRACES } from './messages.ts';

export const RECORDS_MAX = 50_000;

export type Signal = 'traces' | 'logs';

export type Decoded =
  | { readonly ok: true; readonly records: readonly SpanRecord[]; readonly rejected: number }
  | { readonly ok: false; readonly problem: string };

type Json = Readonly<Record<string, unknown>>;

function objects(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

interface Origin {
  readonly resource: SpanRecord['resource'];
  readonly scope: string;
}

function spanRecord(span: Json, { resource, scope }: Origin): SpanRecord {
  const status = isRecord(span.status) ? span.status : {};
  const { code } = status;
  return {
    kind: 'span',
    trace: identifier(span.traceId, 16),
    span: identifier(span.spanId, 8),
    parent: identifier(span.parentSpanId, 8),
    name: text(span.name),
    start: milliseconds(span.startTimeUnixNano),
    end: milliseconds(span.endTimeUnixNano),
    attributes: plainAttributes(span.attributes),
    events: objects(span.events).map((event) => ({
      name: text(event.name),
      attributes: plainAttributes(event.attributes),
    })),
    isError: code === 'STATUS_CODE_ERROR' || integer(code) === 2,
    statusText: text(status.message),
    resource,
    scope,
  };
}

function logRecord(log: Json, { resource, scope }: Origin): SpanRecord {
  const attributes = plainAttributes(log.attributes);
  const body = plainValue(log.body);
  const named = text(attributes['event.name']) || text(log.eventName);
  const at = milliseconds(log.timeUnixNano) || milliseconds(log.observedTimeUnixNano);
  return {
    kind: 'log',
    trace: identifier(log.traceId, 16),
    span: identifier(log.spanId, 8),
    parent: '',
    name: named || (typeof body === 'string' ? body.slice(0, 256) : ''),
    start: at,
    end: 0,
    attributes: body === null ? attributes : { ...attributes, body },
    events: [],
    isError: false,
    statusText: '',
    resource,
    scope,
  };
}

const LAYOUT = {
  traces: { type: TRACES, top: 'resourceSpans', middle: 'scopeSpans', leaf: 'spans' },
  logs: { type: LOGS, top: 'resourceLogs', middle: 'scopeLogs', leaf: 'logRecords' },
} as const;

function flatten(signal: Signal, document: Json): Decoded {
  const { top, middle, leaf } = LAYOUT[signal];
  const read = signal === 'traces' ? spanRecord : logRecord;
  const records: SpanRecord[] = [];
  let rejected = 0;
  for (const group of objects(document[top])) {
    const resource = isRecord(group.resource) ? plainAttributes(group.resource.attributes) : {};
    for (const inner of objects(group[middle])) {
      const origin = { resource, scope: isRecord(inner.scope) ? text(inner.scope.name) : '' };
      for (const one of objects(inner[leaf])) {
        if (records.length < RECORDS_MAX) records.push(read(one, origin));
        else rejected += 1;
      }
    }
  }
  return { ok: true, records, rejected };
}

export function decodeOtlp(signal: Signal, body: Uint8Array, isJson: boolean): Decoded {
  try {
    const document: unknown = isJson
      ? JSON.parse(Buffer.from(body).toString('utf8'))
      : LAYOUT[signal].type.decode(body);
    if (!isRecord(document)) return { ok: false, problem: 'the body is not a JSON object' };
    return flatten(signal, document);
  } catch {
    const form = isJson ? 'JSON' : 'protobuf';
    return {
      ok: false,
      problem: `the body is not ${form} of an OTLP export request for ${signal}; send what the content-type says`,
    };
  }
}
