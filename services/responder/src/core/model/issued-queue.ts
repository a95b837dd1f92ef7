/** Orders not forgotten, in order of issue, in queues of like life. */
import type { Transaction } from '@waywarden/stage';

/** Beyond, nothing is issued automatically. */
const ISSUED_COMMANDS_MAX = 100_000;
/** For routine and prolonged step-ups. */
const MINOR_SHARE = 0.5;
const FORGOTTEN_PER_STEP_MAX = 16;

const HOUR_MS = 3_600_000;
const LIVES_MS = [2 * HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS] as const;

interface Queue {
  readonly head: number;
  readonly tail: number;
}

const EARLIER = 'queue';
const NEXT = 'queue_next';
const EMPTY: Queue = { head: 0, tail: 0 };
const NAMES = [EARLIER, ...[...LIVES_MS, 0].map((_, at) => `${EARLIER}:${at}`)];

interface Entry {
  readonly id: string;
  readonly at: number;
}

const endsOf = (transaction: Transaction, name: string) => transaction.get<Queue>(name) ?? EMPTY;
const entryKey = (name: string, at: number) => `${name}|${at}`;

function entryAt(transaction: Transaction, name: string, at: number): Entry | undefined {
  const entry = transaction.get<Entry | string>(entryKey(name, at));
  return typeof entry === 'string' ? { id: entry, at: at - Number.MAX_SAFE_INTEGER } : entry;
}

export function isIssuedFull(transaction: Transaction, isMinor = false): boolean {
  const sizes = NAMES.map((name) => endsOf(transaction, name)).map(({ head, tail }) => tail - head);
  const size = sizes.reduce((sum, one) => sum + one, 0);
  return size >= ISSUED_COMMANDS_MAX * (isMinor ? MINOR_SHARE : 1);
}

export function queueIssued(transaction: Transaction, id: string, livesMs: number): void {
  const found = LIVES_MS.findIndex((ms) => livesMs <= ms);
  const name = `${EARLIER}:${found < 0 ? LIVES_MS.length : found}`;
  const { head, tail } = endsOf(transaction, name);
  const at = transaction.get<number>(NEXT) ?? 0;
  transaction.put(NEXT, at + 1);
  transaction.put(entryKey(name, tail), { id, at } satisfies Entry);
  transaction.put(name, { head, tail: tail + 1 });
}

export function forgetFirst(transaction: Transaction, forget: (id: string) => boolean): void {
  for (const name of NAMES) {
    const { head, tail } = endsOf(transaction, name);
    let at = head;
    while (at < tail && at - head < FORGOTTEN_PER_STEP_MAX) {
      const entry = entryAt(transaction, name, at);
      if (entry !== undefined && !forget(entry.id)) break;
      transaction.delete(entryKey(name, at));
      at++;
    }
    if (at > head) transaction.put(name, { head: at, tail });
  }
}

/** Newest first. */
export function* newestIssued(transaction: Transaction): Generator<string> {
  const lasts = NAMES.map((name) => ({ name, ...endsOf(transaction, name) })).map((one) => ({
    ...one,
    entry: entryAt(transaction, one.name, one.tail - 1),
  }));
  for (;;) {
    const open = lasts.filter(({ head, tail }) => tail > head);
    const [first] = open.toSorted((a, b) => (b.entry?.at ?? 0) - (a.entry?.at ?? 0));
    if (first === undefined) return;
    if (first.entry !== undefined) yield first.entry.id;
    first.tail--;
    first.entry = entryAt(transaction, first.name, first.tail - 1);
  }
}
