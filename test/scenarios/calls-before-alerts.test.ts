/**
 * Calls and alerts reach the responder side by side: whoever else uses a key must be known before an
 * alert about one of them is decided, also where its calls are read last, as after a restart.
 */
import type { EventLog } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { anAlert } from '../../services/responder/src/testing/response-fixtures.ts';
import { ContainmentWorld, contentOf } from './containment-world.ts';

const { alerts: ALERTS, auditEvents: CALLS, responseJournal: JOURNAL } = TOPICS;

let world: ContainmentWorld;

beforeEach(async () => {
  world = await ContainmentWorld.open();
});
afterEach(async () => {
  await world.close();
});

/**
 * The same log for a responder that is given calls only after an alert: when the alert stands in the
 * journal, or when it is asked how far calls go, which is to wait for them.
 */
function callsLast(log: EventLog): EventLog {
  let isAlertGiven = false;
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    createTopics: (specs) => log.createTopics(specs),
    describe: (topic) => log.describe(topic),
    startOffsets: (topic) => log.startOffsets(topic),
    read: (...of) => log.read(...of),
    close: () => log.close(),
    endOffsets: async (topic) => {
      const ends = await log.endOffsets(topic);
      if (isAlertGiven && topic === CALLS.name) release();
      return ends;
    },
    append: async (records) => {
      await log.append(records);
      if (isAlertGiven && records.some(({ topic }) => topic === JOURNAL.name)) release();
    },
    reader: (options) => {
      const reader = log.reader(options);
      return {
        stop: () => {
          release();
          return reader.stop();
        },
        run: (handle) =>
          reader.run(async (batch) => {
            if (batch.topic === ALERTS.name) isAlertGiven = true;
            const isWatch = options.topics.length === 1 && batch.topic === CALLS.name;
            if (isWatch && options.group === 'responder-watch') await released;
            return handle(batch);
          }),
      };
    },
  };
}

test('a key that another job uses is not taken by an alert that is read before its calls', async () => {
  const actions = [{ action: 'revoke_credential', level: 'credential' }];
  await world.publish([{ id: 'gateway' }], { actions });
  await world.start();
  await world.settle();
  await world.stop();
  const credential = { uid: 'key-of-two', type: 'api_key' } as const;
  await world.event('agent-night', 0, { credential });
  await world.event('agent-a', 1000, { credential });
  const subject = { agent_uid: 'agent-a', task_id: 'task-a', credential_uid: 'key-of-two' };
  await world.alert(anAlert('a', { subject }));
  await world.start({ log: callsLast(world.log) });
  await world.settle();
  expect(await world.commands()).toEqual([]);
  const [decision, ...more] = await world.decisions();
  expect(decision?.withheld_reasons).toContain('bystanders_affected');
  expect(more).toEqual([]);
  const kinds = (await world.all(JOURNAL.name)).map((one) => contentOf<{ kind: string }>(one).kind);
  expect(kinds.lastIndexOf('lineage')).toBeLessThan(kinds.indexOf('alert'));
});
