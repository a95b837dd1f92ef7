/** Calls of other chains that lead to this one's, by imported links only; numbered negatively for one decision. */
import type { LinkEdge, PrivilegeLink, PrivilegeStep } from '@waywarden/schemas';
import { type ChainStep, chainStep } from './chain-step.ts';

export interface Entry {
  readonly edge: LinkEdge;
  readonly link: PrivilegeLink;
}

export interface ForeignCalls {
  readonly steps: readonly ChainStep[];
  readonly firstMs: number;
  readonly byEvent: ReadonlyMap<string, ChainStep>;
  readonly leading: ReadonlySet<string>;
  readonly into: ReadonlyMap<string, readonly LinkEdge[]>;
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
}

export function linkName(link: PrivilegeLink): string {
  const { from_event: from, to_event: to, via, method, fp = '' } = link;
  return `${from}/${to}/${via}/${method?.from ?? ''}/${method?.to ?? ''}/${fp}`;
}

function firstEdge(link: PrivilegeLink): LinkEdge {
  return {
    from_event: link.from_event,
    to_event: link.to_event,
    via: link.via,
    strength: Math.round(link.strength * 100),
    doubtful: false,
    assurance: link.via === 'delegation' ? (link.assurance ?? 'asserted') : 'attested',
    round: 0,
  };
}

function push<T>(table: Map<string, T[]>, key: string, value: T): void {
  table.set(key, [...(table.get(key) ?? []), value]);
}

/** The last of several imports counts. */
export function foreignWires(imports: readonly PrivilegeLink[]): Iterable<PrivilegeStep> {
  const wires = new Map<string, PrivilegeStep>();
  for (const { calls = [] } of imports) for (const one of calls) wires.set(one.event_id, one);
  return wires.values();
}

export function foreignCalls(imports: readonly PrivilegeLink[]): ForeignCalls {
  const steps = [...foreignWires(imports)]
    .sort((a, b) => (a.event_id < b.event_id ? -1 : 1))
    .map((wire, n) => chainStep(-1 - n, wire));
  const into = new Map<string, LinkEdge[]>();
  const entries = new Map<string, Entry[]>();
  const leading = new Set<string>();
  for (const link of imports) {
    leading.add(link.from_event);
    push(entries, link.to_event, { edge: firstEdge(link), link });
    for (const edge of link.edges ?? []) {
      leading.add(edge.from_event);
      if (edge.through_event !== undefined) leading.add(edge.through_event);
      if (edge.to_event === link.to_event) push(entries, edge.to_event, { edge, link });
      else push(into, edge.to_event, edge);
    }
  }
  const byEvent = new Map(steps.map((step) => [step.wire.event_id, step]));
  const firstMs = Math.min(...steps.map((step) => step.ms));
  return { steps, firstMs, byEvent, leading, into, entries };
}
