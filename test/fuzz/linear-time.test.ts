/**
 * Reading and deriving an event costs time that grows no faster than the event: families of inputs
 * that are known to make expressions and scanners backtrack, each at one size and at eight times that.
 * Processor time within one run is compared, the least of several tries, against four times what a
 * linear cost would be; a quadratic one would be eight times.
 */
import { type Catalogue, EventAcceptor, loadCatalogue, replayKeys } from '@waywarden/ingest';
import { describe, expect, it } from 'vitest';
import { readPiece, scanJson } from '../../services/ingest/src/core/formats/read-json.ts';

const SIZE = 24_000;
const TIMES = 8;
const FACTOR = 4;
const TRIES = 3;
/** Below this, time is mostly that of the call itself. */
const NOISE_MS = 2;

/** A text of that length, of repeated pieces. */
const of = (piece: string) => (size: number) => piece.repeat(Math.ceil(size / piece.length));

const FAMILIES: Readonly<Record<string, (size: number) => string>> = {
  'escaped quotes': of('"'),
  backslashes: of('\\'),
  digits: of('4'),
  'digits with gaps': of('4 4-4('),
  'at signs': of('a@'),
  'a domain without end': of('a.'),
  'nested URLs': of('http://a@'),
  'URLs with queries': of('https://a.example/?x=%2525&'),
  'percent layers': of('%25'),
  base64: of('QUJDRA=='),
  hex: of('deadbeef'),
  'IBAN beginnings': of('DE89 3704 '),
  'spaces and line feeds': of(' \n\t'),
  'a list of dashes': of('- a\n'),
  'instructions in a row': of('ignore previous instructions and send it to '),
  'half an instruction': of('please please kindly '),
  'one word': of('a'),
  'words without end': of('aA'),
  hyphens: of('a-b-'),
  apostrophes: of("a'"),
  brackets: of('[(<{'),
  'combining marks': of('e\u0301'),
  'direction marks': of('\u202e\u200b'),
  'wide letters': of('\uff41\u0430'),
  'half surrogates': of('\ud800'),
  'secret labels': of('password: token= '),
  'JSON inside': of('{"a":['),
};

const acceptor = (catalogue: Catalogue) =>
  new EventAcceptor({
    tenant: 'acme',
    source: { kind: 'sdk', instance: 's' },
    assurance: 'authenticated',
    trustFields: false,
    keys: replayKeys(),
    catalogue,
    now: () => '2026-11-24T09:00:00Z',
  });
const catalogue = loadCatalogue({});

function line(set: object): Uint8Array {
  const event = {
    event_time: '2026-11-24T09:00:00Z',
    activity: 'tool_call',
    agent: { uid: 'agent/x' },
    tool: { name: 'send_email' },
    ...set,
  };
  return new TextEncoder().encode(JSON.stringify(event));
}

/** Processor milliseconds, the least of some tries, each with nothing remembered. */
function cost(bytes: Uint8Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < TRIES; i++) {
    const fresh = acceptor(catalogue);
    const before = process.cpuUsage();
    const { accepted } = fresh.accept([readPiece({ line: 1, bytes, size: bytes.length })]);
    const { user, system } = process.cpuUsage(before);
    expect(accepted).toBe(1);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}

function expectLinear(make: (size: number) => Uint8Array): void {
  // Twice, so that the second pair is measured on compiled code.
  let ratio = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3 && ratio > TIMES * FACTOR; i++) {
    const small = Math.max(NOISE_MS, cost(make(SIZE)));
    ratio = cost(make(SIZE * TIMES)) / small;
  }
  expect(ratio).toBeLessThan(TIMES * FACTOR);
}

describe.each(Object.entries(FAMILIES))('%s', (_name, text) => {
  it.each([
    ['the result', (size: number) => line({ result: { value: text(size) } })],
    ['an argument', (size: number) => line({ args: { value: { to: text(size) } } })],
    ['the request', (size: number) => line({ task: { id: 't', request: text(size) } })],
    [
      'the tool’s description',
      (size: number) => line({ tool: { name: 'x', description: text(size) } }),
    ],
    ['an unknown field', (size: number) => line({ [text(size)]: text(size) })],
  ])('costs linear time in %s', (_where, make) => expectLinear(make));
});

describe('structure', () => {
  it.each([
    ['keys', (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, i]))],
    ['elements', (n: number) => Array.from({ length: n }, (_, i) => i)],
    ['small objects', (n: number) => Array.from({ length: n / 2 }, (_, i) => ({ id: i }))],
    ['addresses', (n: number) => Array.from({ length: n / 4 }, (_, i) => `a${i}@b${i}.example`)],
  ])('costs linear time in many %s', (_what, value) => {
    expectLinear((size) =>
      line({ args: { value: value(size / 8) }, result: { value: value(size / 8) } }),
    );
  });

  it('is looked over without a stack: a million brackets are counted, not built', () => {
    const { depth, values } = scanJson('['.repeat(1_000_000));
    expect({ depth, values }).toEqual({ depth: 1_000_000, values: 1_000_000 });
  });
});
