/**
 * The gap: one step is missing, the rest hangs together, and somebody at hand is granted it. It acts on a request
 * (`closing-gap.ts`).
 */
import { matchesGrant } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { ATTEMPTED } from '../../domain/carried-out.ts';
import { GAP_CALLS_MAX } from './model/assembly-limits.ts';
import type { ChainMeta } from './model/chain-meta.ts';
import { type ChainStep, isDelegating } from './model/chain-step.ts';
import type { ChainStore } from './model/chain-store.ts';
import type { CompiledCombination, CompiledPolicy, LineStep } from './proof/compile-combination.ts';
import { findProof, WorkCounter } from './proof/find-proof.ts';
import { registryAt } from './proof/policy-versions.ts';
import { type Gap, symbolsFor } from './proof/possible-combinations.ts';
import { matchedSymbols } from './proof/step-match.ts';
import { isUsual } from './usual-assemblies.ts';

function linkOf(whole: CompiledCombination, later: LineStep, earlier: LineStep) {
  const at = [earlier.step, later.step];
  const place = (step: number) => at.indexOf(step);
  const steps = at.flatMap((step) => whole.steps[step] ?? []);
  const conditions = whole.conditions
    .filter(({ step, other }) => place(step) >= 0 && place(other) >= 0)
    .map((one) => ({ ...one, step: place(one.step), other: place(one.other) }));
  return {
    source: whole.source,
    steps,
    variants: [
      {
        completing: 1,
        lines: [
          [
            { ...later, step: 1 },
            { ...earlier, step: 0 },
          ],
        ],
      },
    ],
    ties: whole.ties
      .filter(({ from, to }) => from === earlier.step && to === later.step)
      .map((one) => ({ ...one, from: 0, to: 1 })),
    withinMs: whole.withinMs,
    conditions,
    asksIndependence: conditions.some((one) => one.what.endsWith('independent')),
    linear: true,
  } satisfies CompiledCombination;
}

function linksBefore(whole: CompiledCombination, last: number): readonly CompiledCombination[] {
  const found = new Map<string, CompiledCombination>();
  const lines = whole.variants.filter((one) => one.completing === last).flatMap((one) => one.lines);
  for (const line of lines) {
    for (const [n, later] of line.entries()) {
      const earlier = line[n + 1];
      if (earlier === undefined || later.step === last || earlier.step === last) continue;
      found.set(`${earlier.step}/${later.step}`, linkOf(whole, later, earlier));
    }
  }
  return [...found.values()];
}

const GAP_WORK_MAX = 2000;

interface GapQuestion {
  readonly transaction: Transaction;
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  readonly policy: CompiledPolicy;
  readonly step: ChainStep;
}

function missingOf({ combination, missing }: Gap): readonly string[] {
  const step = combination.source.steps[missing];
  if (step === undefined || step.attempted === true) return [];
  return step.any.filter((symbol) => !symbol.startsWith(ATTEMPTED));
}

function mayDo(grants: readonly string[], missing: readonly string[]): boolean {
  return missing.some((symbol) =>
    grants.some((grant) => matchesGrant(grant, symbol) || matchesGrant(symbol, grant)),
  );
}

interface Reached {
  readonly agent: string;
  readonly grants: readonly string[];
  readonly call: ChainStep;
}

function reachedBy({ transaction, meta }: GapQuestion, call: ChainStep): readonly Reached[] {
  const { agent_uid: agent, grants, delegate_uid: delegate, registry_version } = call.wire;
  const own = grants === null ? [] : [{ agent, grants, call }];
  if (delegate === undefined || !isDelegating(call)) return own;
  const agents = registryAt(transaction, meta.tenant, registry_version)?.agents;
  const given = agents?.find(({ uid }) => uid === delegate)?.grants;
  return given === undefined ? own : [...own, { agent: delegate, grants: given, call }];
}

function reachedIn(question: GapQuestion): readonly Reached[] {
  const { store, meta } = question;
  const from = Math.max(0, meta.next - GAP_CALLS_MAX);
  const numbers = Array.from({ length: meta.next - from }, (_, n) => from + n);
  return [...store.stepsOf(numbers)].flatMap((call) => reachedBy(question, call));
}

function hasWork({ store }: GapQuestion, { agent, call }: Reached, { combination }: Gap): boolean {
  const { agent_uid: own, event_id: event, parent_agent_uid: parent } = call.wire;
  if (agent !== own || parent !== undefined) return true;
  if (store.imports().some((link) => link.to_event === event)) return true;
  return combination.steps.some((step) => matchedSymbols(step, call).length > 0);
}

function hangsTogether(question: GapQuestion, gap: Gap): boolean | 'none_required' {
  const links = linksBefore(gap.combination, gap.missing);
  if (links.length === 0) return 'none_required';
  const { store, policy } = question;
  const work = new WorkCounter(GAP_WORK_MAX);
  const meta = store.index(store.meta() ?? question.meta);
  for (const link of links) {
    const [, later] = link.steps;
    const calls =
      later === undefined
        ? []
        : symbolsFor(meta, later).flatMap((symbol) =>
            store.tables.bySymbol(symbol).slice(-GAP_CALLS_MAX),
          );
    for (const call of store.stepsOf(new Set(calls))) {
      if (findProof({ store, policy, combination: link, work }, call) !== undefined) return true;
      if (work.exceeded) return false;
    }
  }
  return false;
}

export function openGap(question: GapQuestion, gaps: readonly Gap[]): Gap | undefined {
  if (gaps.length === 0) return undefined;
  const { transaction, meta, step } = question;
  const reached = reachedIn(question);
  const registry = registryAt(transaction, meta.tenant, step.wire.registry_version);
  return gaps.find((gap) => {
    const missing = missingOf(gap);
    const holders = reached.filter(({ grants }) => mayDo(grants, missing));
    const { id: combination } = gap.combination.source;
    if (holders.length === 0 || isUsual({ transaction, registry, combination, call: step.wire })) {
      return false;
    }
    const linked = hangsTogether(question, gap);
    return linked === 'none_required' ? holders.some((one) => hasWork(question, one, gap)) : linked;
  });
}
