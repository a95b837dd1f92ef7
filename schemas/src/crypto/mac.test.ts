import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type MacKey, macHeaders, macKey, type SignableRecord, verifyMac } from './mac.ts';

const detector = macKey('detector-1', new Uint8Array(32).fill(7));
const ring = new Map<string, MacKey>([[detector.id, detector]]);
const unsigned: SignableRecord = {
  topic: 'waywarden.alerts.v1',
  key: 'acme|a1',
  value: new TextEncoder().encode('{"alert_id":"a1"}'),
  headers: { ww_type: 'event', ww_src: 'waywarden.audit.events.v1/i/0/7/0', ce_id: 'x' },
};

function signed(record: SignableRecord = unsigned): SignableRecord {
  return { ...record, headers: { ...record.headers, ...macHeaders(record, detector) } };
}

describe('the MAC of a record', () => {
  it('holds for the record as it was written', () => {
    expect(verifyMac(signed(), ring)).toBe('ok');
  });

  it.each<[string, (r: SignableRecord) => SignableRecord]>([
    ['another topic', (r) => ({ ...r, topic: 'waywarden.decisions.v1' })],
    ['another key', (r) => ({ ...r, key: 'acme|a2' })],
    ['no key', (r) => ({ ...r, key: null })],
    ['another value', (r) => ({ ...r, value: new TextEncoder().encode('{"alert_id":"a2"}') })],
    ['no value', (r) => ({ ...r, value: null })],
    ['another type', (r) => ({ ...r, headers: { ...r.headers, ww_type: 'watermark' } })],
    ['another cause', (r) => ({ ...r, headers: { ...r.headers, ww_src: 't/i/0/8/0' } })],
    ['a cut MAC', (r) => ({ ...r, headers: { ...r.headers, ww_mac: 'AAAA' } })],
    ['no text as MAC', (r) => ({ ...r, headers: { ...r.headers, ww_mac: '' } })],
  ])('is refused as forged with %s', (_, alter) => {
    expect(verifyMac(alter(signed()), ring)).toBe('forged');
  });

  it('is refused from a key that the reader does not hold, and when it is missing', () => {
    const other = macKey('intruder', new Uint8Array(32).fill(8));
    const forged = {
      ...unsigned,
      headers: { ...unsigned.headers, ...macHeaders(unsigned, other) },
    };
    expect(verifyMac(forged, ring)).toBe('unknown_key');
    expect(verifyMac(unsigned, ring)).toBe('unsigned');
    const sameId = macKey('detector-1', new Uint8Array(32).fill(8));
    const under = {
      ...unsigned,
      headers: { ...unsigned.headers, ...macHeaders(unsigned, sameId) },
    };
    expect(verifyMac(under, ring)).toBe('forged');
  });

  it('never counts for a record that differs in any field, however fields run together', () => {
    const part = fc.string({ maxLength: 4 });
    const record = fc.record({
      topic: part,
      key: fc.option(part),
      value: fc.option(fc.uint8Array({ maxLength: 3 })),
      headers: fc.record({ ww_type: part, ww_src: part }),
    });
    fc.assert(
      fc.property(record, record, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        const transplanted = { ...b, headers: { ...b.headers, ...macHeaders(a, detector) } };
        expect(verifyMac(transplanted, ring)).toBe('forged');
      }),
    );
  });

  it('refuses a key shorter than the hash', () => {
    expect(() => macKey('short', new Uint8Array(31))).toThrow(RangeError);
  });

  it('is what another implementation computes (vectors/macs.json)', () => {
    const { vectors } = z
      .object({
        vectors: z.array(
          z.object({
            key_id: z.string(),
            secret_hex: z.string(),
            topic: z.string(),
            key: z.string().nullable(),
            type: z.string(),
            src: z.string(),
            value: z.string().nullable(),
            mac: z.string(),
          }),
        ),
      })
      .parse(JSON.parse(readFileSync(new URL('../../vectors/macs.json', import.meta.url), 'utf8')));
    for (const v of vectors) {
      const record = {
        topic: v.topic,
        key: v.key,
        value: v.value === null ? null : new TextEncoder().encode(v.value),
        headers: { ww_type: v.type, ww_src: v.src },
      };
      const key = macKey(v.key_id, Buffer.from(v.secret_hex, 'hex'));
      expect(macHeaders(record, key)['ww_mac']).toBe(v.mac);
    }
  });
});
