/**
 * Recordings of real clients, where they are there: whatever the order in which their requests come,
 * cut and repeated, the same calls are concluded; and calls whose parents never come are not lost.
 */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Call, CallJoin, ClientReader, type Observation } from '@waywarden/agent-telemetry';
import { decompress } from 'fzstd';
import { describe, expect, it } from 'vitest';
import {
  type CaptureRequest,
  captureRequest,
  parseCaptureLine,
} from '../../services/waywarden/src/captures/capture-line.ts';
import { capturesIn } from '../../services/waywarden/src/captures/replay-captures.ts';
import { FuzzRandom } from '../fuzz/fuzz-input.ts';

const ROOT = new URL('../../../shared/data/telemetry', import.meta.url).pathname;
const isThere = existsSync(ROOT);
const captures = isThere ? capturesIn(ROOT) : [];
const NEVER = { quietMs: 1e12, waitMsMax: 1e12, observationsMax: 1e6 };

function unpacked(body: Uint8Array): Uint8Array {
  const [first, second] = body;
  if (first === 0x1f && second === 0x8b) return gunzipSync(body);
  return first === 0x28 && second === 0xb5 ? decompress(body) : body;
}

function requestsOf(file: string): readonly CaptureRequest[] {
  const lines = gunzipSync(readFileSync(file)).toString().split('\n');
  return lines.flatMap((line) => {
    const parsed = line === '' ? undefined : parseCaptureLine(line);
    return parsed === undefined ? [] : [captureRequest(parsed, 'token')];
  });
}

function observationsOf(file: string): readonly Observation[] {
  const reader = new ClientReader();
  return requestsOf(file).flatMap(({ method, path, headers, body }) => {
    if (body === undefined) return [];
    return reader.read({ method, path, headers, body: unpacked(body), receivedAt: 1 }).observations;
  });
}

function concluded(observations: readonly Observation[]): readonly Call[] {
  const join = new CallJoin(NEVER);
  join.add(observations, 1);
  return join.flush();
}

/** All that an event is made of; how often something was seen is left out. */
const told = (calls: readonly Call[]) =>
  calls.map(({ observed: _, ...call }) => JSON.stringify(call)).sort();

function shuffled<T>(list: readonly T[], r: FuzzRandom): readonly T[] {
  const all = [...list, ...list.filter(() => r.chance(0.3))];
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = r.below(at + 1);
    const [one, two] = [all[at], all[other]];
    if (one === undefined || two === undefined) continue;
    all[at] = two;
    all[other] = one;
  }
  return all;
}

describe.skipIf(!isThere)('recordings of real clients', () => {
  it('are there in number', () => {
    expect(captures.length).toBeGreaterThan(150);
  });

  it.each(captures)('$name: the same calls in any order, cut and repeated', ({ file, name }) => {
    const observations = observationsOf(file);
    const wanted = told(concluded(observations));
    const r = new FuzzRandom(name.length);
    for (let round = 0; round < 2; round += 1) {
      expect(told(concluded(shuffled(observations, r)))).toEqual(wanted);
    }
  });

  it.each(captures)('$name: no call is lost where parents never come', ({ file, name }) => {
    const observations = observationsOf(file);
    const parents = new Set(observations.flatMap(({ place }) => place?.parent ?? []));
    const r = new FuzzRandom(name.length);
    const left = observations.filter(
      ({ channel, call, place }) =>
        channel !== 'span' ||
        call !== undefined ||
        !parents.has(place?.span ?? '') ||
        r.chance(0.5),
    );
    const tools = (calls: readonly Call[]) =>
      calls.map(({ tool, args }) => JSON.stringify([tool, args])).sort();
    expect(tools(concluded(left))).toEqual(tools(concluded(observations)));
  });
});
