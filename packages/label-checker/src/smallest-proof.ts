/**
 * The smallest sets of calls that prove a completion, found by trying all subsets, smallest first.
 *
 * "The proof is the smallest set of calls: one for each step, and each relay or hand-over without
 * which a required link does not hold." All sets of the smallest size are acceptable; which of them
 * the tie-break names is not asked here.
 */
import {
  type Assignment,
  assignmentsFor,
  type Edge,
  edgesOf,
  isInTime,
  routesOf,
  type Sought,
} from './assignment.ts';
import type { Call } from './call.ts';
import { ancestorsOf, type LinkTable } from './path.ts';

export interface Proof {
  readonly calls: readonly Call[];
  readonly assignments: readonly Assignment[];
  /** All required paths hold by links whose order is known. */
  readonly orderCertain: boolean;
}

/** Beyond so many subsets of one size the checker says that it could not tell. */
const SUBSETS_MAX = 2_000_000;

/** Whether every required path holds inside the set. */
function holdsIn(
  set: ReadonlySet<Call>,
  given: Assignment,
  edges: readonly Edge[],
  { table, certain = false }: { table: LinkTable; certain?: boolean },
): boolean {
  return edges.every((edge) => {
    const [a, b] = [given.get(edge.from), given.get(edge.to)];
    if (a === undefined || b === undefined) return false;
    return routesOf(edge, a, b).some((rule) =>
      ancestorsOf(b, rule, table, { within: set, certain }).has(a),
    );
  });
}

/** All subsets of `pool` with exactly `size` members. */
export function* subsets<T>(pool: readonly T[], size: number): Generator<readonly T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (const [at, first] of pool.entries()) {
    for (const rest of subsets(pool.slice(at + 1), size - 1)) yield [first, ...rest];
  }
}

/** Calls that lie on some path of allowed length for one edge, with the hand-overs it may need. */
function onPaths(edge: Edge, given: Assignment, table: LinkTable): ReadonlySet<Call> {
  const [a, b] = [given.get(edge.from), given.get(edge.to)];
  const found = new Set<Call>();
  if (a === undefined || b === undefined) return found;
  const toEnd = table.ancestors(b, edge.rule);
  for (const call of [b, ...toEnd.keys()]) {
    for (const link of table.into(call)) {
      if (!edge.rule.kinds.includes(link.kind)) continue;
      const fromStart =
        link.from === a ? 0 : table.ancestors(link.from, { ...edge.rule, direct: false }).get(a);
      const rest = call === b ? 0 : toEnd.get(call);
      if (fromStart === undefined || rest === undefined) continue;
      if (fromStart + 1 + rest > table.stream.limits.hopsMax) continue;
      found.add(link.from);
      found.add(call);
      if (link.needs !== undefined) found.add(link.needs);
    }
  }
  return found;
}

/** Calls that may be needed besides the steps' own. */
function poolFor(
  given: Assignment,
  edges: readonly Edge[],
  { table, inTime }: { table: LinkTable; inTime: (call: Call) => boolean },
): readonly Call[] {
  const steps = new Set(given.values());
  const all = new Set(edges.flatMap((edge) => [...onPaths(edge, given, table)]));
  return [...all].filter((call) => !steps.has(call) && inTime(call));
}

function chooseCount(n: number, k: number): number {
  let count = 1;
  for (let i = 0; i < k; i += 1) count = (count * (n - i)) / (i + 1);
  return count;
}

interface Candidate {
  readonly given: Assignment;
  readonly pool: readonly Call[];
}

/** All proofs that need exactly `extra` calls besides the steps'. */
function proofsWith(
  extra: number,
  candidates: readonly Candidate[],
  edges: readonly Edge[],
  table: LinkTable,
): readonly Proof[] {
  const found = new Map<string, Proof>();
  for (const { given, pool } of candidates) {
    if (chooseCount(pool.length, extra) > SUBSETS_MAX) {
      throw new RangeError(`${pool.length} calls may be relays: too many to try all subsets.`);
    }
    for (const more of subsets(pool, extra)) {
      const set = new Set([...given.values(), ...more]);
      if (!holdsIn(set, given, edges, { table })) continue;
      const orderCertain = holdsIn(set, given, edges, { table, certain: true });
      const calls = [...set].sort((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1));
      const key = JSON.stringify(calls.map((call) => call.id).sort());
      const before = found.get(key);
      found.set(key, {
        calls,
        assignments: [...(before?.assignments ?? []), given],
        orderCertain: orderCertain || before?.orderCertain === true,
      });
    }
  }
  return [...found.values()];
}

/** Empty when `completer` completes nothing. */
export function smallestProofs(
  sought: Sought,
  completer: Call,
  table: LinkTable,
): readonly Proof[] {
  const edges = edgesOf(sought.combination, sought.completing, sought.pace);
  const inTime = (call: Call) => isInTime(call, completer, sought);
  const candidates = assignmentsFor(sought, completer, table).map((given) => ({
    given,
    pool: poolFor(given, edges, { table, inTime }),
  }));
  const most = Math.max(0, ...candidates.map(({ pool }) => pool.length));
  for (let extra = 0; extra <= most && candidates.length > 0; extra += 1) {
    const proofs = proofsWith(extra, candidates, edges, table);
    if (proofs.length > 0) return proofs;
  }
  return [];
}
