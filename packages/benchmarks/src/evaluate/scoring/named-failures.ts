/**
 * Failures by name: all of them are kept and can be written to a file; a report shows the first of each
 * kind, since one that lists everything is not read and one that lists none is not believed.
 */
const NAMED_MAX = 50;

export interface NamedFailures {
  readonly count: number;
  readonly named: readonly string[];
}

export function namedFailures(names: readonly string[]): NamedFailures {
  return { count: names.length, named: [...names].sort() };
}

/** As a report shows them, by kind. */
export function shownFailures<Kind extends string>(
  failures: Readonly<Record<Kind, NamedFailures>>,
): Record<Kind, NamedFailures> {
  const shown = { ...failures } as Record<Kind, NamedFailures>;
  for (const kind in shown) {
    const { count, named } = shown[kind];
    shown[kind] = { count, named: named.slice(0, NAMED_MAX) };
  }
  return shown;
}
