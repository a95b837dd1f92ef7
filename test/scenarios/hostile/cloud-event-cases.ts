/** Rows of the table about CloudEvents: binary, structured and batch. */
import { expect } from 'vitest';
import type { HostileCase, HostileCases, HostileWorld } from './hostile-world.ts';

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

function envelope(w: HostileWorld, set: object = {}): object {
  const { native_id: _, ...data } = w.good();
  const id = `${w.name}-1`;
  return { specversion: '1.0', id, source: '/agents/1', type: 'call', data, ...set };
}

const structured =
  (set: object): HostileCase =>
  (w) =>
    w.json(JSON.stringify(envelope(w, set)), STRUCTURED);

function binary(w: HostileWorld, set: Readonly<Record<string, string | undefined>> = {}) {
  const { native_id: _, ...data } = w.good();
  return w.post(JSON.stringify(data), {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': w.name,
    'ce-source': '/agents/%C3%BC',
    'ce-type': 'call',
    ...set,
  });
}

const base64 = (value: string) => Buffer.from(value).toString('base64');

export const CLOUD_EVENT_CASES: HostileCases = {
  'ce-binary': async (w) => {
    await binary(w);
    const event = await w.event();
    expect(event.native_id).toBe('/agents/\u00fc ce-binary');
    expect(event.unmapped).toMatchObject({ 'ce.type': 'call' });
  },
  'ce-binary-no-id': (w) => binary(w, { 'ce-id': undefined }),
  'ce-binary-bad-percent': (w) => binary(w, { 'ce-source': '%ZZ' }),
  'ce-old-version': structured({ specversion: '0.3' }),
  'ce-structured': async (w) => {
    const { event_time: _, ...data } = w.good();
    await w.json(JSON.stringify(envelope(w, { data, time: '2026-11-24T08:00:00Z' })), STRUCTURED);
    expect((await w.event()).event_time).toBe('2026-11-24T08:00:00.000000000Z');
  },
  'ce-base64': (w) =>
    w.json(
      JSON.stringify(envelope(w, { data: undefined, data_base64: base64(w.goodLine()) })),
      STRUCTURED,
    ),
  'ce-bad-base64': structured({ data: undefined, data_base64: base64('{broken') }),
  'ce-no-data': structured({ data: undefined }),
  'ce-data-text': structured({ data: 'text' }),
  'ce-xml-data': structured({ datacontenttype: 'text/xml' }),
  'ce-xml': (w) => w.json('<event/>', 'application/cloudevents+xml'),
  'ce-nul-attribute': structured({ id: 'a\u0000b' }),
  'ce-space-in-source': structured({ source: 'a b' }),
  'ce-many-extensions': structured(
    Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`ext${i}`, 'x'])),
  ),
  'ce-spoofed-tenant': async (w) => {
    await structured({ tenantid: 'other' })(w);
    const event = await w.event();
    expect(event.tenant_id).toBe('acme');
    expect(event.unmapped).toMatchObject({ 'ce.tenantid': 'other' });
  },
  'ce-batch': async (w) => {
    const batch = [
      envelope(w, { id: 'b-1' }),
      envelope(w, { id: undefined }),
      envelope(w, { id: 'b-3' }),
    ];
    await w.json(JSON.stringify(batch), BATCH);
    const [letter] = await w.letters();
    expect(letter?.headers['ww_dead_form']).toBe('cloudevent');
    expect(JSON.parse(letter?.body?.toString() ?? '')).toEqual(
      JSON.parse(JSON.stringify(batch[1])),
    );
  },
};
