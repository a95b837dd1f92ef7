/**
 * Guarantee: a responder whose intake waits for calls that nobody brings, which ended all enforcement
 * without a word, says so: in the log after five seconds, as a metric, and against its readiness within
 * ten; and that it is over when the calls come.
 */
import type { EventLog } from '@waywarden/event-log';
import { awaitedBy, responderStages } from '@waywarden/responder';
import { TOPICS } from '@waywarden/schemas';
import { makeHealth, Readiness, STARTING, StageMonitor } from '@waywarden/service-health';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { anAlert } from '../../services/responder/src/testing/response-fixtures.ts';
import { notFiring } from '../support/promtool.ts';
import { until } from '../support/until.ts';
import { ContainmentWorld } from './containment-world.ts';

let world: ContainmentWorld;

beforeEach(async () => {
  world = await ContainmentWorld.open();
});
afterEach(async () => {
  await world.close();
});

/** The same log, whose calls are another's to read until they are released: as with a second responder. */
function withoutCalls(log: EventLog) {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const partial: EventLog = {
    createTopics: (specs) => log.createTopics(specs),
    describe: (topic) => log.describe(topic),
    startOffsets: (topic) => log.startOffsets(topic),
    endOffsets: (topic) => log.endOffsets(topic),
    read: (...of) => log.read(...of),
    append: (records) => log.append(records),
    close: () => log.close(),
    reader: (options) => {
      const reader = log.reader(options);
      if (options.group !== 'responder-watch') return reader;
      const run: typeof reader.run = (handle) =>
        reader.run(async (batch) => {
          await released;
          return handle(batch);
        });
      const stop = () => {
        release();
        return reader.stop();
      };
      return { run, stop };
    },
  };
  return { log: partial, release };
}

test('intake that waits is seen, said, and seen to go on', async () => {
  const lines: { level: number; msg: string }[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  let aheadMs = 0;
  const nowMs = () => Date.now() + aheadMs;
  const { metrics } = makeHealth('responder');
  const readiness = new Readiness({ nowMs });
  const monitor = new StageMonitor({ metrics, readiness, logger, nowMs });
  const { log, release } = withoutCalls(world.log);
  await world.publish([{ id: 'gateway' }]);
  await world.event('agent-a', 0, {});
  await world.start({ log, events: monitor.events });
  const { responder } = world;
  monitor.follow(log, responderStages(responder), (stage) => awaitedBy(responder, stage));
  await world.alert(anAlert('a'));
  await until(async () => {
    const awaited = responder.turns.awaited();
    return awaited.length === 1 && awaited[0] === TOPICS.auditEvents.name ? true : undefined;
  });
  await readiness.refresh();
  expect(readiness.conditions().filter(({ name }) => name !== STARTING)).toEqual([]);

  aheadMs += 6_000;
  await readiness.refresh();
  const sentence = expect.stringMatching(
    /^responder-intake has been waiting for the readers of waywarden\.audit\.events\.v1 for [\d.]+ s: until then it decides nothing\.$/,
  );
  expect(readiness.report()).toMatchObject({
    ready: false,
    conditions: expect.arrayContaining([
      expect.objectContaining({ reason: 'intake_waits', sentence }),
    ]),
  });
  expect(lines.filter(({ level }) => level === 40)).toEqual([
    expect.objectContaining({ msg: sentence }),
  ]);
  aheadMs += 3_000;
  await readiness.refresh();
  const reasons = readiness.conditions().map(({ reason }) => reason);
  expect(reasons).toContain('intake_waits');
  expect(reasons).toContain('stalled');
  expect(await metrics.text()).toMatch(/^waywarden_wait_seconds\{wait="intake"\} 9/m);
  expect(await world.decisions()).toEqual([]);
  aheadMs += 30_000;
  await readiness.refresh();
  const rules = ['WaywardenWaits', 'WaywardenStageStalled'];
  expect(notFiring(await metrics.text(), rules)).toBe('');

  release();
  await world.settle();
  await readiness.refresh();
  expect(readiness.report()).toEqual({ ready: true });
  expect(await metrics.text()).toMatch(/^waywarden_wait_seconds\{wait="intake"\} 0$/m);
  expect(await metrics.text()).toMatch(
    /^waywarden_decisions_total\{mode="enforce",outcome="issued"\} 1$/m,
  );
  expect(lines.at(-1)).toMatchObject({ level: 30, msg: 'responder-intake goes on' });
}, 60_000);
