/**
 * Calls, rules and alerts reach the responder side by side: whoever else uses a key, and who may not be
 * touched, must be known before an alert is decided, also where that is read last, as after a restart;
 * and alerts may not run far ahead of the decisions, or a pause comes when all is done.
 */
import type { EventLog } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { anAlert } from '../../services/responder/src/testing/response-fixtures.ts';
import { ContainmentWorld, contentOf } from './containment-world.ts';

const { alerts: ALERTS, auditEvents: CALLS, registry: RULES, responseJournal: JOURNAL } = TOPICS;

let world: ContainmentWorld;

beforeEach(async () => {
  world = await ContainmentWorld.open();
});
afterEach(async () => {
  await world.close();
});

/** What no test here changes. */
function plain(log: EventLog): Omit<EventLog, 'append' | 'reader'> {
  return {
    createTopics: (specs) => log.createTopics(specs),
    describe: (topic) => log.describe(topic),
    startOffsets: (topic) => log.startOffsets(topic),
    endOffsets: (topic) => log.endOffsets(topic),
    read: (...of) => log.read(...of),
    close: () => log.close(),
  };
}

/**
 * The same log for a responder that is given `late` only after an alert: when the alert stands in the
 * journal, or when it is asked how far `late` goes, which is to wait for it.
 */
function givenLast(log: EventLog, late: string, group: string): EventLog {
  let isAlertGiven = false;
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    ...plain(log),
    endOffsets: async (topic) => {
      const ends = await log.endOffsets(topic);
      if (isAlertGiven && topic === late) release();
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
            if (batch.topic === late && options.group === group) await released;
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
  await world.start({ log: givenLast(world.log, CALLS.name, 'responder-watch') });
  await world.settle();
  expect(await world.commands()).toEqual([]);
  const [decision, ...more] = await world.decisions();
  expect(decision?.withheld_reasons).toContain('bystanders_affected');
  expect(more).toEqual([]);
  const kinds = (await world.all(JOURNAL.name)).map((one) => contentOf<{ kind: string }>(one).kind);
  expect(kinds.lastIndexOf('lineage')).toBeLessThan(kinds.indexOf('alert'));
});

test('who is never revoked since before the alert is not, though the registry is read after it', async () => {
  await world.publish([{ id: 'gateway' }]);
  await world.start();
  await world.settle();
  await world.stop();
  const agents = [{ uid: 'agent-a', class: 'autonomous', never_revoke: true }];
  await world.publish([{ id: 'gateway' }], {}, { agents });
  await world.alert(anAlert('a'));
  await world.start({ log: givenLast(world.log, RULES.name, 'responder-rules') });
  await world.settle();
  expect(await world.commands()).toEqual([]);
  expect((await world.decisions()).map((one) => one.withheld_reason)).toEqual(['never_revoke']);
});

/** The same log, noting how many alerts stood in the journal at most whose decision did not yet. */
function countingAhead(log: EventLog) {
  const seen = { ahead: 0, most: 0 };
  const kindOf = (value: Uint8Array | null) =>
    (JSON.parse(new TextDecoder().decode(value ?? undefined)) as { kind?: string }).kind;
  const counted: EventLog = {
    ...plain(log),
    append: async (records) => {
      for (const { topic, value } of records) {
        if (topic === JOURNAL.name && kindOf(value) === 'alert') seen.ahead += 1;
        if (topic === TOPICS.decisions.name) seen.ahead -= 1;
      }
      seen.most = Math.max(seen.most, seen.ahead);
      await log.append(records);
    },
    reader: (options) => log.reader(options),
  };
  return { counted, seen };
}

test('alerts are never far ahead of what is decided: a pause stands behind few, however many come', async () => {
  // A batch of 16 of each of two partitions in hand, and one of each that was let in meanwhile.
  const AHEAD_MAX = 4 * 16;
  const { counted, seen } = countingAhead(world.log);
  await world.publish([{ id: 'gateway' }]);
  const names = Array.from({ length: 300 }, (_, n) => `a${n}`);
  await Promise.all(names.map((name) => world.alert(anAlert(name))));
  await world.start({ log: counted });
  await world.settle();
  expect(await world.decisions()).toHaveLength(names.length);
  expect(seen.most).toBeLessThanOrEqual(AHEAD_MAX);
});
