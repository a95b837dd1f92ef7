import type { Call } from '@waywarden/agent-telemetry';
import { describe, expect, it } from 'vitest';
import {
  SEEN_CONVENTIONS_MAX,
  SEEN_NAMES_MAX,
  SOURCES_SEEN_MAX,
  SourceSummary,
  SourcesSeen,
} from './source-summary.ts';

const NOW = 1_796_000_000_000;
const SECRET = 'sk-live-4242';

function call(set: Partial<Call> = {}): Call {
  return {
    ...{ id: 'c', agent: { name: 'mail' }, agentSource: 'run', parentAgent: undefined },
    ...{ tool: 'read_mail', server: undefined, callId: undefined, args: undefined },
    ...{ result: undefined, outcome: 'success', deniedBy: undefined, delegatesTo: undefined },
    ...{ task: undefined, session: undefined, user: undefined, trace: undefined, at: NOW },
    ...{ until: undefined, observed: 1, channels: ['span'], conventions: ['otel-genai'] },
    ...{ unresolved: [] },
    ...set,
  };
}

const summary = () => new SourceSummary('otel/laptop', NOW);

describe('what a source was seen to send', () => {
  it('counts which facts its calls tell, in all and by convention', () => {
    const one = summary();
    one.noteCall(call({ args: { id: 1 }, task: 'Read.' }));
    one.noteCall(call({ conventions: ['mcp', 'otel-genai'], agentSource: 'service' }));
    const { seen } = one;
    expect(seen.calls).toBe(2);
    expect(seen.with).toMatchObject({ arguments: 1, results: 0, task: 1, outcome: 2 });
    expect(seen.agent_from).toMatchObject({ run: 1, service: 1 });
    expect(seen.by_convention['mcp']).toMatchObject({ calls: 1, with: { arguments: 0 } });
    expect(seen.by_convention['otel-genai']?.calls).toBe(2);
  });

  it('holds nothing of what a call was made with or answered', () => {
    const one = summary();
    one.noteCall(call({ args: { key: SECRET }, result: SECRET, task: SECRET, user: SECRET }));
    expect(JSON.stringify(one.seen)).not.toContain(SECRET);
  });

  it('holds few names, however many there are', () => {
    const one = summary();
    for (let at = 0; at < 1_000; at += 1) {
      one.noteCall(
        call({ agent: { name: `agent-${at}` }, tool: 't'.repeat(9_000), conventions: [`c${at}`] }),
      );
    }
    const { seen } = one;
    expect(seen.calls).toBe(1_000);
    expect(seen.agents).toHaveLength(SEEN_NAMES_MAX);
    expect(Object.keys(seen.by_convention)).toHaveLength(SEEN_CONVENTIONS_MAX);
    expect(JSON.stringify(seen).length).toBeLessThan(20_000);
  });

  it('tells the last problem, cut and in characters that show', () => {
    const one = summary();
    one.noteRefused('records', 2, `odd \u{1b}[31m${'x'.repeat(5_000)}`, NOW);
    expect(one.seen.refused).toEqual({ bodies: 0, records: 2 });
    expect(one.seen.last_problem?.detail.length).toBeLessThanOrEqual(200);
    expect(one.seen.last_problem?.detail).not.toContain('\u{1b}');
  });
});

describe('what all sources were seen to send', () => {
  const sender = (tenant: string, instance: string) => ({
    tenant,
    source: { kind: 'otel', instance },
  });

  it('tells a tenant of its own sources only', () => {
    const all = new SourcesSeen(() => NOW);
    all.summaryOf(sender('acme', 'a')).noteEvents(3, NOW);
    all.summaryOf(sender('other', 'b')).noteEvents(5, NOW);
    expect(all.ofTenant('acme').map(({ source, events }) => [source, events])).toEqual([
      ['otel/a', 3],
    ]);
    expect(all.seenOf(sender('acme', 'b')).events).toBe(0);
  });

  it('forgets the source that was silent longest for a new one', () => {
    const all = new SourcesSeen(() => NOW);
    for (let at = 0; at < SOURCES_SEEN_MAX; at += 1) all.summaryOf(sender('acme', `s${at}`));
    all.summaryOf(sender('acme', 's0'));
    all.summaryOf(sender('acme', 'new'));
    const known = all.ofTenant('acme').map(({ source }) => source);
    expect(known).toHaveLength(SOURCES_SEEN_MAX);
    expect(known).toContain('otel/s0');
    expect(known).not.toContain('otel/s1');
  });

  it('does not keep a source for having asked', () => {
    const all = new SourcesSeen(() => NOW);
    all.seenOf(sender('acme', 'curious'));
    expect(all.ofTenant('acme')).toEqual([]);
  });
});
