/**
 * A receiver may have taken an order whose responder was killed before it kept that it had given it.
 * Its receipt comes to the next responder, often before that one has decided its journal again: what
 * was refused then was never sent again, and the order stayed unanswered for ever.
 */
import type { EventLog } from '@waywarden/event-log';
import { CommandFeed, feedOrdersOf } from '@waywarden/responder';
import { activeSigningKey, type Receipt, signDetached, TOPICS } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { anAlert, at, TENANT } from '../../services/responder/src/testing/response-fixtures.ts';
import { ContainmentWorld } from './containment-world.ts';

/** The same log, in which a stage is given its journal only once `released` has resolved. */
function journalLate(log: EventLog, released: Promise<void>): EventLog {
  return {
    createTopics: (specs) => log.createTopics(specs),
    describe: (topic) => log.describe(topic),
    startOffsets: (topic) => log.startOffsets(topic),
    endOffsets: (topic) => log.endOffsets(topic),
    read: (...of) => log.read(...of),
    append: (records) => log.append(records),
    close: () => log.close(),
    reader: (options) => {
      const reader = log.reader(options);
      return {
        stop: () => reader.stop(),
        run: async (handle) => {
          if (options.group === 'responder-response') await released;
          return reader.run(handle);
        },
      };
    },
  };
}

async function asJws(world: ContainmentWorld, receipt: Receipt): Promise<string> {
  const value = new TextEncoder().encode(JSON.stringify(receipt));
  const key = activeSigningKey(world.keyFile(receipt.receiver));
  const topic = TOPICS.revocationReceipts.name;
  const signature = await signDetached(value, key, { topic, iat: Date.parse(at(0)) / 1000 });
  return signature.replace('..', `.${Buffer.from(value).toString('base64url')}.`);
}

test('a receipt that comes before the journal is decided again waits for it, and is taken', async () => {
  const world = await ContainmentWorld.open();
  try {
    await world.publish([{ id: 'gateway' }]);
    const [command] = await world.crashAfterOrders(anAlert('a'));
    if (command === undefined) throw new Error('A command was expected.');

    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await world.start({ log: journalLate(world.log, released) });
    const { responder } = world;
    const feed = await CommandFeed.open({
      log: world.log,
      receiverKeys: responder.receiverKeys,
      wallClock: () => at(0),
      orders: {
        ...feedOrdersOf(responder),
        restored: () => {
          release();
          return responder.restored();
        },
      },
    });
    const receipt: Receipt = {
      command_id: command.command_id,
      tenant_id: TENANT,
      agent_uid: command.target.agent_uid,
      receiver: 'gateway',
      state: 'applied',
      applied_at: at(1000),
    };
    const of = { tenantId: TENANT, receiver: 'gateway' };
    const taken = await feed.take(of, [await asJws(world, receipt)]);
    release();
    await feed.close();
    expect(taken).toEqual({ accepted: 1, refused: [] });
    expect(await world.state(command)).toBe('applied_re_mintable');
  } finally {
    await world.close();
  }
});
