import { describe, expect, it } from 'vitest';
import { decodeOtlp, LOGS, TRACES, VALUE_DEPTH_MAX } from './decode.ts';

const JSON_SPAN = {
  traceId: '0102030405060708090a0b0c0d0e0f10',
  spanId: '0102030405060708',
  parentSpanId: '',
  name: 'execute_tool read_mail',
  startTimeUnixNano: '1796062041000000000',
  endTimeUnixNano: '1796062042500000000',
  attributes: [
    { key: 'gen_ai.tool.name', value: { stringValue: 'read_mail' } },
    { key: 'count', value: { intValue: '7' } },
    { key: 'ratio', value: { doubleValue: 0.5 } },
    { key: 'ok', value: { boolValue: false } },
    { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '2' }] } } },
    {
      key: 'pairs',
      value: { kvlistValue: { values: [{ key: 'inner', value: { stringValue: '' } }] } },
    },
    { key: 'undefined', value: {} },
  ],
  events: [
    { name: 'exception', attributes: [{ key: 'exception.type', value: { stringValue: 'E' } }] },
  ],
  status: { code: 2, message: 'broke' },
};

function traces(span: object) {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'mail' } }] };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'lib' }, spans: [span] }] }] };
}

const bytes = (document: unknown) => new TextEncoder().encode(JSON.stringify(document));

function protobuf() {
  const binary = (hex: string) => Buffer.from(hex, 'hex');
  const span = {
    ...JSON_SPAN,
    traceId: binary(JSON_SPAN.traceId),
    spanId: binary(JSON_SPAN.spanId),
    parentSpanId: Buffer.alloc(8),
  };
  return TRACES.encode(TRACES.fromObject(traces(span))).finish();
}

describe('bodies of OTLP', () => {
  it('reads protobuf and JSON of one span as the same record', () => {
    const fromJson = decodeOtlp('traces', bytes(traces(JSON_SPAN)), true);
    expect(decodeOtlp('traces', protobuf(), false)).toEqual(fromJson);
    expect(fromJson).toMatchObject({
      ok: true,
      rejected: 0,
      records: [
        {
          trace: JSON_SPAN.traceId,
          span: JSON_SPAN.spanId,
          parent: '',
          start: 1_796_062_041_000,
          end: 1_796_062_042_500,
          isError: true,
          statusText: 'broke',
          resource: { 'service.name': 'mail' },
          scope: 'lib',
          events: [{ name: 'exception', attributes: { 'exception.type': 'E' } }],
        },
      ],
    });
  });

  it('takes a value that was not sent for absent, not for empty', () => {
    const decoded = decodeOtlp('traces', protobuf(), false);
    expect(decoded.ok && decoded.records[0]?.attributes).toEqual({
      'gen_ai.tool.name': 'read_mail',
      count: 7,
      ratio: 0.5,
      ok: false,
      list: ['a', 2],
      pairs: { inner: '' },
    });
  });

  it('names a log record by its attribute `event.name` before its other names', () => {
    const record = (fields: object) =>
      decodeOtlp(
        'logs',
        bytes({ resourceLogs: [{ scopeLogs: [{ logRecords: [fields] }] }] }),
        true,
      );
    const attributes = [{ key: 'event.name', value: { stringValue: 'codex.tool_result' } }];
    expect(record({ eventName: 'event file.rs:54', attributes })).toMatchObject({
      records: [{ kind: 'log', name: 'codex.tool_result' }],
    });
    expect(record({ body: { stringValue: 'claude_code.tool_result' } })).toMatchObject({
      records: [{ name: 'claude_code.tool_result' }],
    });
  });

  it.each([
    ['protobuf that is cut', protobuf().subarray(0, 40), false],
    ['text that claims to be protobuf', bytes('hello'), false],
    ['broken JSON', new TextEncoder().encode('{"resourceSpans": ['), true],
    ['JSON that is no object', bytes([1]), true],
  ])('refuses %s with the reason', (_name, body, isJson) => {
    const decoded = decodeOtlp('traces', body, isJson);
    expect(decoded).toMatchObject({
      ok: false,
      problem: expect.stringContaining('the body is not'),
    });
  });

  it('cuts values that are nested deeper than the limit', () => {
    let value: object = { stringValue: 'deep' };
    for (let depth = 0; depth < VALUE_DEPTH_MAX + 4; depth += 1) {
      value = { arrayValue: { values: [value] } };
    }
    const decoded = decodeOtlp(
      'traces',
      bytes(traces({ attributes: [{ key: 'k', value }] })),
      true,
    );
    expect(JSON.stringify(decoded)).not.toContain('deep');
  });

  it('gives no attribute that would change the prototype of an object', () => {
    const attributes = [
      {
        key: '__proto__',
        value: { kvlistValue: { values: [{ key: 'x', value: { intValue: 1 } }] } },
      },
    ];
    const decoded = decodeOtlp('traces', bytes(traces({ attributes })), true);
    expect(decoded.ok && decoded.records[0]?.attributes).toEqual({});
  });

  it('decodes logs from protobuf', () => {
    const document = {
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' } }] }] }],
    };
    const body = LOGS.encode(LOGS.fromObject(document)).finish();
    expect(decodeOtlp('logs', body, false)).toMatchObject({ records: [{ name: 'hello' }] });
  });
});
