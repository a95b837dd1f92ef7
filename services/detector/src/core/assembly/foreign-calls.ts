/**
 * Calls of other chains that lead to calls of this one, as the links that were imported tell them.
 *
 * Chains never merge: such a call is in none of this chain's tables, so that no context, hand-over or
 * value of this chain reaches it but by the links which came with it. It has a negative number, which
 * stands for it within one decision only.
 */
import type { LinkEdge, PrivilegeLink } from '@waywarden/schemas';
import { type ChainLink, type LinkScope, strongerLink } from './chain-link.ts';
import { type ChainStep, chainStep } from './chain-step.ts';
import { orderOf } from './step-order.ts';

/** A link whose end is a call of this chain, and by what it was found. */
interface Entry {
  readonly edge: LinkEdge;
  readonly link: PrivilegeLink;
}

export interface ForeignCalls {
  readonly steps: readonly ChainStep[];
  readonly byEvent: ReadonlyMap<string, ChainStep>;
  /** Links between foreign calls, by the event that they lead to. */
  readonly into: ReadonlyMap<string, readonly LinkEdge[]>;
  /** Links to calls of this chain, by that call's event. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
}

const NONE: ForeignCalls = { steps: [], byEvent: new Map(), into: new Map(), entries: new Map() };

/** A function of the imports: remembering it by identity changes no result. */
const known = new WeakMap<readonly PrivilegeLink[], ForeignCalls>();

/** What tells one import from another. */
export function linkName(link: PrivilegeLink): string {
  const { from_event: from, to_event: to, via, method, fp = '' } = link;
  return `${from}/${to}/${via}/${method?.from ?? ''}/${method?.to ?? ''}/${fp}`;
}

/** The flow stage found it: no telling decides about it. */
const FOUND_BY_FLOW = 0;

function firstEdge(link: PrivilegeLink): LinkEdge {
  return {
    from_event: link.from_event,
    to_event: link.to_event,
    via: link.via,
    strength: Math.round(link.strength * 100),
    doubtful: false,
    assurance: link.via === 'delegation' ? (link.assurance ?? 'asserted') : 'attested',
    round: FOUND_BY_FLOW,
  };
}

function push<T>(table: Map<string, T[]>, key: string, value: T): void {
  const list = table.get(key);
  if (list === undefined) table.set(key, [value]);
  else list.push(value);
}

/** The foreign calls of a chain's imports; one call may come with several of them. */
export function foreignCalls(imports: readonly PrivilegeLink[]): ForeignCalls {
  if (imports.length === 0) return NONE;
  const before = known.get(imports);
  if (before !== undefined) return before;
  const wires = new Map(
    imports.flatMap(({ calls = [] }) => calls.map((one) => [one.event_id, one])),
  );
  const steps = [...wires.values()]
    .sort((a, b) => (a.event_id < b.event_id ? -1 : 1))
    .map((wire, n) => chainStep(-1 - n, wire));
  const into = new Map<string, LinkEdge[]>();
  const entries = new Map<string, Entry[]>();
  for (const link of imports) {
    push(entries, link.to_event, { edge: firstEdge(link), link });
    for (const edge of link.edges ?? []) {
      if (edge.to_event === link.to_event) push(entries, edge.to_event, { edge, link });
      else push(into, edge.to_event, edge);
    }
  }
  const byEvent = new Map(steps.map((step) => [step.wire.event_id, step]));
  const made = { steps, byEvent, into, entries };
  known.set(imports, made);
  return made;
}

/** Whether a foreign call leads to this one. */
export function isReached({ store }: Pick<LinkScope, 'store'>, { n, wire }: ChainStep): boolean {
  const foreign = store.foreign();
  return n < 0 ? foreign.into.has(wire.event_id) : foreign.entries.has(wire.event_id);
}

/** Of a value that both calls returned and used, who had it first is not told by the flow. */
function isBothWays(fp: string | undefined, from: ChainStep, to: ChainStep): boolean {
  const used = from.wire.arg_values.some((value) => value.fp === fp);
  return used && to.wire.result_values.some((value) => value.fp === fp);
}

/** The link of an entry as the two calls show it; undefined when the order forbids it. */
function entryLink(
  { edge, link }: Entry,
  parts: Pick<ChainLink, 'from' | 'to'> & { readonly through: ChainStep | undefined },
  skewMs: number,
): ChainLink | undefined {
  const { from, to, through } = parts;
  const { via, strength, assurance, round } = edge;
  const base = { from, to, via, strength, assurance, round };
  // A hand-over that the child names came before it, whatever the clocks say.
  if (link.method?.from === 'hand_over') {
    return { ...base, doubtful: edge.doubtful, ...(through === undefined ? {} : { through }) };
  }
  const order = orderOf(from, to, skewMs);
  if (order === 'after') return undefined;
  // The agent that already called with it did not get it here.
  if (edge.via === 'secret_use' && from.wire.credential_fp === link.fp) return undefined;
  const isCausal =
    edge.via === 'secret_use' ||
    (edge.via === 'data_flow' && link.method?.from === 'result' && !isBothWays(link.fp, from, to));
  return { ...base, doubtful: order === 'undetermined' && !isCausal };
}

/** The links that came with imports and lead to this call. */
export function* foreignLinks(scope: LinkScope, to: ChainStep): Generator<ChainLink> {
  const { store, policy } = scope;
  const foreign = store.foreign();
  if (foreign.steps.length === 0) return;
  const found = new Map<string, ChainLink>();
  const keep = (link: ChainLink | undefined) => {
    if (link === undefined || link.from.n === to.n) return;
    const key = `${link.from.n}/${link.via}/${link.through?.n ?? ''}/${link.round ?? 0}`;
    const before = found.get(key);
    found.set(key, before === undefined ? link : strongerLink(before, link));
  };
  const stepOf = (event: string | undefined) => {
    if (event === undefined) return undefined;
    const own = store.numberOf(event);
    return own === undefined ? foreign.byEvent.get(event) : store.step(own);
  };
  if (to.n >= 0) {
    for (const entry of foreign.entries.get(to.wire.event_id) ?? []) {
      const [from, through] = [stepOf(entry.edge.from_event), stepOf(entry.edge.through_event)];
      if (from !== undefined) keep(entryLink(entry, { from, to, through }, policy.skewMs));
    }
  } else {
    for (const edge of foreign.into.get(to.wire.event_id) ?? []) {
      const [from, through] = [stepOf(edge.from_event), stepOf(edge.through_event)];
      if (from === undefined) continue;
      const { via, strength, doubtful, assurance, round } = edge;
      const link = { from, to, via, strength, doubtful, assurance, round };
      keep(through === undefined ? link : { ...link, through });
    }
  }
  yield* found.values();
}
