/**
 * What becomes of an order when receivers answer, lie, fail or fall silent: through the real stages of
 * the responder, over an embedded log, with signed receipts and the live stream of events.
 */
import { activeSigningKey, HEADERS, type RevocationCommand, TOPICS } from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { anAlert, at } from '../../services/responder/src/testing/response-fixtures.ts';
import { ContainmentWorld } from './containment-world.ts';

const MINUTE_MS = 60_000;
const BOTH = {
  actions: [
    { action: 'revoke_token', level: 'task' },
    { action: 'block_issuance', level: 'agent' },
  ],
};
const DISABLE = { actions: [{ action: 'disable_agent', level: 'agent' }] };
const GATEWAY = { id: 'gateway' };
const IDP = { id: 'idp', issuer: true };

let world: ContainmentWorld;

beforeEach(async () => {
  world = await ContainmentWorld.open();
});
afterEach(async () => {
  await world.close();
});

async function contained(
  receivers: readonly { id: string; issuer?: boolean }[],
  rule: Readonly<Record<string, unknown>> = {},
): Promise<RevocationCommand> {
  await world.publish(receivers, rule);
  await world.start();
  await world.alert(anAlert('a'));
  await world.settle();
  const [command] = await world.commands();
  if (command === undefined) throw new Error('A command was expected.');
  return command;
}

test('revoked, applied, and the next call denied: confirmed, by the record that names the order', async () => {
  const command = await contained([GATEWAY]);
  expect(await world.state(command)).toBe('issued');
  await world.receipt(command, 'gateway');
  expect(await world.state(command)).toBe('applied_re_mintable');
  const policy = { decision: 'deny', id: command.command_id };
  await world.event('agent-a', 2000, { outcome: 'denied', policy });
  expect(await world.state(command)).toBe('confirmed');
});

test('a receiver that lies is named by a critical alert, and the next rung is asked for', async () => {
  const command = await contained([GATEWAY]);
  await world.receipt(command, 'gateway');
  const call = await world.event('agent-a', 2000);
  expect(await world.state(command)).toBe('leaked');
  const [leak, ...more] = await world.leaks();
  expect(more).toEqual([]);
  expect(leak).toMatchObject({ severity: 'critical', evidence: [{ event_id: call.event_id }] });
  expect(leak?.summary).toContain('gateway answered that revoke_token was applied');
  expect((await world.commands()).at(-1)?.action).toBe('block_issuance');
});

test('a new token: re-mintable, then a leak by whatever credential; an issuer that blocks: contained', async () => {
  const command = await contained([GATEWAY, IDP], BOTH);
  const block = await world.command('block_issuance');
  for (const one of [command, block]) await world.receipt(one, 'gateway');
  await world.receipt(command, 'idp');
  expect(await world.state(command)).toBe('applied_re_mintable');
  await world.receipt(block, 'idp');
  expect(await world.state(command)).toBe('contained');
  const minted = { uid: 'minted-later', type: 'access_token' };
  await world.event('agent-a', 2000, { credential: minted });
  expect(await world.state(command)).toBe('leaked');
  expect((await world.leaks())[0]?.summary).toContain('minted-later');
});

describe('a credential that was revoked', () => {
  const subject = { agent_uid: 'agent-a', task_id: 'task-a', credential_uid: 'key-1' };
  const credential = { uid: 'key-1', type: 'access_token' };
  const revoked = async () => {
    await world.publish([GATEWAY], { actions: [{ action: 'revoke_token', level: 'credential' }] });
    await world.start();
    await world.alert(anAlert('a', { subject }));
    await world.settle();
    return world.command('revoke_token');
  };

  test('and that another agent goes on to use is a leak of its own, also after a restart', async () => {
    const command = await revoked();
    await world.receipt(command, 'gateway');
    await world.event('agent-b', 500, { credential });
    expect(await world.state(command)).toBe('applied_re_mintable');
    expect(await world.leaks()).toEqual([]);
    await world.stop();
    const call = await world.event('agent-b', 2000, { credential });
    await world.start();
    expect(await world.state(command)).toBe('leaked');
    const [leak, ...more] = await world.leaks();
    expect(more).toEqual([]);
    expect(leak).toMatchObject({
      ...{ severity: 'critical', title: 'Revoked credential key-1 used by agent-b' },
      ...{ subject: { agent_uid: 'agent-a' }, evidence: [{ event_id: call.event_id }] },
    });
    expect(await world.commands()).toHaveLength(1);
  });

  test('and that another agent is refused because of the order is confirmed by it', async () => {
    const command = await revoked();
    await world.receipt(command, 'gateway');
    const policy = { decision: 'deny', id: command.command_id };
    await world.event('agent-b', 2000, { credential, outcome: 'denied', policy });
    expect(await world.state(command)).toBe('confirmed');
  });
});

describe('an agent that is contained in one task and leaves the task out', () => {
  const both = async () => {
    const command = await contained([GATEWAY, IDP], BOTH);
    for (const one of await world.commands()) {
      for (const receiver of ['gateway', 'idp']) await world.receipt(one, receiver);
    }
    expect(await world.state(command)).toBe('contained');
    return command;
  };

  test('is no longer said to be contained once it gets through', async () => {
    const command = await both();
    await world.event('agent-a', 2000, { task: undefined, credential: { uid: 'spare' } });
    expect(await world.state(command)).toBe('unconfirmed');
    expect(await world.leaks()).toEqual([]);
  });

  test('and is refused proves nothing', async () => {
    const command = await both();
    await world.event('agent-a', 2000, { task: undefined, outcome: 'denied' });
    expect(await world.state(command)).toBe('contained');
  });
});

test('a delegation that its source only asserts raises the alert, and takes nothing from who is named', async () => {
  const command = await contained([GATEWAY]);
  await world.receipt(command, 'gateway');
  const { claims } = await world.event('agent-b', 1500);
  await world.event('evil', 2000, {
    claims: { ...claims, delegation: 'asserted' },
    task: { id: 'task-a' },
    delegation: { parent_agent_uid: 'agent-a' },
  });
  expect(await world.state(command)).toBe('leaked');
  expect((await world.leaks())[0]?.decisive_assurance).toBe('asserted');
  expect(await world.commands()).toHaveLength(1);
});

describe('silence', () => {
  const HOUR_MS = 60 * MINUTE_MS;
  const LONG = { ...DISABLE, expires: '10d' };
  /** For a day, once an hour. */
  const rhythm = async () => {
    for (let hour = -25; hour < 0; hour++) await world.event('agent-a', hour * HOUR_MS);
  };

  test('confirms while others are heard from the same source', async () => {
    await rhythm();
    const command = await contained([GATEWAY], LONG);
    await world.receipt(command, 'gateway');
    await world.event('agent-b', 6 * HOUR_MS);
    await world.time(7 * HOUR_MS);
    expect(await world.state(command, 7 * HOUR_MS)).toBe('confirmed');
  });

  test('because the telemetry died is unconfirmed, and stays so', async () => {
    await rhythm();
    const command = await contained([GATEWAY], LONG);
    await world.receipt(command, 'gateway');
    await world.time(7 * HOUR_MS);
    expect(await world.state(command, 7 * HOUR_MS)).toBe('unconfirmed');
    await world.time(20 * HOUR_MS);
    expect(await world.state(command, 20 * HOUR_MS)).toBe('unconfirmed');
  });

  test('of an agent that was seen for minutes only tells nothing', async () => {
    for (let ms = -60; ms < 0; ms++) await world.event('agent-a', ms * 100);
    const command = await contained([GATEWAY], LONG);
    await world.receipt(command, 'gateway');
    await world.event('agent-b', 6 * HOUR_MS);
    await world.time(7 * HOUR_MS);
    expect(await world.state(command, 7 * HOUR_MS)).toBe('unconfirmed');
  });

  test('is none while calls come whose clock is behind', async () => {
    await rhythm();
    const command = await contained([GATEWAY], LONG);
    await world.receipt(command, 'gateway');
    for (let hour = 1; hour <= 6; hour++) {
      await world.event('agent-a', hour * HOUR_MS - 10 * HOUR_MS - 1, {
        observed_time: at(hour * HOUR_MS),
      });
    }
    await world.event('agent-b', 6 * HOUR_MS);
    await world.time(7 * HOUR_MS);
    expect(await world.state(command, 7 * HOUR_MS)).toBe('unconfirmed');
    expect(await world.leaks()).toEqual([]);
  });
});

test('a receiver that is down leads upwards, to who is not, and no further than that takes', async () => {
  const command = await contained([GATEWAY, IDP]);
  await world.receipt(command, 'idp');
  await world.wall(2 * MINUTE_MS);
  const block = await world.command('block_issuance');
  await world.receipt(block, 'idp');
  await world.wall(9 * MINUTE_MS);
  expect((await world.commands()).map((one) => one.action)).toEqual([
    'revoke_token',
    'block_issuance',
  ]);
  expect(await world.state(command)).toBe('partly_applied');
});

test('a log that runs through an hour in a moment makes no receiver late', async () => {
  await contained([GATEWAY, IDP]);
  await world.time(55 * MINUTE_MS);
  await world.settle();
  expect(await world.commands()).toHaveLength(1);
});

test('who is down alone gets nothing harder for it, and the decision says why', async () => {
  await contained([GATEWAY]);
  await world.wall(2 * MINUTE_MS);
  expect(await world.commands()).toHaveLength(1);
  expect((await world.decisions()).at(-1)?.withheld_reason).toBe('no_other_receiver');
});

test('who answers after all leads upwards past who stays silent', async () => {
  const command = await contained([GATEWAY, IDP]);
  await world.wall(2 * MINUTE_MS);
  expect((await world.decisions()).at(-1)?.withheld_reason).toBe('no_other_receiver');
  await world.receipt(command, 'idp');
  await world.settle();
  expect((await world.commands()).at(-1)?.action).toBe('block_issuance');
});

test.each(['partial', 'unsupported', 'failed', 'expired'] as const)(
  'a receiver that answers %s is not contained, and escalates',
  async (state) => {
    const command = await contained([GATEWAY]);
    await world.receipt(command, 'gateway', { state });
    const expected = state === 'partial' ? 'partly_applied' : 'failed';
    expect(await world.state(command)).toBe(expected);
    expect((await world.commands()).at(-1)?.action).toBe('block_issuance');
  },
);

test('an order that ends leaves a step-up; a restore undoes all of it in reverse order', async () => {
  const command = await contained([GATEWAY, IDP], BOTH);
  for (const one of await world.commands()) {
    await world.receipt(one, 'gateway');
    await world.receipt(one, 'idp');
  }
  await world.time(60 * MINUTE_MS - 20_000);
  await world.settle();
  const stepUp = await world.command('require_step_up');
  expect(stepUp.target).toMatchObject({ level: 'task', task_id: command.target.task_id });
  const withdrawn = { revision: 2, state: 'withdrawn', detected_at: at(59.9 * MINUTE_MS) } as const;
  await world.alert(anAlert('a', withdrawn));
  await world.settle();
  const all = await world.commands();
  const restored = all.flatMap((one) => one.restores ?? []);
  const given = all.filter((one) => one.action !== 'restore').map((one) => one.command_id);
  expect(restored).toEqual(given.toReversed());
});

test('what a person takes back is restored only when everybody has given it back', async () => {
  await world.publish([GATEWAY, IDP], BOTH, { operators: [world.operator('ana')] });
  await world.start();
  await world.alert(anAlert('a'));
  await world.settle();
  const orders = await world.commands();
  const [revoked] = orders;
  if (revoked === undefined) throw new Error('A command was expected.');
  for (const one of orders) {
    await world.receipt(one, 'gateway');
    await world.receipt(one, 'idp');
  }
  const order_id = anAlert('a').alert_id;
  expect(await world.act('restore', 'ana', { signer: 'ben', order_id })).toMatch(/^signature_/);
  expect(await world.state(revoked)).toBe('contained');
  expect(await world.act('restore', 'ana', { order_id })).toBeUndefined();
  expect(await world.state(revoked)).toBe('restoring');
  const undo = (await world.commands()).find((one) => one.restores === revoked.command_id);
  if (undo === undefined) throw new Error('An undo was expected.');
  await world.receipt(undo, 'gateway');
  expect(await world.state(revoked)).toBe('restoring');
  await world.receipt(undo, 'idp');
  expect(await world.state(revoked)).toBe('restored');
  // A call now goes through, as it should: that is no leak.
  await world.event('agent-a', 2000);
  await world.settle();
  expect(await world.leaks()).toEqual([]);
});

test('a crash between append and commit neither doubles an order nor forgets whom to watch', async () => {
  await world.publish([GATEWAY]);
  expect(await world.crashAfterOrders(anAlert('a'))).toHaveLength(1);
  await world.start();
  await world.settle();
  const ids = new Set((await world.commands()).map((one) => one.command_id));
  expect(ids.size).toBe(1);
  const command = await world.command('revoke_token');
  await world.receipt(command, 'gateway');
  await world.event('agent-a', 2000);
  expect(await world.state(command)).toBe('leaked');
});

test('after a restart the live stream is still held against the orders in force', async () => {
  const command = await contained([GATEWAY]);
  await world.receipt(command, 'gateway');
  await world.settle();
  await world.stop();
  await world.event('agent-a', 2000);
  await world.start();
  expect(await world.state(command)).toBe('leaked');
  expect(await world.leaks()).toHaveLength(1);
});

describe('a receipt that is not what it should be changes nothing', () => {
  const refusals = async () =>
    (await world.all(TOPICS.auditDeadletter.name)).map(
      (record) => record.headers[HEADERS.deadDetail]?.split(' ')[0],
    );

  test('signed by another receiver, cut short, or under the key of another agent', async () => {
    const command = await contained([GATEWAY, IDP]);
    const topic = TOPICS.revocationReceipts.name;
    const good = await world.receipt(command, 'gateway', { state: 'accepted' });
    const another = activeSigningKey(world.keyFile('stranger'));
    const forged = { ...good.headers, [HEADERS.sig]: `${good.headers[HEADERS.sig]}x` };
    const cut = good.value?.subarray(0, 40) ?? null;
    expect(another.kid).not.toBe('');
    await world.log.append([
      { ...good, headers: forged },
      { ...good, value: cut },
      { ...good, topic, key: 'acme|agent-b' },
    ]);
    await world.receipt(command, 'idp', { receiver: 'gateway' });
    expect(await world.state(command)).toBe('accepted');
    expect(new Set(await refusals())).toEqual(
      new Set(['signature_forged', 'json_malformed', 'key_mismatch', 'signature_unknown_key']),
    );
  });

  test('sent again, it is what it was', async () => {
    const command = await contained([GATEWAY]);
    const applied = await world.receipt(command, 'gateway');
    await world.log.append([applied, applied]);
    expect(await world.state(command)).toBe('applied_re_mintable');
  });
});
