/**
 * The parsers that read what others wrote, each with what must hold of any input whatever. A parser
 * that throws fails by that alone.
 */
import assert from 'node:assert/strict';
import {
  Catalogue,
  EventAcceptor,
  FormatReader,
  type ReadItem,
  replayKeys,
} from '@waywarden/ingest';
import { parsePolicyFile, parseRegistryFile } from '@waywarden/responder';
import { canonicalJson, decodeCloudEvent } from '@waywarden/schemas';
import { decodeRecord, encodeRecord } from '../../packages/event-log/src/lmdb/record-codec.ts';
import {
  readCloudEvent,
  structuredFrom,
} from '../../services/ingest/src/core/formats/cloud-events.ts';
import { ElementCutter } from '../../services/ingest/src/core/formats/cut-elements.ts';
import {
  type CutBody,
  type Cutter,
  LineCutter,
} from '../../services/ingest/src/core/formats/cut-lines.ts';
import { parseBounded, readPiece } from '../../services/ingest/src/core/formats/read-json.ts';
import {
  anyEvent,
  anyText,
  anyValue,
  chunksOf,
  type FuzzRandom,
  mutated,
  mutatedBytes,
} from './fuzz-input.ts';

import { TELEMETRY_PARSERS } from './fuzz-telemetry.ts';

export interface FuzzParser {
  /** Inputs of the short form, about two seconds of them. */
  readonly cases: number;
  /** Makes one input and holds the parser to its promises; returns the input's size. */
  readonly run: (r: FuzzRandom) => number;
}

const LINE_MAX = 4_096;
const utf8 = (text: string) => new TextEncoder().encode(text);

function cut(cutter: Cutter, chunks: readonly Uint8Array[]): CutBody {
  for (const chunk of chunks) cutter.push(chunk);
  return cutter.end();
}

/** However the network cut the bytes, the pieces are the same. */
function cutBothWays(r: FuzzRandom, bytes: Uint8Array, make: () => Cutter): CutBody {
  const whole = cut(make(), [bytes]);
  assert.deepEqual(cut(make(), chunksOf(r, bytes)), whole);
  return whole;
}

const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

function lines(r: FuzzRandom): number {
  const text = Array.from({ length: r.below(4) }, () => JSON.stringify(anyEvent(r))).join('\n');
  const bytes = mutatedBytes(r, utf8(mutated(r, text)));
  const { pieces } = cutBothWays(r, bytes, () => new LineCutter(LINE_MAX));
  for (const piece of pieces) {
    const item = readPiece(piece);
    assert.ok(item.problem !== undefined || canonicalJson(item.input) !== '');
  }
  return bytes.length;
}

function array(r: FuzzRandom): number {
  const values = Array.from({ length: r.below(4) }, () => anyValue(r));
  const json = JSON.stringify(values, null, r.below(3));
  // As UTF-8 holds it: half a surrogate pair is none of the two parsers' business.
  const text = (r.chance(0.5) ? json : mutated(r, json)).toWellFormed();
  const bytes = utf8(text);
  const body = cutBothWays(r, bytes, () => new ElementCutter(1_000_000));
  let oracle: unknown;
  try {
    // One byte order mark at the start is dropped, which JSON.parse does not do.
    oracle = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    // What is no JSON as a whole must not be taken as one in parts. (A part beyond a limit is set
    // aside as that, without a look at whether it is JSON.)
    const isTaken = body.problem === undefined && body.pieces.length > 0;
    const isWhole = isTaken && body.pieces.every((one) => readPiece(one).problem === undefined);
    assert.ok(!isWhole, 'what is no JSON was taken apart as if it were');
    return bytes.length;
  }
  if (!Array.isArray(oracle)) return bytes.length;
  assert.equal(body.problem, undefined);
  assert.equal(body.pieces.length, oracle.length);
  body.pieces.forEach((one, i) => {
    const item = readPiece(one);
    if (item.problem === undefined) assert.deepEqual(plain(item.input), plain(oracle[i]));
  });
  return bytes.length;
}

const CE = { specversion: '1.0', id: '1', source: '/a', type: 't' };

function cloudEvent(r: FuzzRandom): number {
  const event: Record<string, unknown> = { ...CE, data: anyEvent(r) };
  for (let i = r.below(4); i > 0; i--) {
    event[r.pick([...Object.keys(CE), 'data', 'data_base64', 'time', 'ext', anyText(r)])] =
      anyValue(r);
  }
  const text = mutated(r, JSON.stringify(event));
  const parsed = parseBounded(text);
  const item: ReadItem = parsed.ok
    ? { input: parsed.value, line: 1, bytes: text }
    : { input: undefined, line: 1, bytes: text, problem: parsed.problem };
  readCloudEvent(item);
  structuredFrom(
    {
      'ce-specversion': '1.0',
      'ce-id': anyText(r),
      'ce-source': anyText(r),
      [`ce-${anyText(r)}`]: anyText(r),
    },
    item,
  );
  decodeCloudEvent({ 'content-type': 'application/cloudevents+json' }, utf8(text));
  return text.length;
}

const acceptor = () =>
  new EventAcceptor({
    tenant: 'acme',
    source: { kind: 'sdk', instance: 's' },
    assurance: 'asserted',
    trustFields: true,
    keys: replayKeys(),
    catalogue: new Catalogue({ version: 'v', shipped: [], operator: [], organisation: [] }),
    now: () => '2026-11-24T09:00:00Z',
  });
const shared = acceptor();

/** Whatever the event: it is taken or set aside for a reason of its own, never for one of ours. */
function accept(r: FuzzRandom): number {
  const text = r.chance(0.7)
    ? JSON.stringify(anyEvent(r))
    : mutated(r, JSON.stringify(anyEvent(r)));
  const bytes = utf8(text);
  const batch = shared.accept([readPiece({ line: 1, bytes, size: bytes.length })]);
  assert.equal(batch.accepted + batch.duplicates + batch.deadLettered, 1);
  assert.notEqual(batch.errors[0]?.code, 'not_derivable');
  return bytes.length;
}

function format(
  name: 'events' | 'trajectories' | 'multi-agent',
  line: (r: FuzzRandom) => unknown,
): FuzzParser['run'] {
  return (r) => {
    const text = mutated(r, JSON.stringify(line(r)));
    const items = new FormatReader(name).read(text, 1);
    const batch = acceptorOf(name).accept(items);
    assert.equal(batch.accepted + batch.duplicates + batch.deadLettered, items.length);
    assert.ok(batch.errors.every(({ code }) => code !== 'not_derivable'));
    return text.length;
  };
}
const acceptors = new Map<string, EventAcceptor>();
function acceptorOf(name: string): EventAcceptor {
  const known = acceptors.get(name) ?? acceptor();
  acceptors.set(name, known);
  return known;
}

const trajectory = (r: FuzzRandom) => ({
  trace_id: `t-${r.below(9)}`,
  agent: 'a',
  user_task: anyText(r),
  calls: Array.from({ length: r.below(3) }, () => ({
    tool: 'x',
    args: anyValue(r),
    result: anyValue(r),
  })),
});
const multiAgent = (r: FuzzRandom) => ({
  trace_id: `t-${r.below(9)}`,
  step: r.below(9),
  agent_id: 'a',
  parent_agent_id: anyValue(r),
  tool: r.pick(['delegate', 'x']),
  ts: r.pick(['2026-01-01 00:00:00', anyText(r)]),
  args: anyValue(r),
});

const REGISTRY = `version: 1
agents:
  - uid: spiffe://acme.example/agent/a
    class: assistive
    grants: [read:internal, "read:*"]
    owner: { person: ana@acme.example, team: support }
    monitoring: { sources: [gateway-1], heartbeat_s: 60 }
tools: [{ match: { server: mail, tool: send_email }, capabilities: [{ symbol: send:external }], effect: send }]
`;
const POLICY = `version: 1
limits: { subjects: 10, fleet_share: 0.05, window: 10m }
combinations:
  - id: secret-to-egress
    severity: critical
    steps: [{ id: read, any: [read:secret] }, { id: send, any: [send:external], after: [read] }]
    within: 24h
rules:
  - id: r
    when: { kind: [hijack_suspected], severity_min: high }
    mode: shadow
    actions: [{ action: revoke_token, level: task }]
`;

function yaml(text: string, parse: (text: string) => { readonly ok: boolean }): FuzzParser['run'] {
  return (r) => {
    const changed = mutated(r, text);
    assert.equal(typeof parse(changed).ok, 'boolean');
    return changed.length;
  };
}

const PLACE = { topicId: 1, partition: 2, offset: 3 };

function recordCodec(r: FuzzRandom): number {
  const body = {
    key: r.chance(0.2) ? null : anyText(r).toWellFormed(),
    value: r.chance(0.2) ? null : utf8(anyText(r)),
    headers: Object.fromEntries(
      Array.from({ length: r.below(5) }, () => [
        anyText(r).toWellFormed(),
        anyText(r).toWellFormed(),
      ]),
    ),
  };
  const bytes = encodeRecord(body, PLACE);
  const back = decodeRecord(bytes, PLACE);
  assert.deepEqual(
    { ...back, value: back?.value && [...back.value] },
    { ...body, value: body.value && [...body.value] },
  );
  const damaged = Buffer.from(mutatedBytes(r, bytes));
  if (!damaged.equals(bytes)) assert.equal(decodeRecord(damaged, PLACE), undefined);
  assert.equal(decodeRecord(bytes, { ...PLACE, offset: 4 }), undefined);
  return bytes.length;
}

export const FUZZ_PARSERS: Readonly<Record<string, FuzzParser>> = {
  lines: { cases: 6_000, run: lines },
  array: { cases: 12_000, run: array },
  'cloud-events': { cases: 8_000, run: cloudEvent },
  acceptor: { cases: 3_000, run: accept },
  'format-events': { cases: 3_000, run: format('events', anyEvent) },
  'format-trajectories': { cases: 3_000, run: format('trajectories', trajectory) },
  'format-multi-agent': { cases: 3_000, run: format('multi-agent', multiAgent) },
  registry: { cases: 1_000, run: yaml(REGISTRY, parseRegistryFile) },
  policy: { cases: 1_000, run: yaml(POLICY, parsePolicyFile) },
  'record-codec': { cases: 10_000, run: recordCodec },
  ...TELEMETRY_PARSERS,
};
