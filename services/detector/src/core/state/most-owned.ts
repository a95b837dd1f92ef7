/** Who has most things open, to a fifth: openers in classes, four to a doubling, so that one moves seldom. */
import type { Transaction } from '@waywarden/stage';

interface Opener {
  readonly open: number;
  readonly slot: number;
}

const CLASSES = 'openers';
const NONE: readonly number[] = [];

const openerKey = (owner: string) => `opener/${owner}`;
const slotKey = (group: number, slot: number) => `${CLASSES}/${group}/${slot}`;
const classOf = (open: number) => Math.floor(4 * Math.log2(open));

function resize(transaction: Transaction, group: number, by: 1 | -1): number {
  const sizes = [...(transaction.get<readonly number[]>(CLASSES) ?? NONE)];
  while (sizes.length <= group) sizes.push(0);
  const size = (sizes[group] ?? 0) + by;
  sizes[group] = size;
  while (sizes.at(-1) === 0) sizes.pop();
  transaction.put(CLASSES, sizes);
  return size;
}

function join(transaction: Transaction, owner: string, open: number): void {
  const group = classOf(open);
  const slot = resize(transaction, group, 1) - 1;
  transaction.put(slotKey(group, slot), owner);
  transaction.put(openerKey(owner), { open, slot } satisfies Opener);
}

function part(transaction: Transaction, owner: string, { open, slot }: Opener): void {
  const group = classOf(open);
  const end = resize(transaction, group, -1);
  const last = transaction.get<string>(slotKey(group, end));
  transaction.delete(slotKey(group, end));
  transaction.delete(openerKey(owner));
  if (last === undefined || end === slot) return;
  transaction.put(slotKey(group, slot), last);
  const moved = transaction.get<Opener>(openerKey(last));
  if (moved !== undefined) transaction.put(openerKey(last), { ...moved, slot } satisfies Opener);
}

export function countOpen(transaction: Transaction, owner: string, by: number): void {
  const before = transaction.get<Opener>(openerKey(owner));
  const open = (before?.open ?? 0) + by;
  if (before !== undefined && open > 0 && classOf(open) === classOf(before.open)) {
    transaction.put(openerKey(owner), { ...before, open } satisfies Opener);
    return;
  }
  if (before !== undefined) part(transaction, owner, before);
  if (open > 0) join(transaction, owner, open);
}

export function whoHasMost(transaction: Transaction): string | undefined {
  const sizes = transaction.get<readonly number[]>(CLASSES) ?? NONE;
  const group = sizes.length - 1;
  return transaction.get(slotKey(group, (sizes[group] ?? 0) - 1));
}
