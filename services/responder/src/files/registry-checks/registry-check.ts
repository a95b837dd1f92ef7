import {
  CAPABILITY_SYMBOLS,
  didYouMean,
  epochMs,
  grantProblem,
  matchesGrant,
  parseLogTime,
  type Registry,
} from '@waywarden/schemas';

export type ProblemSeverity = 'error' | 'warning';

export interface RegistryProblem {
  readonly severity: ProblemSeverity;
  readonly path: readonly PropertyKey[];
  readonly expected: string;
}

export interface RegistryCheckContext {
  /** Undefined: not asked. */
  readonly combinations: readonly string[] | undefined;
  readonly nowMs: number;
}

export type RegistryCheck = (
  registry: Registry,
  context: RegistryCheckContext,
) => readonly RegistryProblem[];

type Path = readonly PropertyKey[];

export function problem(severity: ProblemSeverity, path: Path, expected: string): RegistryProblem {
  return { severity, path, expected };
}

export const error = (path: Path, expected: string) => problem('error', path, expected);
export const warning = (path: Path, expected: string) => problem('warning', path, expected);

/** Form: error. Unlisted symbol: warning. */
export function grantProblems(grants: readonly string[] | undefined, path: Path) {
  return (grants ?? []).flatMap((grant, n): readonly RegistryProblem[] => {
    const here = [...path, n];
    const malformed = grantProblem(grant);
    const plain = grant.replace(/@(prod|nonprod)$/, '');
    if (malformed !== undefined) {
      return [
        error(here, `${malformed.replace(/\.$/, '')}${didYouMean(plain, CAPABILITY_SYMBOLS)}`),
      ];
    }
    if (CAPABILITY_SYMBOLS.some((symbol) => matchesGrant(plain, symbol))) return [];
    const meant = didYouMean(plain, CAPABILITY_SYMBOLS);
    return [
      warning(here, `a capability that version 1 lists, unless this one is your own${meant}`),
    ];
  });
}

const DATE_LENGTH = 10;

/** A bare date is its first moment, UTC. */
export function dateMs(date: string): number {
  return epochMs(date.length === DATE_LENGTH ? `${date}T00:00:00Z` : date);
}

export function dateProblems(date: string, path: Path): readonly RegistryProblem[] {
  const full = date.length === DATE_LENGTH ? `${date}T00:00:00Z` : date;
  return parseLogTime(full) === undefined ? [error(path, 'a day that exists, as 2027-04-01')] : [];
}

const DURATION = /^\d{1,6}(ms|s|m|h|d)$/;

export function durationProblems(text: string | undefined, path: Path) {
  return text === undefined || DURATION.test(text)
    ? []
    : [error(path, 'a duration: 90s, 15m, 24h or 7d')];
}

export function repeats(names: readonly string[], path: Path, key: PropertyKey) {
  return names.flatMap((name, n) =>
    names.indexOf(name) === n
      ? []
      : [error([...path, n, key], `each only once; ${JSON.stringify(name)} stands above already`)],
  );
}

export function destinationProblems(destinations: readonly string[] | undefined, path: Path) {
  return (destinations ?? []).flatMap((one, n) =>
    /[@/\s]/.test(one)
      ? [warning([...path, n], 'a domain, as acme.example; addresses and URLs match nothing')]
      : [],
  );
}
