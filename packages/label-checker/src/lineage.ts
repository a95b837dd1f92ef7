/**
 * Links that outlive `within` (docs/benchmarks-fleet.md, "Slow assembly"): "Beyond it a combination
 * still completes, if each step is joined to the next by lineage, or lies in the same task and within
 * `within` of it." Lineage is told by what the link carries, whatever the combination.
 *
 * Read as: every link of the path is one or the other. A relay that passes a counterparty on is itself
 * joined by lineage, so nothing else could be meant by it.
 */
import { type Call, isWrite } from './call.ts';
import type { Link } from './link.ts';
import { isSelective, type Stream } from './stream.ts';

/** "a counterparty, which is an IBAN or an e-mail address"; "a secret that was read". */
const COUNTERPARTIES = ['iban', 'email'];
const SECRETS = ['secret', 'token'];

/** A value of these kinds that one call brought or wrote, and that the other was given. */
function carries(a: Call, b: Call, stream: Stream): boolean {
  const given = new Set(b.args.map((value) => value.key));
  const brought = a.result.filter(({ kind }) => [...COUNTERPARTIES, ...SECRETS].includes(kind));
  // "Two writes of one value have no direction."
  const isDirected = isWrite(a) && !isWrite(b);
  const written = isDirected ? a.args.filter(({ kind }) => COUNTERPARTIES.includes(kind)) : [];
  return [...brought, ...written].some(({ key }) => given.has(key) && isSelective(key, b, stream));
}

function isLineage({ from, to, kind }: Link, stream: Stream): boolean {
  switch (kind) {
    case 'secret_use': // "a credential that a call created and a later call uses"
    case 'resource': // "a resource that was written and is read again, with a value in common"
      return true;
    case 'data_flow':
      return carries(from, to, stream);
    case 'delegation':
    case 'context':
    case 'grantee':
    case 'same_object':
    case 'derived_credential':
      return false;
  }
}

/** Whether a link may be part of a path that is longer than `within`. */
export function outlives(link: Link, withinMs: number, stream: Stream): boolean {
  const apart = Math.abs(link.to.timeMs - link.from.timeMs);
  const sameTask = link.from.task !== undefined && link.from.task === link.to.task;
  if (sameTask && apart <= withinMs) return true;
  return apart <= stream.limits.horizonMs && isLineage(link, stream);
}
