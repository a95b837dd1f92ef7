/** The read part of OTLP 1.x (`opentelemetry/proto/{common,resource,trace,logs}/v1`). */
import protobuf from 'protobufjs';

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
