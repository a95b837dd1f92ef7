/**
 * Appends to the embedded log until it is killed, and prints each record's number once the log has
 * acknowledged it. Runs from source (`tsx`), as a child of test/contract/event-log-lmdb.test.ts.
 */
import { openLmdbLog } from '@waywarden/event-log/lmdb';

const [path = '', topic = ''] = process.argv.slice(2);
const log = await openLmdbLog({ path });
await log.createTopics([{ name: topic, partitions: 1 }]);
for (let n = 0; ; n += 1) {
  await log.append([{ topic, partition: 0, key: null, value: Buffer.from(`${n}`), headers: {} }]);
  process.stdout.write(`${n}\n`);
}
