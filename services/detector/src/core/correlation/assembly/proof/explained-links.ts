/** The links into a chain whose combinations are explained. */
import type { PrivilegeLink } from '@waywarden/schemas';
import { linkName } from '../model/foreign-calls.ts';

export const EXPLAINED = 'explained';

/** The last telling of each, under one policy version. */
export function explainedLinks(
  all: readonly PrivilegeLink[],
  chain: string,
): readonly PrivilegeLink[] {
  const last = new Map<string, PrivilegeLink>();
  for (const link of all) {
    if (link.hub === true) last.set(`hub/${link.fp}`, link);
    else if (link.chain_id === chain && link.calls !== undefined) last.set(linkName(link), link);
  }
  return [...last.values()]
    .filter((link) => link.withdrawn !== true)
    .map((link) =>
      link.calls === undefined
        ? link
        : { ...link, calls: link.calls.map((call) => ({ ...call, policy_version: EXPLAINED })) },
    );
}

export interface LeadingChain {
  readonly chain: string;
  readonly calls: number;
  readonly via: readonly string[];
}

export function chainsLeadingTo(
  chain: string,
  flows: readonly PrivilegeLink[],
): readonly LeadingChain[] {
  const calls = new Map<string, Set<string>>();
  const via = new Map<string, Set<string>>();
  for (const link of explainedLinks(flows, chain)) {
    for (const call of link.calls ?? []) {
      if (call.chain_id === chain) continue;
      calls.set(call.chain_id, (calls.get(call.chain_id) ?? new Set()).add(call.event_id));
      via.set(call.chain_id, (via.get(call.chain_id) ?? new Set()).add(link.via));
    }
  }
  const ids = [...calls.keys()].sort();
  return ids.map((id) => ({
    chain: id,
    calls: calls.get(id)?.size ?? 0,
    via: [...(via.get(id) ?? [])].sort(),
  }));
}
