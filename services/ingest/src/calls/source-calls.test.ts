import type { Call } from '@waywarden/agent-telemetry';
import { describe, expect, it } from 'vitest';
import type { ReadItem } from '../core/formats/format-reader.ts';
import { SourceCalls } from './source-calls.ts';

const TOKEN = {
  id: 'one',
  hash: 'h',
  tenant: 'acme',
  source: { kind: 'otel', instance: 'laptop' },
  assurance: 'asserted',
  trust_fields: false,
  state: 'active',
} as const;
const NOW = 1_796_000_000_000;

const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
const request = (callId: string) => ({
  method: 'POST',
  path: '/v1/traces',
  headers: { 'content-type': 'application/json' },
  receivedAt: NOW,
  body: Buffer.from(
    JSON.stringify({
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  traceId: Buffer.from(callId.padEnd(16)).toString('hex'),
                  spanId: '00f067aa0ba902b7',
                  name: 'execute_tool pay',
                  attributes: [
                    attribute('gen_ai.operation.name', 'execute_tool'),
                    attribute('gen_ai.tool.name', 'pay'),
                    attribute('gen_ai.tool.call.id', callId),
                  ],
                },
              ],
            },
          ],
        },
      ],
    }),
  ),
});

function sourceOf(set: { readonly pendingBytesMax?: number } = {}) {
  const seen = { calls: [] as Call[], full: 0 };
  const source = new SourceCalls({
    token: TOKEN,
    join: { quietMs: 1_000, waitMsMax: 5_000, observationsMax: 100 },
    hash: (text) => text,
    pendingBytesMax: set.pendingBytesMax ?? 1_000_000,
    onFull: () => {
      seen.full += 1;
    },
    onCall: (call) => seen.calls.push(call),
  });
  return { source, seen };
}

describe('what one source has under way', () => {
  it('is concluded when nothing of it came for a while, and not before', () => {
    const { source, seen } = sourceOf();
    source.take(request('c-1'), NOW);
    source.conclude(NOW + 999, false);
    expect([seen.calls.length, source.isOver]).toEqual([0, false]);
    source.conclude(NOW + 1_000, false);
    expect([seen.calls.length, source.waiting]).toEqual([1, 1]);
  });

  it('is concluded as it is when its bodies are more than may be held', () => {
    const { source, seen } = sourceOf({ pendingBytesMax: request('c-1').body.length });
    source.take(request('c-1'), NOW);
    expect([seen.full, source.counts.inHand]).toEqual([0, 1]);
    source.take(request('c-2'), NOW);
    expect([seen.full, source.counts.inHand, source.pendingBytes]).toEqual([1, 0, 0]);
    expect(seen.calls).not.toEqual([]);
  });

  it('waits in order for a log that does not take it', async () => {
    const { source } = sourceOf();
    source.take(request('c-1'), NOW);
    source.conclude(NOW, true);
    await expect(source.deliver(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    source.take(request('c-2'), NOW);
    source.conclude(NOW, true);
    let taken: readonly ReadItem[] = [];
    await source.deliver((items) => {
      taken = items;
      return Promise.resolve();
    });
    const ids = taken.map(({ bytes }) => /"call_id":"(c-\d)"/.exec(String(bytes))?.[1]);
    expect(ids).toEqual(['c-1', 'c-2']);
    expect(source.isOver).toBe(true);
  });
});
