/**
 * Receivers as their owners run them, several in one process: each follows its commands, does what it
 * is told to (apply, apply a part, know none of the actions, lie, try at another's door), and notes what it carried out in a
 * file that outlives a kill. In a test's own process, or as a child: `node receivers.mjs CONFIG`.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  FileStateStore,
  factsOfTarget,
  HttpSource,
  RevocationConsumer,
} from '@waywarden/revocation-consumer';
import { kafkaOptions, LogSource, openKafkaLog } from '@waywarden/revocation-consumer/kafka';
import {
  activeSigningKey,
  loadKeyFile,
  loadOrCreateKeyFile,
  signingKeyRing,
} from '@waywarden/schemas';

const REFUSING = ['require_step_up', 'quarantine_origin', 'revoke_token', 'disable_agent'];

export function receiverKey(folder, id) {
  return loadOrCreateKeyFile(join(folder, `${id}.json`), {
    service: id,
    uses: ['sign'],
    createdAt: new Date().toISOString(),
  });
}

async function sourceOf(config, receiver, signingKey) {
  const { tenant: tenantId, url, kafka } = config;
  // Over Kafka those who give out credentials still take theirs over HTTP: both ways are used.
  if (kafka === undefined || receiver.does === 'issue') {
    return {
      source: new HttpSource({ url, receiver: receiver.id, tenantId, signingKey, waitSeconds: 5 }),
    };
  }
  const log = await openKafkaLog(kafkaOptions(kafka.settings, `receiver-${receiver.id}`));
  const commandKeys = signingKeyRing(loadKeyFile(kafka.responderKey));
  return { source: new LogSource(log), commandKeys };
}

/** A call as the subject would make it, at the door of another receiver. */
function probeAt(door, { target }) {
  if (door === undefined) return { outcome: 'unable', method: 'call' };
  const isOpen = door.does === 'lie' || door.consumer.judge(factsOfTarget(target)).allowed;
  return { outcome: isOpen ? 'open' : 'refused', method: 'call' };
}

async function start(config, receiver, doors) {
  const { id, does, of } = receiver;
  const signingKey = activeSigningKey(receiverKey(config.keys, id));
  const supports = {
    issue: [...REFUSING, 'block_issuance'],
    nothing: [],
    probe: [],
  };
  const consumer = new RevocationConsumer({
    ...(await sourceOf(config, receiver, signingKey)),
    store: new FileStateStore(join(config.folder, `${id}.state.json`)),
    receiver: id,
    tenantId: config.tenant,
    signingKey,
    supports: supports[does] ?? REFUSING,
    ...(does === 'probe' ? { probe: async (asked) => probeAt(doors.get(of), asked) } : {}),
    ...(does === 'half' ? { apply: async () => ({ state: 'partial' }) } : {}),
    onApplied: ({ command_id, action }, { state }) =>
      appendFileSync(
        join(config.folder, `${id}.done`),
        `${JSON.stringify({ command_id, action, state })}\n`,
      ),
    onError: config.onError ?? (() => undefined),
  });
  doors.set(id, { does, consumer });
  consumer.start();
  return consumer;
}

export async function startReceivers(config) {
  const doors = new Map();
  const all = await Promise.all(config.receivers.map((one) => start(config, one, doors)));
  return { stop: () => Promise.all(all.map((one) => one.stop())) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await startReceivers(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
  process.stdout.write('ready\n');
}
