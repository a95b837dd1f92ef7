/** The parts without log and store: reading, deriving, deciding, each by itself on the same calls. */
import { decideProfile } from '@waywarden/detector';
import { type EventAcceptor, FormatReader, type ReadItem } from '@waywarden/ingest';
import type { AuditEvent } from '@waywarden/schemas';
import { MemoryTransaction } from '@waywarden/stage';
import { fileAcceptor } from '@waywarden/waywarden/input/input-options';

export function benchAcceptor(): EventAcceptor {
  return fileAcceptor(
    { tenant: 'default', format: 'events', assurance: 'authenticated' },
    undefined,
  );
}

export function readItems(lines: readonly string[]): readonly ReadItem[] {
  const reader = new FormatReader('events');
  return lines.flatMap((line, at) => reader.read(line, at + 1));
}

/** A fresh acceptor each time, so that no round finds what the one before it remembered. */
export function deriveAll(items: readonly ReadItem[]): readonly Uint8Array[] {
  const acceptor = benchAcceptor();
  const records: Uint8Array[] = [];
  for (let from = 0; from < items.length; from += 1000) {
    for (const { value } of acceptor.accept(items.slice(from, from + 1000)).records) {
      if (value !== null) records.push(value);
    }
  }
  return records;
}

export function parseAll(values: readonly Uint8Array[]): readonly AuditEvent[] {
  return values.map((value) => JSON.parse(Buffer.from(value).toString('utf8')) as AuditEvent);
}

/** The profile stage's decision over memory; returns how many outputs it made. */
export function decideAll(events: readonly AuditEvent[]): number {
  const transaction = new MemoryTransaction();
  let outputs = 0;
  events.forEach((value, offset) => {
    outputs += decideProfile(transaction, {
      topic: 'bench',
      partition: 0,
      offset,
      key: null,
      type: 'event',
      value,
      source: 'bench',
    }).length;
  });
  return outputs;
}
