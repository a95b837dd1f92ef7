/**
 * Guarantees: what was added is there after a crash, whole or not at all; a crash while everything is
 * written anew loses and doubles nothing; and ten thousand orders are not written once for each batch.
 */
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RevocationCommand } from '@waywarden/schemas';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type ConsumerState,
  EMPTY_STATE,
  type StateChange,
  withChanges,
} from './consumer-state.ts';
import { FileStateStore } from './file-state-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-state-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(folder, 'state.json');
const reason = 'Rule token answers. '.repeat(50);
const order = (id: string) => ({ command_id: id, reason }) as RevocationCommand;

function change(n: number, over: Partial<StateChange> = {}): StateChange {
  return {
    cursor: `cursor-${n}`,
    denyList: { retained: [order(`c-${n}`)], dropped: [], sequences: { [`agent-${n}`]: n } },
    answered: [`c-${n}`],
    owed: [],
    unfinished: {},
    ...over,
  };
}

const never = (): ConsumerState => {
  throw new Error('the whole was not to be asked for');
};

it('is after a start what it was, and goes on from there', () => {
  const store = new FileStateStore(path());
  expect(store.load()).toEqual(EMPTY_STATE);
  const dropped = { retained: [], dropped: ['c-1'], sequences: { 'agent-1': 9 } };
  const changes = [change(1), change(2), change(3, { denyList: dropped })];
  for (const one of changes) store.add(one, never);
  const again = new FileStateStore(path());
  expect(again.load()).toEqual(withChanges(EMPTY_STATE, changes));
  expect(again.load().denyList.orders.map((one) => one.command_id)).toEqual(['c-2']);
  again.save(again.load());
  again.add(change(4), never);
  expect(new FileStateStore(path()).load()).toEqual(
    withChanges(EMPTY_STATE, [...changes, change(4)]),
  );
});

it('leaves out a line that was not written to its end, and writes the next after the one before', () => {
  const store = new FileStateStore(path());
  store.load();
  store.add(change(1), never);
  appendFileSync(`${path()}.journal.0`, JSON.stringify(change(2)).slice(0, 40));
  const again = new FileStateStore(path());
  expect(again.load()).toEqual(withChanges(EMPTY_STATE, [change(1)]));
  again.add(change(3), never);
  expect(new FileStateStore(path()).load()).toEqual(
    withChanges(EMPTY_STATE, [change(1), change(3)]),
  );
});

it('does not read the journal of an older state, left behind by a crash', () => {
  const store = new FileStateStore(path());
  store.load();
  store.add(change(1), never);
  copyFileSync(`${path()}.journal.0`, join(folder, 'kept'));
  const taken = { retained: [], dropped: ['c-1'], sequences: {} };
  const now = withChanges(store.load(), [change(2, { denyList: taken })]);
  store.save(now);
  copyFileSync(join(folder, 'kept'), `${path()}.journal.0`);
  expect(new FileStateStore(path()).load()).toEqual(now);
  expect(readdirSync(folder).sort()).toEqual(['kept', 'state.json']);
});

it('reads a state of before there were journals', () => {
  const old = withChanges(EMPTY_STATE, [change(1)]);
  writeFileSync(path(), JSON.stringify(old));
  expect(new FileStateStore(path()).load()).toEqual(old);
});

it('writes everything anew only when as much has changed again', () => {
  const store = new FileStateStore(path());
  store.load();
  let times = 0;
  for (let n = 0; n < 10_000; n++) {
    store.add(change(n), () => {
      times++;
      return withChanges(
        EMPTY_STATE,
        Array.from({ length: n + 1 }, (_, at) => change(at)),
      );
    });
  }
  // Each time it has doubled: 1 MB, 2 MB, 4 MB, 8 MB of the 11 MB in all.
  expect(times).toBeLessThanOrEqual(5);
}, 120_000);
