/**
 * An ingest of its own process, for the overload test: its memory is then its own, and it can be
 * killed. Takes a folder; prints one line of JSON with its URL; ends when standard input does.
 */
import { join } from 'node:path';
import { argv, stdin, stdout } from 'node:process';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { startIngest } from '@waywarden/ingest';
import { loadOrCreateKeyFile, TOPICS } from '@waywarden/schemas';
import { pino } from 'pino';

const folder = argv[2] ?? '';
const log = await openLmdbLog({ path: join(folder, 'log') });
await log.createTopics([
  { name: TOPICS.auditEvents.name, partitions: 2 },
  { name: TOPICS.auditDeadletter.name, partitions: 1 },
]);
const ingest = await startIngest({
  log,
  keyFile: loadOrCreateKeyFile(join(folder, 'ingest.json'), {
    service: 'ingest',
    uses: ['fingerprint'],
    createdAt: new Date().toISOString(),
  }),
  tokensPath: join(folder, 'tokens.json'),
  logger: pino({ level: 'error' }, pino.destination(2)),
});
stdout.write(`${JSON.stringify({ url: ingest.url })}\n`);
stdin.resume();
stdin.once('end', () => {
  ingest
    .close()
    .then(() => log.close())
    .catch(() => {
      process.exitCode = 1;
    });
});
