import { describe, expect, it } from 'vitest';
import { otlpAccepted, otlpRefused } from './client-answer.ts';

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };
const WHOLE = { rejected: 0, problem: undefined };

describe('an answer of OTLP', () => {
  it('is an empty message when all was taken', () => {
    expect(otlpAccepted(PROTOBUF, 'Spans', WHOLE)).toEqual({
      type: 'application/x-protobuf',
      body: new Uint8Array(0),
    });
    expect(otlpAccepted(JSON_TYPE, 'Spans', WHOLE).body).toBe('{}');
  });

  it('has partial_success as field 1, with the count as field 1 and the message as field 2', () => {
    const { body } = otlpAccepted(PROTOBUF, 'Spans', { rejected: 300, problem: 'no' });
    expect([...Buffer.from(body)]).toEqual([10, 7, 8, 0xac, 2, 18, 2, 0x6e, 0x6f]);
    const json = otlpAccepted(JSON_TYPE, 'LogRecords', { rejected: 300, problem: 'no' });
    expect(json.body).toBe('{"partialSuccess":{"rejectedLogRecords":"300","errorMessage":"no"}}');
  });

  it('warns without a count where nothing was refused', () => {
    const { body } = otlpAccepted(PROTOBUF, 'Spans', { rejected: 0, problem: 'no' });
    expect([...Buffer.from(body)]).toEqual([10, 4, 18, 2, 0x6e, 0x6f]);
  });

  it('is a google.rpc.Status for a refusal', () => {
    const { body } = otlpRefused(PROTOBUF, 'busy');
    expect([...Buffer.from(body).subarray(0, 3)]).toEqual([8, 8, 18]);
    expect(otlpRefused(JSON_TYPE, 'disk_full').body).toContain('"code":14');
  });
});
