/**
 * Every line of the real data goes through ingest: nothing is dead-lettered, every event is valid by
 * the contract, and the catalogue knows every tool that a lethal trifecta could be made of.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import {
  EventAcceptor,
  type Format,
  FormatReader,
  loadCatalogue,
  replayKeys,
} from '@waywarden/ingest';
import { type AuditEvent, validateAuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';

const DATA = fileURLToPath(new URL('../../../shared/data', import.meta.url));
const FILES: readonly (readonly [name: string, format: Format, calls: number])[] = [
  ['agentdojo/trajectories', 'trajectories', 21_053],
  ['multi_agent/safeagents', 'multi-agent', 1_578],
  ['multi_agent/who_and_when', 'multi-agent', 1_289],
  ['benign/tau_bench_airline', 'multi-agent', 549],
];

const isPresent = existsSync(DATA);
if (!isPresent) {
  console.warn(`SKIPPED: ${FILES.length} tests need ${DATA}, which is absent on this machine.`);
}

function lines(name: string): readonly string[] {
  return gunzipSync(readFileSync(`${DATA}/${name}.ndjson.gz`))
    .toString('utf8')
    .split('\n');
}

function acceptorFor(format: Format): EventAcceptor {
  return new EventAcceptor({
    tenant: 'acme',
    source: { kind: 'replay', instance: format },
    assurance: 'asserted',
    trustFields: false,
    keys: replayKeys(),
    catalogue: loadCatalogue(),
    now: (input) => input.event_time,
  });
}

const CHECKED_EVERY = 7;
/** Tools of a file whose names say nothing of what they do. */
const UNKNOWN_TOOLS_MAX = 2;

describe.skipIf(!isPresent)('ingest over real data', () => {
  it.each(FILES)(
    'takes every call of %s',
    (name, format, calls) => {
      const [acceptor, reader] = [acceptorFor(format), new FormatReader(format)];
      const unknown = new Set<string>();
      const seen = { accepted: 0, duplicates: 0, deadLettered: 0, ids: new Set<string>() };
      const check = (event: AuditEvent) => {
        seen.ids.add(event.event_id);
        if (event.effect === 'unknown') unknown.add(event.tool?.name ?? event.activity);
        if (seen.ids.size % CHECKED_EVERY !== 0) return;
        expect(validateAuditEvent(event), event.native_id).toBe(true);
      };
      for (const [index, text] of lines(name).entries()) {
        const batch = acceptor.accept(reader.read(text, index + 1));
        expect(batch.errors).toEqual([]);
        seen.accepted += batch.accepted;
        seen.duplicates += batch.duplicates;
        seen.deadLettered += batch.deadLettered;
        for (const event of batch.events) check(event);
      }
      expect(seen).toMatchObject({ accepted: calls, duplicates: 0, deadLettered: 0 });
      expect(seen.ids.size).toBe(calls);
      expect(unknown.size).toBeLessThanOrEqual(UNKNOWN_TOOLS_MAX);
    },
    240_000,
  );
});
