/**
 * What makes a combination that can never fire: demands on its calls that no calls meet together, as far as the file says.
 * Whoever means to keep one says so with `evaluable: false`. Limit: what is not found may still never fire.
 */
import {
  type Combination,
  type CombinationStep,
  durationMs,
  type Policy,
} from '@waywarden/schemas';
import type { Lint } from './class-lints.ts';

type Path = readonly (string | number)[];

/** What the file demands of the agents of two steps. */
interface Demand {
  readonly steps: readonly [string, string];
  readonly isSame: boolean;
  /** Where it stands in the combination. */
  readonly path: Path;
}

const AGENT_DEMANDS: Readonly<Record<Combination['actors'], boolean | undefined>> = {
  any: undefined,
  not_independent: undefined,
  same: true,
  different: false,
  // Nobody is independent of himself.
  independent: false,
};

function pathText(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .slice(1);
}

function stepDemands(step: CombinationStep, n: number): readonly Demand[] {
  const { id, same, differs, link, after = [] } = step;
  const found: Demand[] = [];
  if (same?.of.includes('agent') === true) {
    found.push({ steps: [id, same.as], isSame: true, path: ['steps', n, 'same'] });
  }
  if (differs?.of.every((fact) => fact === 'agent') === true) {
    found.push({ steps: [id, differs.from], isSame: false, path: ['steps', n, 'differs'] });
  }
  // A context is one agent's, over however many calls.
  if (link !== undefined && link.length > 0 && link.every((kind) => kind === 'context')) {
    for (const before of after) {
      found.push({ steps: [id, before], isSame: true, path: ['steps', n, 'link'] });
    }
  }
  return found;
}

function agentDemands(one: Combination): readonly Demand[] {
  const ofAll = AGENT_DEMANDS[one.actors];
  const all = one.steps.flatMap((step, n) =>
    one.steps.slice(n + 1).flatMap((other): Demand[] => {
      if (ofAll === undefined) return [];
      return [{ steps: [step.id, other.id], isSame: ofAll, path: ['actors'] }];
    }),
  );
  const pairs = (one.pairs ?? []).flatMap(({ steps, are }, n): Demand[] => {
    const isSame = AGENT_DEMANDS[are];
    return isSame === undefined ? [] : [{ steps, isSame, path: ['pairs', n, 'are'] }];
  });
  return [...one.steps.flatMap(stepDemands), ...pairs, ...all];
}

/** The demands by which two steps are calls of one agent; undefined where they need not be. */
function sameAgent(from: string, to: string, demands: readonly Demand[]): Demand[] | undefined {
  const ways = new Map<string, Demand[]>([[from, []]]);
  for (const [at, way] of ways) {
    for (const demand of demands) {
      if (!demand.isSame || !demand.steps.includes(at)) continue;
      const next = demand.steps[0] === at ? demand.steps[1] : demand.steps[0];
      if (!ways.has(next)) ways.set(next, [...way, demand]);
    }
  }
  return ways.get(to);
}

const listed = (paths: readonly Path[]) => [...new Set(paths.map(pathText))].join(' and ');

function agentLints(one: Combination): readonly Lint[] {
  const demands = agentDemands(one);
  const reported = new Set<string>();
  return demands.flatMap(({ steps: [a, b], isSame, path }): Lint[] => {
    const way = isSame || a === b ? undefined : sameAgent(a, b, demands);
    if (way === undefined || reported.has(pathText(path))) return [];
    reported.add(pathText(path));
    const by = listed(way.map((demand) => demand.path));
    const expected = `agents that can differ: by ${by}, ${a} and ${b} are calls of the same agent, so this combination never fires; leave out one of the two`;
    return [{ level: 'error', path, expected }];
  });
}

function pairLints(one: Combination): readonly Lint[] {
  return (one.pairs ?? []).flatMap(({ steps: [a, b], are }, n): Lint[] => {
    if (a === b) {
      const expected = `two different steps: ${a} is compared with itself, which is one call; name the other step, or leave the pair out`;
      return [{ level: 'error', path: ['pairs', n, 'steps'], expected }];
    }
    if (are !== 'not_independent') return [];
    const isOpposed = (one.pairs ?? []).some(
      (other) => other.are === 'independent' && other.steps[0] === a && other.steps[1] === b,
    );
    if (!isOpposed) return [];
    const expected = `one of independent and not_independent: both hold only where it is not known who stands behind ${a} and ${b}`;
    return [{ level: 'warning', path: ['pairs', n, 'are'], expected }];
  });
}

/** Facts that one step shares with another and has to differ from it in. */
function factLints(one: Combination): readonly Lint[] {
  return one.steps.flatMap(({ id, differs }, n): Lint[] => {
    if (differs === undefined) return [];
    const shared = one.steps.flatMap((step) => {
      if (step.same === undefined) return [];
      const isThese =
        (step.id === id && step.same.as === differs.from) ||
        (step.id === differs.from && step.same.as === id);
      return isThese ? step.same.of : [];
    });
    const isOnlyAgent = differs.of.every((fact) => fact === 'agent');
    if (isOnlyAgent || !differs.of.every((fact) => shared.includes(fact))) return [];
    const expected = `a fact that can differ: ${differs.of.join(', ')} of ${id} and ${differs.from} must also be the same, so this combination never fires; leave it out of \`same\` or of \`differs\``;
    return [{ level: 'error', path: ['steps', n, 'differs', 'of'], expected }];
  });
}

/** An agent has one plane. */
function planeLints(one: Combination): readonly Lint[] {
  const demands = agentDemands(one);
  return one.steps.flatMap((step, n): Lint[] => {
    const other = one.steps
      .slice(0, n)
      .find(
        ({ id, plane }) =>
          plane !== undefined &&
          step.plane !== undefined &&
          plane !== step.plane &&
          sameAgent(step.id, id, demands) !== undefined,
      );
    if (other === undefined) return [];
    const by = listed((sameAgent(step.id, other.id, demands) ?? []).map(({ path }) => path));
    const expected = `${other.plane}, or another agent: by ${by}, ${step.id} and ${other.id} are calls of the same agent, which has one plane`;
    return [{ level: 'error', path: ['steps', n, 'plane'], expected }];
  });
}

/** Links from the completing step back to the earliest, at least. */
function longestLine(one: Combination): number {
  const after = new Map(one.steps.map((step) => [step.id, step.after ?? []]));
  const length = (id: string, seen: readonly string[]): number =>
    Math.max(
      0,
      ...(after.get(id) ?? [])
        .filter((next) => !seen.includes(next))
        .map((next) => 1 + length(next, [...seen, next])),
    );
  return Math.max(...one.steps.map(({ id }) => length(id, [id])));
}

function lengthLints(one: Combination, policy: Policy): readonly Lint[] {
  const lints: Lint[] = [];
  const links = longestLine(one);
  const { hops_max: most } = policy.links;
  if (links > most) {
    const expected = `at most ${most + 1} steps after each other: these need ${links} links, and links.hops_max is ${most}, so this combination never fires`;
    lints.push({ level: 'error', path: ['steps'], expected });
  }
  if (one.within !== undefined && durationMs(one.within) === 0) {
    const expected =
      'a time in which calls can follow each other, such as 24h: within none, this combination never fires';
    lints.push({ level: 'error', path: ['within'], expected });
  }
  return lints;
}

function kindLints(one: Combination): readonly Lint[] {
  const apart = agentDemands(one).find((demand) => !demand.isSame);
  if (one.kind_one_agent === undefined || apart === undefined) return [];
  const expected = `no kind_one_agent: by ${pathText(apart.path)}, one agent alone never does all steps`;
  return [{ level: 'warning', path: ['kind_one_agent'], expected }];
}

/** Paths are relative to the combination. */
export function neverFires(one: Combination, policy: Policy): readonly Lint[] {
  if (one.evaluable === false) return [];
  return [
    ...agentLints(one),
    ...pairLints(one),
    ...factLints(one),
    ...planeLints(one),
    ...lengthLints(one, policy),
    ...kindLints(one),
  ];
}
