/** The readers of wire and hooks over captures of real clients, where those are at hand. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { HookReader } from '../hooks/hook-reader.ts';
import { isRecord, parsedJson } from '../json/path.ts';
import type { Observation } from '../model/observation.ts';
import { ExchangeReader } from './exchange-reader.ts';

const CAPTURES = new URL('../../../../../shared/data/telemetry/', import.meta.url);
const hasCaptures = existsSync(CAPTURES);
const NOW = 1_800_000_000_000;

interface TrueCall {
  readonly tool: string;
  readonly outcome: string;
}

function lines(capture: string): readonly string[] {
  const file = new URL(`${capture}/requests.ndjson.gz`, CAPTURES);
  return gunzipSync(readFileSync(file)).toString('utf8').split('\n').filter(Boolean);
}

function trueCalls(capture: string): readonly TrueCall[] {
  const truth = parsedJson(readFileSync(new URL(`${capture}/truth.json`, CAPTURES), 'utf8'));
  const calls = isRecord(truth) && Array.isArray(truth['calls']) ? truth['calls'] : [];
  return calls.flatMap((call: unknown) =>
    isRecord(call) && typeof call['tool'] === 'string' && call['inside_remote_agent'] !== true
      ? [{ tool: bare(call['tool']), outcome: String(call['outcome']) }]
      : [],
  );
}

function bare(tool: string): string {
  return tool.split('__').at(-1) ?? tool;
}

function observe(capture: string): readonly Observation[] {
  const wire = new ExchangeReader();
  const hooks = new HookReader();
  return lines(capture).flatMap((line) => {
    const record = parsedJson(line);
    if (!isRecord(record)) return [];
    if (record['kind'] === 'hook' || record['kind'] === 'notify') {
      const event = typeof record['event'] === 'string' ? record['event'] : undefined;
      return [...hooks.read(record['payload'], { event }, NOW).observations];
    }
    const path = String(record['path'] ?? '');
    return /^\/(v1|hooks)\//.test(path) ? [] : [...wire.read(line, NOW).observations];
  });
}

/** A stand-in for the join: the last word on each call id, a decision above an execution. */
function concluded(observations: readonly Observation[]): readonly TrueCall[] {
  const calls = new Map<string, TrueCall & { decided: boolean }>();
  for (const { call } of observations) {
    if (call?.callId === undefined) continue;
    const known = calls.get(call.callId);
    if (known?.decided === true && call.stage !== 'decided') continue;
    const outcome = call.outcome ?? (call.stage === 'executed' ? 'unknown' : 'pending');
    calls.set(call.callId, { tool: bare(call.tool), outcome, decided: call.stage === 'decided' });
  }
  return [...calls.values()].map(({ tool, outcome }) => ({ tool, outcome }));
}

function sorted(calls: readonly TrueCall[]): readonly string[] {
  return calls.map(({ tool, outcome }) => `${tool} ${outcome}`).sort();
}

describe('captures of real clients', () => {
  it
    .skipIf(!hasCaptures)
    .each([
      'mcp-sdk-js/stdio',
      'mcp-sdk-js/streamable-http-decline',
      'mcp-sdk-js/streamable-http-unauthorized',
      'mcp-sdk-js-v2/2026-07-28-http-accept',
      'mcp-wire-claude-code/inject',
      ...(hasCaptures
        ? readdirSync(new URL('claude-code', CAPTURES)).map((one) => `claude-code/${one}`)
        : []),
    ])('%s: every call with its outcome, and no other', (capture) => {
    expect(sorted(concluded(observe(capture)))).toEqual(sorted(trueCalls(capture)));
  });

  it.skipIf(!hasCaptures).each(['mcp/http-auto', 'mcp/http-legacy-json', 'mcp/stdio-auto'])(
    '%s: every call that ran, beside those that the server refused to run',
    (capture) => {
      const found = sorted(concluded(observe(capture)));
      expect(found).toEqual(expect.arrayContaining([...sorted(trueCalls(capture))]));
      expect(found.length - trueCalls(capture).length).toBeLessThanOrEqual(4);
    },
  );

  it.skipIf(!hasCaptures).each(['a2a/jsonrpc-poll', 'a2a/jsonrpc-stream', 'a2a/jsonrpc-v03'])(
    '%s: each message is a delegation to the agent of the card, and nothing else is a call',
    (capture) => {
      const calls = observe(capture).flatMap(({ call }) => call ?? []);
      expect(new Set(calls.map(({ delegatesTo }) => delegatesTo?.name))).toEqual(
        new Set(['payer']),
      );
      const outcomes = new Set(concluded(observe(capture)).map(({ outcome }) => outcome));
      for (const one of ['success', 'error', 'denied']) expect(outcomes).toContain(one);
    },
  );
});
