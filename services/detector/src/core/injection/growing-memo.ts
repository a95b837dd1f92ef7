/**
 * What is made of a list that grows at its end, remembered by the identity of its first item: lists of a context are
 * immutable, so the same list still gives the same. What came at the end since it was asked last is added to it
 * then, and not when it is read: after its last result a piece of work is asked nothing more. Rejected: making it
 * anew for each longer list, which was the larger part of what reading cost.
 */
interface Known<Item, Made> {
  readonly made: Made;
  /** Of which items. */
  of: readonly Item[];
}

/** Whether `after` begins with all of `before`. */
function isLonger<Item>(before: readonly Item[], after: readonly Item[]): boolean {
  return before.length <= after.length && before.every((one, at) => one === after[at]);
}

export class GrowingMemo<Item extends object, Made> {
  readonly #known = new WeakMap<Item, Known<Item, Made>>();
  readonly #empty: () => Made;
  /** Of no items: the same for all, since it is only read. */
  readonly #none: Made;
  readonly #add: (made: Made, item: Item, at: number) => void;

  constructor(empty: () => Made, add: (made: Made, item: Item, at: number) => void) {
    this.#empty = empty;
    this.#none = empty();
    this.#add = add;
  }

  of(items: readonly Item[]): Made {
    const first = items[0];
    if (first === undefined) return this.#none;
    const before = this.#known.get(first);
    if (before?.of === items) return before.made;
    const isMore = before !== undefined && isLonger(before.of, items);
    const known = isMore ? before : { made: this.#empty(), of: NOTHING };
    for (let at = known.of.length; at < items.length; at += 1) {
      const item = items[at];
      if (item !== undefined) this.#add(known.made, item, at);
    }
    known.of = items;
    if (!isMore) this.#known.set(first, known);
    return known.made;
  }
}

const NOTHING: readonly never[] = [];
