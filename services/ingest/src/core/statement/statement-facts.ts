/** The strongest effect of a statement. */
import type { Effect } from '@waywarden/schemas';

export interface StatementFacts {
  readonly effect: Effect | undefined;
  readonly adds: readonly string[];
}

/** Of a text that was not understood, or that says nothing the entry doesn't. */
export const AS_ENTRY: StatementFacts = { effect: undefined, adds: [] };
export const READS: StatementFacts = { effect: 'read', adds: [] };
export const WRITES: StatementFacts = { effect: 'update', adds: [] };
export const DELETES: StatementFacts = { effect: 'delete', adds: ['delete:data'] };
export const GRANTS: StatementFacts = { effect: 'grant', adds: ['grant:access'] };
export const MAKES_IDENTITY: StatementFacts = {
  effect: 'grant',
  adds: ['create:identity', 'grant:access'],
};
export const EXPORTS: StatementFacts = { effect: 'create', adds: ['write:data'] };
export const SENDS_OUT: StatementFacts = {
  effect: 'create',
  adds: ['write:data', 'send:external'],
};
export const RUNS_SHELL: StatementFacts = { effect: 'execute', adds: ['exec:shell'] };
export const RUNS_CODE: StatementFacts = { effect: undefined, adds: ['exec:code'] };

/** Weakest first. */
const STRENGTH: readonly (Effect | undefined)[] = [
  'read',
  'update',
  undefined,
  'create',
  'execute',
  'grant',
  'delete',
];

function isStronger(one: StatementFacts, other: StatementFacts): boolean {
  return STRENGTH.indexOf(one.effect) > STRENGTH.indexOf(other.effect);
}

export function strongestOf(all: readonly StatementFacts[]): StatementFacts {
  const [first = AS_ENTRY, ...others] = all;
  if (others.length === 0) return first;
  const strongest = others.reduce((best, one) => (isStronger(one, best) ? one : best), first);
  return { effect: strongest.effect, adds: [...new Set(all.flatMap(({ adds }) => adds))] };
}
