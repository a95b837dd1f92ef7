/**
 * Ancestors: whether one call reaches another over links of given kinds, inside a given set of calls.
 *
 * "its call is an ancestor of this step's call, over links of the kinds in `link`"; "Between two
 * steps there are at most `links.hops_max` links"; "the last three [ties] only where a step names
 * them, and they tie its call directly"; "`direct`: the path is a single link, without relays."
 */
import { LINK_KINDS, type StepLink } from '@waywarden/schemas';
import type { Call } from './call.ts';
import { isLineage } from './lineage.ts';
import { type Link, linksBetween } from './link.ts';
import { orderOf } from './order.ts';
import { related } from './related.ts';
import type { Stream } from './stream.ts';

export const EVIDENCE_KINDS: readonly StepLink[] = LINK_KINDS;

export interface PathRule {
  readonly kinds: readonly StepLink[];
  readonly direct: boolean;
  /** Only links of lineage, which outlive `within`. */
  readonly lineage?: boolean;
}

/** Every link that ends in a call, computed once for each call. */
export class LinkTable {
  readonly stream: Stream;
  readonly #into = new Map<Call, readonly Link[]>();
  readonly #ancestors = new Map<string, Map<Call, ReadonlyMap<Call, number>>>();

  constructor(stream: Stream) {
    this.stream = stream;
  }

  into(call: Call): readonly Link[] {
    const known = this.#into.get(call);
    if (known !== undefined) return known;
    const links = this.linksInto(call);
    this.#into.set(call, links);
    return links;
  }

  protected linksInto(call: Call): readonly Link[] {
    return related(call, this.stream).flatMap((other) => linksBetween(other, call, this.stream));
  }

  /** `ancestorsOf` in the whole stream, kept: it is asked for again and again. */
  ancestors(to: Call, rule: PathRule): ReadonlyMap<Call, number> {
    const key = `${rule.kinds.join()} ${rule.direct} ${rule.lineage}`;
    const retained = this.#ancestors.get(key) ?? new Map<Call, ReadonlyMap<Call, number>>();
    this.#ancestors.set(key, retained);
    const known = retained.get(to) ?? ancestorsOf(to, rule, this);
    retained.set(to, known);
    return known;
  }
}

/** The same links, as if some calls had never been made. */
export class ReducedTable extends LinkTable {
  readonly #whole: LinkTable;
  readonly #isRemoved: (call: Call) => boolean;

  constructor(whole: LinkTable, isRemoved: (call: Call) => boolean) {
    super(whole.stream);
    this.#whole = whole;
    this.#isRemoved = isRemoved;
  }

  protected override linksInto(call: Call): readonly Link[] {
    const isGone = (one: Call | undefined) => one !== undefined && this.#isRemoved(one);
    if (isGone(call)) return [];
    return this.#whole.into(call).filter((link) => !isGone(link.from) && !isGone(link.needs));
  }
}

const isEvidence = (link: Link) => EVIDENCE_KINDS.includes(link.kind);

/** Links that count: of the kinds asked for; with `certain`, only those whose order is known. */
function usable(rule: PathRule, table: LinkTable, certain: boolean): (link: Link) => boolean {
  return (link) =>
    rule.kinds.includes(link.kind) &&
    (rule.lineage !== true || isLineage(link, table.stream)) &&
    (!certain ||
      link.kind === 'derived_credential' ||
      orderOf(link.from, link.to, table.stream) === 'before');
}

/**
 * Calls from which `to` is reached, each with the fewest links. With `within`, paths run inside that
 * set only, and a link that needs a hand-over needs it in the set.
 */
export function ancestorsOf(
  to: Call,
  rule: PathRule,
  table: LinkTable,
  { within, certain = false }: { within?: ReadonlySet<Call>; certain?: boolean } = {},
): ReadonlyMap<Call, number> {
  const counts = usable(rule, table, certain);
  const isIn = (call: Call | undefined) =>
    call === undefined || within === undefined || within.has(call);
  const linksInto = (call: Call) =>
    table.into(call).filter((link) => counts(link) && isIn(link.from) && isIn(link.needs));

  const distance = new Map<Call, number>();
  for (const link of linksInto(to)) distance.set(link.from, 1);
  if (rule.direct) return distance;
  const evidence = (call: Call) => linksInto(call).filter(isEvidence);
  let frontier = evidence(to).map((link) => link.from);
  for (let hops = 2; hops <= table.stream.limits.hopsMax && frontier.length > 0; hops += 1) {
    const next: Call[] = [];
    for (const call of frontier) {
      for (const { from } of evidence(call)) {
        if (distance.has(from) || from === to) continue;
        distance.set(from, hops);
        next.push(from);
      }
    }
    frontier = next;
  }
  return distance;
}
