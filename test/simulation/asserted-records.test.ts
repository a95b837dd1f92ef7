/**
 * Guarantee: through ingest, detector and responder, one whose token only asserts can neither lift an order
 * on a proven leak across two tasks nor keep it from being given, however many had the value by what he says.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { type InputEvent, policySchema } from '@waywarden/schemas';
import { beforeAll, describe, expect, it } from 'vitest';
import { fleet } from '../support/fleet.ts';
import { enforcingPolicy, fleetRecords, runFleet } from '../support/run-fleet.ts';

const inputs = fleet({ stories: 2, ordinary: 10 });
const { records } = fleetRecords(inputs);
/** What alone leads from the claim to the letter. */
const VALUE = 'kin0@abroad-0.example';
const msOf = (input: InputEvent | undefined) => Date.parse(input?.event_time ?? '');
const letter = inputs.find((one) => one.task?.id === 'letter-0');

function said(id: string, over: Partial<InputEvent>, atMs: number): InputEvent {
  return {
    native_id: id,
    event_time: new Date(atMs).toISOString(),
    activity: 'tool_call',
    phase: 'completed',
    effect: 'read',
    tool: { name: 'read_note', server: 'notes' },
    outcome: 'success',
    capabilities: [{ symbol: 'read:internal', basis: 'operator' }],
    agent: { uid: id, name: id },
    task: { id },
    ...over,
  };
}

const strangers = Array.from({ length: 14 }, (_, n) =>
  said(`noise-${n}`, { args: { value: { query: VALUE } } }, msOf(letter) - 900 + n),
);
/** In the sender's own name and task: it had the address before anybody. */
const own = said(
  'own',
  {
    agent: { uid: 'mailer', name: 'mailer' },
    task: { id: 'letter-0' },
    result: { value: { note: VALUE } },
  },
  msOf(inputs[0]),
);

/** Whoever completes an assembly is stopped in its task. */
const policy = policySchema.parse({
  ...enforcingPolicy(),
  rules: [
    {
      id: 'assemblies',
      when: { kind: ['privilege_assembly'] },
      mode: 'enforce',
      actions: [{ action: 'revoke_token', level: 'task' }],
    },
  ],
});

async function concluded(all: typeof records) {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-asserted-'));
  const log = await openLmdbLog({ path: folder, durable: false });
  try {
    const run = await runFleet({ log, partitions: 2, records: all, policy });
    const assemblies = run.alerts.filter((one) => one.kind === 'privilege_assembly');
    const last = new Map(assemblies.map((one) => [one.alert_id, one.state]));
    return {
      standing: [...last.values()].filter((state) => state === 'open').length,
      proofs: assemblies.map((one) => [one.alert_id, one.state, one.assembly?.proof]).sort(),
      commands: run.commands.map((one) => [one.action, one.target.agent_uid, one.target.task_id]),
    };
  } finally {
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('what is only asserted of a value that leads from task to task', () => {
  let alone: Awaited<ReturnType<typeof concluded>>;

  beforeAll(async () => {
    alone = await concluded(records);
  });

  it('would have something to lift', () => {
    expect(alone.proofs.length).toBeGreaterThanOrEqual(2);
    expect(alone.commands.some(([, , task]) => task === 'letter-0')).toBe(true);
  });

  it('would be so were it proven', async () => {
    const proven = await concluded([...fleetRecords(strangers).records, ...records]);
    expect(proven.standing).toBeLessThan(alone.standing);
  });

  for (const [what, told] of [
    ['many strangers had it', strangers],
    ['its own agent had it', [own]],
  ] as const) {
    it(`lifts nothing afterwards: ${what}`, async () => {
      const after = await concluded([
        ...records,
        ...fleetRecords(told, undefined, 'asserted').records,
      ]);
      expect(after.proofs).toEqual(alone.proofs);
      expect(after.commands).toEqual(expect.arrayContaining(alone.commands));
      expect(after.commands.filter(([action]) => action === 'restore')).toEqual([]);
    });

    it(`blinds nothing beforehand: ${what}`, async () => {
      const before = await concluded([
        ...fleetRecords(told, undefined, 'asserted').records,
        ...records,
      ]);
      expect(before.proofs).toEqual(alone.proofs);
      expect(before.commands).toEqual(expect.arrayContaining(alone.commands));
    });
  }
});
