/**
 * Appends to the embedded log until the disk takes no more, then once more, and closes the log; prints
 * what became of each. Runs from source (`tsx`), as a child of test/contract/event-log-lmdb.test.ts.
 */
import { openLmdbLog } from '@waywarden/event-log/lmdb';

const LARGE = Buffer.alloc(256 * 1024);
const [path = '', topic = ''] = process.argv.slice(2);
const log = await openLmdbLog({ path });
await log.createTopics([{ name: topic, partitions: 1 }]);
const append = () =>
  log.append([{ topic, partition: 0, key: null, value: LARGE, headers: {} }]).then(
    () => 'taken',
    ({ code, message }) => `${code}: ${message}`,
  );
let taken = 0;
let outcome = await append();
for (; outcome === 'taken'; outcome = await append()) taken += 1;
console.log(JSON.stringify({ taken, first: outcome, second: await append() }));
await log.close();
console.log('closed');
