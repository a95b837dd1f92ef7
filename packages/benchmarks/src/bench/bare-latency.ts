/** What a bare log takes to hand a batch from its writer to its reader, at a steady rate. */
import { setTimeout as wait } from 'node:timers/promises';
import type { AppendRecord } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { OpenLoop } from './open-loop.ts';

const TOPIC = 'bench.bare';

export interface BareLoad {
  /** Appended together, again and again. */
  readonly records: readonly AppendRecord[];
  readonly everyMs: number;
  readonly seconds: number;
  readonly partitions: number;
}

/** Milliseconds from when the append was due until the last record of the batch was read, by batch. */
export async function bareLatencies(path: string, load: BareLoad): Promise<readonly number[]> {
  const log = await openLmdbLog({ path });
  await log.createTopics([{ name: TOPIC, partitions: load.partitions }]);
  const records = load.records.map((one) => ({ ...one, topic: TOPIC }));
  const sentAt: number[] = [];
  const readAt: number[] = [];
  let read = 0;
  const reader = log.reader({ group: 'bare', topics: [TOPIC], startAt: () => 0 });
  const running = reader.run(async (batch) => {
    read += batch.records.length;
    const at = performance.now();
    while ((readAt.length + 1) * records.length <= read) readAt.push(at);
  });
  const senders = new OpenLoop();
  const ticks = Math.round((load.seconds * 1000) / load.everyMs);
  const began = performance.now();
  for (let tick = 0; tick < ticks; tick++) {
    const late = performance.now() - began - tick * load.everyMs;
    if (late < 0) await wait(-late);
    sentAt.push(began + tick * load.everyMs);
    await senders.send(() => log.append(records));
  }
  await senders.drain();
  while (readAt.length < ticks) await wait(load.everyMs);
  await reader.stop();
  await running;
  await log.close();
  return sentAt.map((at, tick) => (readAt[tick] ?? at) - at);
}
