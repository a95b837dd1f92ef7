/**
 * Everything: the pipeline of `replay` and `up` (ingest, log, detector, responder, archiver,
 * ClickHouse) in a folder of its own. What is timed begins with the first line and ends when every
 * call is decided and stands in the store; starting the services is not part of it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventAcceptor, FormatReader } from '@waywarden/ingest';
import { epochMs } from '@waywarden/schemas';
import { dataPaths } from '@waywarden/waywarden/runtime/data-folder';
import { openPipeline, type Pipeline } from '@waywarden/waywarden/runtime/pipeline';
import { loadPolicy } from '@waywarden/waywarden/runtime/rule-files';
import { sampleUsage, type Usage } from './child-usage.ts';
import { benchAcceptor } from './core-rounds.ts';
import { type Cost, costOf } from './cost.ts';

const BATCH_EVENTS = 1000;
/** As in a replay: how far log time moves between two watermarks. */
const WATERMARK_EVERY_MS = 600_000;

export interface WholeRun {
  readonly cost: Cost;
  readonly usage: Usage;
  readonly accepted: number;
}

async function feed(
  pipeline: Pipeline,
  acceptor: EventAcceptor,
  lines: readonly string[],
): Promise<number> {
  const reader = new FormatReader('events');
  let accepted = 0;
  let latest = '';
  let sequencedMs = Number.NEGATIVE_INFINITY;
  for (let from = 0; from < lines.length; from += BATCH_EVENTS) {
    const items = lines
      .slice(from, from + BATCH_EVENTS)
      .flatMap((line, at) => reader.read(line, from + at + 1));
    const batch = acceptor.accept(items);
    accepted += batch.accepted;
    if (batch.records.length > 0) await pipeline.log.append(batch.records);
    for (const event of batch.events) if (event.event_time > latest) latest = event.event_time;
    if (latest !== '' && epochMs(latest) - sequencedMs >= WATERMARK_EVERY_MS) {
      sequencedMs = epochMs(latest);
      await pipeline.sequencer.advance(latest);
    }
  }
  if (latest !== '') await pipeline.sequencer.advance(latest);
  return accepted;
}

export async function runWhole(lines: readonly string[]): Promise<WholeRun> {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-bench-'));
  const pipeline = await openPipeline({
    paths: dataPaths(folder),
    command: 'bench',
    partitions: 1,
    journal: 'replay',
  });
  try {
    await pipeline.publish('default', undefined, loadPolicy(undefined));
    // Reading the tool catalogue is a part of starting.
    const acceptor = benchAcceptor();
    let accepted = 0;
    const stop = sampleUsage();
    const cost = await costOf(async () => {
      accepted = await feed(pipeline, acceptor, lines);
      await pipeline.settle();
    });
    return { cost, usage: stop(), accepted };
  } finally {
    await pipeline.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
