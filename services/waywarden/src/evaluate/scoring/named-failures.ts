/** Failures by name, capped: a report that lists everything is not read, one that lists none is not believed. */
export const NAMED_MAX = 50;

export interface NamedFailures {
  readonly count: number;
  readonly named: readonly string[];
}

export function namedFailures(names: readonly string[]): NamedFailures {
  return { count: names.length, named: [...names].sort().slice(0, NAMED_MAX) };
}
