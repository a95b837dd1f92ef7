/** OTLP bodies as records; undecodable ones are refused whole, excess records counted. */

import protobuf from 'protobufjs';
import { isRecord } from '../json/path.ts';
import type { Attributes, SpanRecord } from '../model/span-record.ts';

/** The read part of OTLP 1.x (`opentelemetry/proto/{common,resource,trace,logs}/v1`). */

type Field = readonly [type: string, id: number, isList?: 'repeated'];

function message(fields: Readonly<Record<string, Field>>, oneof?: readonly string[]) {
  return {
    ...(oneof !== undefined && { oneofs: { value: { oneof: [...oneof] } } }),
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, [type, id, rule]]) => [
        name,
        { type, id, ...(rule !== undefined && { rule }) },
      ]),
    ),
  };
}

const root = protobuf.Root.fromJSON({
  nested: {
    AnyValue: message(
      {
        stringValue: ['string', 1],
        boolValue: ['bool', 2],
        intValue: ['int64', 3],
        doubleValue: ['double', 4],
        arrayValue: ['ArrayValue', 5],
        kvlistValue: ['KeyValueList', 6],
        bytesValue: ['bytes', 7],
      },
      [
        'stringValue',
        'boolValue',
        'intValue',
        'doubleValue',
        'arrayValue',
        'kvlistValue',
        'bytesValue',
      ],
    ),
    ArrayValue: message({ values: ['AnyValue', 1, 'repeated'] }),
    KeyValueList: message({ values: ['KeyValue', 1, 'repeated'] }),
    KeyValue: message({ key: ['string', 1], value: ['AnyValue', 2] }),
    Resource: message({ attributes: ['KeyValue', 1, 'repeated'] }),
    Scope: message({ name: ['string', 1], version: ['string', 2] }),
    Status: message({ message: ['string', 2], code: ['int32', 3] }),
    Event: message({
      timeUnixNano: ['fixed64', 1],
      name: ['string', 2],
      attributes: ['KeyValue', 3, 'repeated'],
    }),
    Span: message({
      traceId: ['bytes', 1],
      spanId: ['bytes', 2],
      parentSpanId: ['bytes', 4],
      name: ['string', 5],
      startTimeUnixNano: ['fixed64', 7],
      endTimeUnixNano: ['fixed64', 8],
      attributes: ['KeyValue', 9, 'repeated'],
      events: ['Event', 11, 'repeated'],
      status: ['Status', 15],
    }),
    ScopeSpans: message({ scope: ['Scope', 1], spans: ['Span', 2, 'repeated'] }),
    ResourceSpans: message({
      resource: ['Resource', 1],
      scopeSpans: ['ScopeSpans', 2, 'repeated'],
    }),
    TracesData: message({ resourceSpans: ['ResourceSpans', 1, 'repeated'] }),
    LogRecord: message({
      timeUnixNano: ['fixed64', 1],
      body: ['AnyValue', 5],
      attributes: ['KeyValue', 6, 'repeated'],
      traceId: ['bytes', 9],
      spanId: ['bytes', 10],
      observedTimeUnixNano: ['fixed64', 11],
      eventName: ['string', 12],
    }),
    ScopeLogs: message({ scope: ['Scope', 1], logRecords: ['LogRecord', 2, 'repeated'] }),
    ResourceLogs: message({
      resource: ['Resource', 1],
      scopeLogs: ['ScopeLogs', 2, 'repeated'],
    }),
    LogsData: message({ resourceLogs: ['ResourceLogs', 1, 'repeated'] }),
  },
});

/** Both requests share a shape. */
export const TRACES: protobuf.Type = root.lookupType('TracesData');
export const LOGS: protobuf.Type = root.lookupType('LogsData');

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

/** Deeper reads as `null`. */
export const VALUE_DEPTH_MAX = 16;
export const ATTRIBUTES_MAX = 1024;

/** Exact up to 2⁵³. */
function integer(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return Number(value);
  if (!isRecord(value)) return 0;
  const { low, high, unsigned } = value;
  if (typeof low !== 'number' || typeof high !== 'number') return 0;
  return (unsigned === true ? high >>> 0 : high) * 2 ** 32 + (low >>> 0);
}

function milliseconds(nanoseconds: unknown): number {
  const value = integer(nanoseconds) / 1e6;
  return Number.isFinite(value) && value > 0 ? value : 0;
}

/** From bytes, hex or base64. */
function identifier(value: unknown, bytes: number): string {
  if (value instanceof Uint8Array) {
    return value.every((byte) => byte === 0) ? '' : Buffer.from(value).toString('hex');
  }
  if (typeof value !== 'string' || value === '') return '';
  if (value.length === bytes * 2) return value.toLowerCase();
  return value.slice(0, 64);
}

/** protobufjs invents defaults. */
function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function plainValue(value: unknown, depth = 0): unknown {
  if (!isRecord(value) || depth > VALUE_DEPTH_MAX) return null;
  const text = own(value, 'stringValue');
  if (typeof text === 'string') return text;
  const whole = own(value, 'intValue');
  if (whole !== undefined && whole !== null) return integer(whole);
  const truth = own(value, 'boolValue');
  if (typeof truth === 'boolean') return truth;
  const double = own(value, 'doubleValue');
  if (typeof double === 'number') return double;
  const list = own(value, 'arrayValue');
  if (isRecord(list)) {
    return Array.isArray(list.values) ? list.values.map((one) => plainValue(one, depth + 1)) : [];
  }
  const pairs = own(value, 'kvlistValue');
  return isRecord(pairs) ? plainAttributes(pairs.values, depth + 1) : null;
}

function plainAttributes(list: unknown, depth = 0): Attributes {
  if (!Array.isArray(list)) return {};
  const attributes: Record<string, unknown> = {};
  const count = Math.min(list.length, ATTRIBUTES_MAX);
  for (let index = 0; index < count; index += 1) {
    const entry: unknown = list[index];
    if (!isRecord(entry) || typeof entry.key !== 'string') continue;
    const value = plainValue(entry.value, depth);
    if (value !== null && entry.key !== '__proto__') attributes[entry.key] = value;
  }
  return attributes;
}
