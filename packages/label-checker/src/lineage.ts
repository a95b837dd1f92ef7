/**
 * Links that outlive `within` (docs/benchmarks-fleet.md, "Slow assembly"): "Beyond it a combination
 * still completes, if each step is joined to the next by lineage, or lies in the same task and within
 * `within` of it." Lineage is told by what the link carries, whatever the combination.
 *
 * Read as: from step to step every link is lineage (a relay that passes a counterparty on is itself
 * joined by it), or the two calls are of one task and near, whatever joins them. Which of the two is
 * asked for each pair of steps (`assignment.ts`).
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

/** "Each such link spans at most `links.horizon`". */
export function isLineage({ from, to, kind }: Link, stream: Stream): boolean {
  if (Math.abs(to.timeMs - from.timeMs) > stream.limits.horizonMs) return false;
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
