/** Agents seen with a credential. What is forgotten leaves a trace; asserted ones count apart. */
import type { Transaction } from '@waywarden/stage';
import { credentialAnchor } from './holder.ts';

/** Proven and asserted each. */
const USERS_MAX = 32;
const CREDENTIALS_KNOWN_MAX = 50_000;
const CREDENTIALS_ASSERTED_MAX = 10_000;
const CELLS_MAX = 65_536;

interface User {
  readonly agentUid: string;
  readonly lastMs: number;
  readonly forgottenMs?: number;
}

interface Part {
  readonly users: readonly User[];
  readonly moreMs?: number;
}

type Rank = 'proven' | 'asserted';

interface Users {
  readonly proven: Part;
  readonly asserted: Part;
  readonly slot: string;
}

interface Trace {
  readonly agentUid?: string;
  readonly lastMs: number;
}
type Cell = Readonly<Partial<Record<Rank, Trace>>>;

const RANKS: readonly Rank[] = ['proven', 'asserted'];
const PREFIX = 'lineage|users';
const keyOf = (anchor: string) => `${PREFIX}|${anchor}`;
const rankOf = (isProven: boolean): Rank => (isProven ? 'proven' : 'asserted');
const later = (a: number | undefined, b: number) => Math.max(a ?? b, b);

/** FNV-1a; a shared cell is only taken for shared. */
function cellKey(anchor: string): string {
  let hash = 0x811c9dc5;
  for (const char of anchor) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return `${PREFIX}|cell|${hash % CELLS_MAX}`;
}

function traceOf({ users, moreMs }: Part): Trace | undefined {
  const times = [...users.map(({ lastMs }) => lastMs), ...(moreMs === undefined ? [] : [moreMs])];
  if (times.length === 0) return undefined;
  const [only] = users;
  const isOne = users.length === 1 && moreMs === undefined && only !== undefined;
  return { lastMs: Math.max(...times), ...(isOne ? { agentUid: only.agentUid } : {}) };
}

function joinTraces(a: Trace | undefined, b: Trace | undefined): Trace | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const isSame = a.agentUid !== undefined && a.agentUid === b.agentUid;
  return {
    lastMs: Math.max(a.lastMs, b.lastMs),
    ...(isSame && a.agentUid !== undefined ? { agentUid: a.agentUid } : {}),
  };
}

function evict(transaction: Transaction, key: string, slot: string): void {
  const gone = transaction.get<Users>(key);
  if (gone?.slot !== slot) return;
  transaction.delete(key);
  const at = cellKey(key.slice(PREFIX.length + 1));
  const before = transaction.get<Cell>(at);
  const proven = joinTraces(before?.proven, traceOf(gone.proven));
  const asserted = joinTraces(before?.asserted, traceOf(gone.asserted));
  transaction.put(at, { ...(proven && { proven }), ...(asserted && { asserted }) });
}

function takeSlot(transaction: Transaction, key: string, rank: Rank): string {
  const ring = `${PREFIX}|${rank}`;
  const next = transaction.get<number>(ring) ?? 0;
  const most = rank === 'proven' ? CREDENTIALS_KNOWN_MAX : CREDENTIALS_ASSERTED_MAX;
  const slot = `${ring}|slot|${next % most}`;
  const evicted = transaction.get<string>(slot);
  if (evicted !== undefined) evict(transaction, evicted, slot);
  transaction.put(slot, key);
  transaction.put(ring, next + 1);
  return slot;
}

function withUser({ users, moreMs }: Part, user: User): Part {
  const others = users.filter(({ agentUid }) => agentUid !== user.agentUid);
  const all = [...others, user];
  const [gone] = all.length > USERS_MAX ? all.splice(0, 1) : [];
  const more = gone === undefined ? moreMs : later(moreMs, gone.lastMs);
  return { users: all, ...(more === undefined ? {} : { moreMs: more }) };
}

interface Use {
  readonly tenantId: string;
  readonly uid: string;
  readonly agentUid: string;
  readonly isProven: boolean;
  readonly atMs: number;
}

export function noteUse(
  transaction: Transaction,
  { tenantId, uid, agentUid, isProven, atMs }: Use,
): void {
  const rank = rankOf(isProven);
  const key = keyOf(credentialAnchor(tenantId, uid));
  const known = transaction.get<Users>(key);
  const isRaised = isProven && known?.proven.users.length === 0;
  const slot = known === undefined || isRaised ? takeSlot(transaction, key, rank) : known.slot;
  const part = known?.[rank] ?? { users: [] };
  const before = part.users.find((one) => one.agentUid === agentUid);
  const user = { ...before, agentUid, lastMs: later(before?.lastMs, atMs) };
  const empty = { proven: { users: [] }, asserted: { users: [] } };
  transaction.put(key, { ...empty, ...known, slot, [rank]: withUser(part, user) });
}

export function noteUseForgotten(
  transaction: Transaction,
  { anchor, isProven }: { readonly anchor: string; readonly isProven: boolean },
  { agentUid, lastMs }: User,
): void {
  const key = keyOf(anchor);
  const known = transaction.get<Users>(key);
  const rank = rankOf(isProven);
  const before = known?.[rank].users.find((one) => one.agentUid === agentUid);
  if (known === undefined || before === undefined) return;
  const user = { ...before, forgottenMs: later(before.forgottenMs, lastMs) };
  const users = known[rank].users.map((one) => (one === before ? user : one));
  transaction.put(key, { ...known, [rank]: { ...known[rank], users } });
}

export interface UseSeen {
  /** Absent: somebody. */
  readonly agentUid?: string;
  readonly isProven: boolean;
  readonly lastMs: number;
  readonly forgottenMs?: number;
}

/** Of whatever age. */
export function namedUsersOf(
  transaction: Transaction,
  tenantId: string,
  uid: string,
): readonly (UseSeen & { readonly agentUid: string })[] {
  const known = transaction.get<Users>(keyOf(credentialAnchor(tenantId, uid)));
  return RANKS.flatMap((rank) =>
    (known?.[rank].users ?? []).map((user) => ({ ...user, isProven: rank === 'proven' })),
  );
}

export function usesOf(
  transaction: Transaction,
  tenantId: string,
  uid: string,
): readonly UseSeen[] {
  const anchor = credentialAnchor(tenantId, uid);
  const known = transaction.get<Users>(keyOf(anchor));
  const cell = transaction.get<Cell>(cellKey(anchor));
  return RANKS.flatMap((rank): UseSeen[] => {
    const isProven = rank === 'proven';
    const { users = [], moreMs } = known?.[rank] ?? {};
    const trace = cell?.[rank];
    return [
      ...users.map((user) => ({ ...user, isProven })),
      ...(moreMs === undefined ? [] : [{ isProven, lastMs: moreMs }]),
      ...(trace === undefined ? [] : [{ ...trace, isProven, forgottenMs: trace.lastMs }]),
    ];
  });
}
