/**
 * Whether two records of one id say the same. `observed_time` is set anew by ingest each time that
 * a client repeats itself, so it alone may differ.
 */
import type { LogRecord } from '@waywarden/event-log';

const SET_BY_INGEST = ['observed_time'];

function content(record: LogRecord): string {
  const text = Buffer.from(record.value ?? []).toString('utf8');
  try {
    return JSON.stringify(JSON.parse(text), (key, value: unknown) =>
      SET_BY_INGEST.includes(key) ? undefined : value,
    );
  } catch {
    // No JSON: then the bytes are what it says.
    return text;
  }
}

export function sameContent(a: LogRecord, b: LogRecord): boolean {
  return content(a) === content(b);
}
