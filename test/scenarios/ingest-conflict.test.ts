/**
 * One event id, two bodies, the second longer ago than ingest remembers: the profile stage sees that
 * they differ. The first stands, the second is a dead letter with the reason that ingest itself gives.
 */
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDetector } from '@waywarden/detector';
import type { EventLog } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { EventAcceptor, listLetters, loadCatalogue, replayKeys } from '@waywarden/ingest';
import { TOPICS } from '@waywarden/schemas';
import { afterEach, beforeEach, expect, it } from 'vitest';

const NOW = '2026-11-24T09:00:00Z';
let folder = '';
let log: EventLog;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ww-conflict-'));
  log = await openLmdbLog({ path: join(folder, 'log'), durable: false });
  await log.createTopics(Object.values(TOPICS).map(({ name }) => ({ name, partitions: 1 })));
});
afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Each time by an acceptor that remembers nothing of the others. */
async function sent(native: string, outcome: string): Promise<string> {
  const acceptor = new EventAcceptor({
    tenant: 'acme',
    source: { kind: 'gateway', instance: 'gw' },
    assurance: 'asserted',
    trustFields: false,
    keys: replayKeys(),
    catalogue: loadCatalogue(),
    now: () => NOW,
  });
  const input = {
    native_id: native,
    event_time: NOW,
    activity: 'tool_call',
    agent: { uid: 'agent/a' },
    tool: { name: 'read_mail' },
    outcome,
  };
  const batch = acceptor.accept([{ line: 1, input, bytes: JSON.stringify(input) }]);
  await log.append(batch.records);
  return batch.ids[0]?.event_id ?? '';
}

async function decided(): Promise<void> {
  const macKey = { id: 'k', secret: createSecretKey(new Uint8Array(32)) };
  const detector = startDetector({
    log,
    stateDir: join(folder, 'state'),
    macKey,
    trustedKeys: new Map(),
    wallClock: () => NOW,
  });
  const running = detector.run();
  const topic = TOPICS.auditEvents.name;
  await detector.profile.caughtUp(topic, await log.endOffsets(topic));
  await detector.stop();
  await running;
}

it('sets the second body aside, once, and says whose it is and where it lies', async () => {
  const id = await sent('n-1', 'success');
  expect(await sent('n-1', 'success')).toBe(id);
  expect(await sent('n-1', 'denied')).toBe(id);
  await sent('n-2', 'success');
  await decided();
  const { letters } = await listLetters(log, { limit: 10, order: 'log' });
  expect(letters).toEqual([
    expect.objectContaining({
      reason: 'id_conflict',
      state: 'not_redrivable',
      tenant: 'acme',
      source: 'gateway/gw',
      detail: expect.stringMatching(
        new RegExp(`${id} was received before .* waywarden.audit.events.v1/.*/0/2$`),
      ),
    }),
  ]);
  const steps = await log.read(TOPICS.privilegeSteps.name, 0, 0, 10);
  expect(steps).toHaveLength(2);
});
