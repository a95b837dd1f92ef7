import { describe, expect, it } from 'vitest';
import { markRecord, openedRequest, requestRecord, storedRecord } from './stored-requests.ts';

const PLAIN = { keyId: 'k', seal: (body: Uint8Array) => body };
const token = {
  id: 'one',
  hash: 'h',
  tenant: 'acme',
  source: { kind: 'otel', instance: 'laptop' },
  assurance: 'asserted',
  trust_fields: false,
  state: 'active',
} as const;
const request = {
  route: '/v1/traces',
  method: 'POST',
  path: '/v1/traces?x=1',
  headers: { 'content-type': 'application/json' },
  receivedAt: 1_796_000_000_000,
  body: Buffer.from([0, 1, 255, 10]),
};
const at = { incarnation: 'i', partition: 0, offset: 7 };

describe('a request that is kept', () => {
  it('comes back as it was', () => {
    const { value } = requestRecord(request, token, PLAIN);
    const opened = openedRequest(value ?? new Uint8Array());
    expect(opened).toEqual(request);
  });

  it('is told from a mark by its headers alone', () => {
    const { key, headers, topic } = requestRecord(request, token, PLAIN);
    const mark = markRecord(token, 17);
    expect(storedRecord({ ...at, topic, key, headers: headers ?? {}, value: null })).toEqual({
      is: 'request',
      at: request.receivedAt,
      key: 'acme|otel/laptop',
      tokenId: 'one',
    });
    expect(
      storedRecord({ ...at, topic, key: mark.key, headers: mark.headers ?? {}, value: null }),
    ).toEqual({ is: 'mark', at: 17, key: 'acme|otel/laptop' });
  });

  it('is nothing when its bytes are not of its form', () => {
    for (const bytes of [[], [0, 0, 0, 9, 1], [0, 0, 0, 2, 123, 125]]) {
      expect(openedRequest(Uint8Array.from(bytes))).toBeUndefined();
    }
  });
});
