/** A record's value as JSON, as it was made or as it is read: what stages do unless told otherwise. */
import type { LogRecord } from '@waywarden/event-log';

/** Either the parsed value or why the record can't be used. */
export type Parsed = { readonly value: unknown } | { readonly refused: string };

/** The log hands over views of a Buffer: decoded where they lie, faster than by a TextDecoder. */
function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('utf8');
}

export function parseJson(record: LogRecord): Parsed {
  if (record.value === null) return { refused: 'value_missing' };
  if (record.decoded !== undefined) return { value: record.decoded };
  try {
    return { value: JSON.parse(textOf(record.value)) };
  } catch {
    return { refused: 'json_malformed' };
  }
}
