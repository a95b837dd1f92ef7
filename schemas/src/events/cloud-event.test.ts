import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TOPICS } from '../records/topics.ts';
import { cloudEventType, decodeCloudEvent, encodeCloudEvent } from './cloud-event.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array | null) => (data === null ? null : new TextDecoder().decode(data));
const attributes = {
  id: 'e1',
  source: '/waywarden/ingest',
  type: cloudEventType(TOPICS.auditEvents.name),
};

describe('CloudEvents in Kafka', () => {
  it('writes what the binding prescribes: ce_ headers and content-type', () => {
    expect(
      encodeCloudEvent({
        ...attributes,
        subject: 'spiffe://acme.example/agent/a',
        time: '2026-11-24T09:00:00Z',
        dataschema: 'https://waywarden.dev/schemas/audit-event/v1.json',
        partitionkey: 'acme|a',
      }),
    ).toEqual({
      ce_specversion: '1.0',
      ce_id: 'e1',
      ce_source: '/waywarden/ingest',
      ce_type: 'dev.waywarden.audit.events.v1',
      ce_subject: 'spiffe://acme.example/agent/a',
      ce_time: '2026-11-24T09:00:00Z',
      ce_dataschema: 'https://waywarden.dev/schemas/audit-event/v1.json',
      ce_partitionkey: 'acme|a',
      'content-type': 'application/json',
    });
  });

  it('gives back every attribute that it wrote, and the data byte for byte', () => {
    const word = fc.string({ minLength: 1, unit: 'grapheme' }).filter((s) => !/\p{Cc}/u.test(s));
    const event = fc.record(
      { id: word, source: word, type: word, subject: word, time: word, partitionkey: word },
      { requiredKeys: ['id', 'source', 'type'] },
    );
    fc.assert(
      fc.property(event, fc.uint8Array(), (given, data) => {
        const decoded = decodeCloudEvent(encodeCloudEvent(given), data);
        expect(decoded).toEqual({
          ok: true,
          attributes: { ...given, datacontenttype: 'application/json' },
          extensions: {},
          data,
        });
      }),
    );
  });

  it('reads no data as a tombstone', () => {
    expect(decodeCloudEvent(encodeCloudEvent(attributes), null)).toMatchObject({ data: null });
  });

  it('tolerates ce_datacontenttype, and lets content-type win', () => {
    const { 'content-type': _, ...rest } = encodeCloudEvent(attributes);
    const odd = { ...rest, ce_datacontenttype: 'text/plain' };
    expect(decodeCloudEvent(odd, null)).toMatchObject({
      attributes: { datacontenttype: 'text/plain' },
    });
    expect(decodeCloudEvent({ ...odd, 'content-type': 'application/json' }, null)).toMatchObject({
      attributes: { datacontenttype: 'application/json' },
    });
  });

  it('reads structured mode, whatever the case of the media type', () => {
    const value = bytes(
      JSON.stringify({
        specversion: '1.0',
        ...attributes,
        datacontenttype: 'application/json',
        sequence: 7,
        data: { a: 1 },
      }),
    );
    const decoded = decodeCloudEvent(
      { 'content-type': 'Application/CloudEvents+JSON; charset=UTF-8' },
      value,
    );
    expect(decoded).toMatchObject({ ok: true, attributes, extensions: { sequence: '7' } });
    expect(decoded.ok && text(decoded.data)).toBe('{"a":1}');
  });

  it('reads data_base64 and plain-text data of structured mode as bytes', () => {
    const headers = { 'content-type': 'application/cloudevents+json' };
    const event = { specversion: '1.0', ...attributes };
    const base64 = decodeCloudEvent(
      headers,
      bytes(JSON.stringify({ ...event, data_base64: 'aGk=' })),
    );
    expect(base64.ok && text(base64.data)).toBe('hi');
    const plain = decodeCloudEvent(
      headers,
      bytes(JSON.stringify({ ...event, datacontenttype: 'text/plain', data: 'hi' })),
    );
    expect(plain.ok && text(plain.data)).toBe('hi');
  });

  it('replaces what no CloudEvents string may hold, instead of failing on an odd agent uid', () => {
    const headers = encodeCloudEvent({ ...attributes, subject: 'a\u0000b\ud800' });
    expect(headers['ce_subject']).toBe('a\ufffdb\ufffd');
  });

  it.each([
    [{}, null],
    [{ ce_specversion: '0.3', ce_id: 'i', ce_source: 's', ce_type: 't' }, null],
    [{ ce_specversion: '1.0', ce_id: '', ce_source: 's', ce_type: 't' }, null],
    [{ 'content-type': 'application/cloudevents+json' }, null],
    [{ 'content-type': 'application/cloudevents+json' }, bytes('[1]')],
    [{ 'content-type': 'application/cloudevents-batch+json' }, bytes('[]')],
  ])('refuses what is no event, with a reason: %j', (headers, value) => {
    expect(decodeCloudEvent(headers as Record<string, string>, value)).toMatchObject({ ok: false });
  });

  it('never throws, whatever headers and bytes come', () => {
    const header = fc.oneof(
      fc.string(),
      fc.string().map((s) => `ce_${s}`),
      fc.constant('content-type'),
    );
    const value = fc.oneof(fc.string(), fc.constant('application/cloudevents+json'));
    fc.assert(
      fc.property(
        fc.dictionary(header, value),
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((j) => bytes(j)),
        ),
        (headers, data) => {
          decodeCloudEvent(headers, data);
        },
      ),
    );
  });
});
