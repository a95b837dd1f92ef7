/**
 * Records of a topic out of a data folder: read from its log, or asked of the owner that runs, beside whom no log
 * is read.
 */
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { LogRecord } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { z } from 'zod';
import { UsageError } from '../input/command-output.ts';
import { askOwner, controlHeader, ownerRefusal } from '../owner/ask-owner.ts';
import { dataPaths, type Owner, ownerOf } from '../runtime/data-folder.ts';
import { scanTopic } from '../runtime/scan-topic.ts';

export type RecordedRecord = Pick<LogRecord, 'topic' | 'key' | 'value' | 'headers'>;

export interface RecordedHistory {
  /** In the log's order, up to where the topic ended when it was asked. */
  records(topic: string): AsyncIterable<RecordedRecord>;
}

const line = z.union([
  z.object({
    key: z.string().nullable(),
    value: z.string().nullable(),
    headers: z.record(z.string(), z.string()),
  }),
  z.object({ end: z.literal(true) }),
  z.object({ failed: z.string() }),
]);
const ENCODER = new TextEncoder();

async function* askForRecords(
  url: string,
  owner: Owner,
  topic: string,
): AsyncGenerator<RecordedRecord> {
  const at = `${url}/v1/log/${topic}`;
  const response = await askOwner(at, { headers: controlHeader(url, owner) });
  if (!response.ok || response.body === null) throw await ownerRefusal(at, response);
  for await (const text of createInterface({ input: Readable.fromWeb(response.body) })) {
    const parsed = line.parse(JSON.parse(text));
    if ('end' in parsed) return;
    if ('failed' in parsed) throw new UsageError(`${at} could not be read: ${parsed.failed}`);
    const { key, value, headers } = parsed;
    yield { topic, key, value: value === null ? null : ENCODER.encode(value), headers };
  }
  throw new UsageError(`${at} ended before it had told everything. Does "waywarden up" still run?`);
}

/** UsageError where there is no folder, or where whoever has it answers nothing. */
export async function withRecordedHistory<T>(
  folder: string,
  use: (history: RecordedHistory) => Promise<T>,
): Promise<T> {
  const paths = dataPaths(folder);
  if (!existsSync(paths.log)) {
    throw new UsageError(`${paths.root}: no data folder; name one that up or replay wrote.`);
  }
  const owner = ownerOf(paths);
  if (owner !== undefined && owner.pid !== process.pid) {
    const { url } = owner;
    if (url !== null) return use({ records: (topic) => askForRecords(url, owner, topic) });
    throw new UsageError(
      `${paths.root} is in use by "waywarden ${owner.command}" (process ${owner.pid}), which answers no questions. Wait until it has ended, or name files with --events.`,
    );
  }
  const log = await openLmdbLog({ path: paths.log, readOnly: true });
  try {
    return await use({ records: (topic) => scanTopic(log, topic) });
  } finally {
    await log.close();
  }
}
