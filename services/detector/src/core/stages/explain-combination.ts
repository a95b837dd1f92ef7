/** Why a combination fired or not, by asking the stage with steps left out or conditions lifted. Slow, for people. */
import {
  type Alert,
  type Combination,
  type CombinationStep,
  type Policy,
  type PrivilegeLink,
  type PrivilegeStep,
  stepReferences,
} from '@waywarden/schemas';
import { type ChainStep, compareSteps } from '../correlation/assembly/model/chain-step.ts';
import { ChainStore } from '../correlation/assembly/model/chain-store.ts';
import { symbolKeys } from '../correlation/assembly/model/step-keys.ts';
import { linksInto } from '../correlation/assembly/proof/chain-links.ts';
import {
  type CompiledPolicy,
  compilePolicy,
} from '../correlation/assembly/proof/compile-combination.ts';
import { EXPLAINED, explainedLinks } from '../correlation/assembly/proof/explained-links.ts';
import { matchedSymbols, stepMatcher } from '../correlation/assembly/proof/step-match.ts';
import { orderOf } from '../correlation/assembly/proof/step-order.ts';
import { concludeSteps, runSteps } from './example-steps.ts';

export interface CombinationWhy {
  readonly combination: string;
  readonly fired: boolean;
  readonly alert: Alert | null;
  readonly holds: readonly string[];
  readonly lacks: string | null;
  readonly because: readonly string[];
  readonly would_hold_without: readonly string[];
}

function inOrder(one: Combination): readonly CombinationStep[] {
  const left = [...one.steps];
  const ordered: CombinationStep[] = [];
  while (left.length > 0) {
    const ready = left.findIndex((step) =>
      (step.after ?? []).every((id) => ordered.some((before) => before.id === id)),
    );
    ordered.push(...left.splice(Math.max(0, ready), 1));
  }
  return ordered;
}

function only(one: Combination, retained: readonly CombinationStep[]): Combination {
  const ids = new Set(retained.map((step) => step.id));
  const steps = retained.map((step): CombinationStep => {
    const after = (step.after ?? []).filter((id) => ids.has(id));
    const strange = stepReferences(step).filter(([, id]) => !ids.has(id));
    const gone = new Set(strange.map(([path]) => path.join('.')));
    const { same, differs, beyond_scopes_of: scopes, unless, after: _, ...rest } = step;
    const { own_subject_of: subject, declared_handoff_from: handoff, ...others } = unless ?? {};
    return {
      ...rest,
      ...(after.length === 0 ? {} : { after }),
      ...(same === undefined || gone.has('same.as') ? {} : { same }),
      ...(differs === undefined || gone.has('differs.from') ? {} : { differs }),
      ...(scopes === undefined || gone.has('beyond_scopes_of') ? {} : { beyond_scopes_of: scopes }),
      unless: {
        ...others,
        ...(subject === undefined || !ids.has(subject) ? {} : { own_subject_of: subject }),
        ...(handoff === undefined || !ids.has(handoff) ? {} : { declared_handoff_from: handoff }),
      },
    };
  });
  const pairs = (one.pairs ?? []).filter(({ steps: pair }) => pair.every((id) => ids.has(id)));
  return { ...one, evaluable: true, steps, pairs };
}

interface Question {
  readonly policy: Policy;
  readonly steps: readonly PrivilegeStep[];
  readonly links: readonly PrivilegeLink[];
}

function fires({ policy, steps, links }: Question, one: Combination): Alert | undefined {
  return concludeSteps({ ...policy, combinations: [one] }, steps, links)[0];
}

const sayCall = ({ wire, n }: ChainStep) =>
  `${wire.tool?.name ?? wire.activity} by ${wire.agent_uid} at ${wire.event_time} (${wire.native_id ?? wire.event_id}${n < 0 ? `, of chain ${wire.chain_id}` : ''})`;

interface Lack {
  readonly step: CombinationStep;
  readonly next: ReadonlyMap<string, ChainStep>;
  readonly followers: readonly CombinationStep[];
  readonly store: ChainStore;
  readonly policy: CompiledPolicy;
  readonly bulk: number;
  readonly common: ReadonlySet<string>;
}

const LOOK = { context: true, past: () => false, back: () => false };

function sayUnlinked({ common }: Lack, call: ChainStep, to: ChainStep, id: string): string {
  const shown = new Set([...call.wire.result_values, ...call.wire.arg_values].map(({ fp }) => fp));
  const shared = to.wire.arg_values.filter(({ fp }) => shown.has(fp));
  const reason = `no link leads from ${sayCall(call)} to ${id}`;
  const hubs = shared.filter(({ fp }) => common.has(fp)).map(({ kind }) => kind);
  if (hubs.length > 0) {
    return `${reason}: what they share (${hubs.join(', ')}) is seen in too many other chains to link by`;
  }
  return shared.length === 0 ? reason : `${reason}, though they share a value`;
}

function sayMissing(lack: Lack, call: ChainStep): string {
  const { step, followers, next, store, policy, bulk } = lack;
  if (matchedSymbols(stepMatcher(step, bulk), call).length === 0) {
    return `${sayCall(call)} does not meet the conditions on the call itself`;
  }
  for (const follower of followers) {
    const to = next.get(follower.id);
    if (to === undefined) continue;
    const order = orderOf(call, to, policy.skewMs);
    if (order === 'after') return `${sayCall(call)} came after ${follower.id}`;
    const kinds = new Set<string>();
    for (const link of linksInto({ store, policy }, to, LOOK)) {
      if (link.from.n === call.n) kinds.add(link.via);
    }
    const allowed: readonly string[] = follower.link ?? [...kinds];
    if (kinds.size === 0) return sayUnlinked(lack, call, to, follower.id);
    if (![...kinds].some((kind) => allowed.includes(kind))) {
      return `${sayCall(call)} is linked to ${follower.id} by ${[...kinds].join(', ')} only, and ${follower.id} asks for ${allowed.join(', ')}`;
    }
  }
  return `${sayCall(call)} is linked, and does not meet the conditions between calls, the time or the order`;
}

function sayLack(lack: Lack, all: readonly ChainStep[]): readonly string[] {
  const bare = stepMatcher(
    { id: lack.step.id, any: lack.step.any, attempted: lack.step.attempted },
    0,
  );
  const calls = all.filter((call) => symbolKeys(call).some((key) => bare.accepts(key)));
  const wanted = lack.step.any.join(' or ');
  if (calls.length === 0) {
    const outcome = lack.step.attempted === true ? 'was denied' : 'did';
    return [`no call ${outcome} ${wanted}`];
  }
  const shownCalls = calls.slice(0, 5).map((call) => sayMissing(lack, call));
  const more = calls.length - shownCalls.length;
  return more > 0 ? [...shownCalls, `and ${more} more calls`] : shownCalls;
}

function lifted(
  one: Combination,
  lacking: CombinationStep,
): readonly (readonly [string, Combination])[] {
  const found: (readonly [string, Combination])[] = [];
  const without = (id: string, key: keyof CombinationStep, words: string) => {
    const steps = one.steps.map((step) => {
      if (step.id !== id) return step;
      const { [key]: _, ...rest } = step;
      return rest as CombinationStep;
    });
    found.push([words, { ...one, steps }]);
  };
  const touching = one.steps.filter(
    (step) => step.id === lacking.id || stepReferences(step).some(([, id]) => id === lacking.id),
  );
  const keys = [
    'link',
    'direct',
    'records_min',
    'plane',
    'result_trust',
    'same',
    'differs',
    'beyond_scopes_of',
    'unless',
  ] as const;
  for (const step of touching) {
    for (const key of keys) {
      if (step[key] !== undefined) without(step.id, key, `\`${key}\` of ${step.id}`);
    }
  }
  if (one.within !== undefined) {
    const { within: _, ...rest } = one;
    found.push([`\`within: ${one.within}\``, rest]);
  }
  if (one.actors !== 'any') found.push([`\`actors: ${one.actors}\``, { ...one, actors: 'any' }]);
  if ((one.pairs ?? []).length > 0) found.push(['`pairs`', { ...one, pairs: [] }]);
  return found;
}

function followingCalls(alert: Alert | undefined, all: readonly ChainStep[]) {
  const byEvent = new Map(all.map((call) => [call.wire.event_id, call]));
  const found = new Map<string, ChainStep>();
  for (const { role, event_id: event } of alert?.evidence ?? []) {
    const call = byEvent.get(event);
    if (call !== undefined && !found.has(role)) found.set(role, call);
  }
  return found;
}

/**
 * Explains one combination over the steps of one chain.
@param given privilege steps of one tenant and chain, in
 * any order @param flows links of the same tenant, in order; others' are ignored
 */
export function explainFiring(
  policy: Policy,
  id: string,
  given: readonly PrivilegeStep[],
  flows: readonly PrivilegeLink[] = [],
): CombinationWhy | undefined {
  const one = policy.combinations.find((combination) => combination.id === id);
  if (one === undefined) return undefined;
  const steps = given.map((step) => ({ ...step, policy_version: EXPLAINED }));
  const links = explainedLinks(flows, steps[0]?.chain_id ?? '');
  const question = { policy, steps, links };
  const fired = one.evaluable === false ? undefined : fires(question, one);
  const ordered = inOrder(one);
  const base = { combination: id, fired: fired !== undefined, alert: fired ?? null };
  const backwards = ordered.map((step) => step.id).reverse();
  if (fired !== undefined) {
    return { ...base, holds: backwards, lacks: null, because: [], would_hold_without: [] };
  }
  let inHand: Alert | undefined;
  let count = 0;
  while (count < ordered.length - 1) {
    const next = fires(question, only(one, ordered.slice(ordered.length - count - 1)));
    if (next === undefined) break;
    inHand = next;
    count += 1;
  }
  const lacking = ordered[ordered.length - count - 1];
  if (lacking === undefined) return undefined;
  const { transaction } = runSteps({ ...policy, combinations: [one] }, steps, links);
  const first = steps[0];
  const store = new ChainStore(transaction, first?.tenant_id ?? '', first?.chain_id ?? '');
  const retained = store.meta();
  const meta = retained && store.index(retained);
  const own = meta === undefined ? [] : store.all(meta);
  const all = [...own, ...store.foreign().steps].sort(compareSteps);
  const lack: Lack = {
    step: lacking,
    next: followingCalls(inHand, all),
    followers: one.steps.filter((step) => (step.after ?? []).includes(lacking.id)),
    store,
    policy: compilePolicy(policy),
    bulk: policy.limits.bulk_records,
    common: new Set(links.flatMap(({ hub, fp }) => (hub === true && fp !== undefined ? [fp] : []))),
  };
  const partial = only(one, ordered.slice(ordered.length - count - 1));
  const helps = lifted(partial, lacking).filter(([, without]) => fires(question, without));
  const note = one.evaluable === false ? [`it never fires: ${one.evaluable_note ?? ''}`] : [];
  return {
    ...base,
    holds: backwards.slice(0, count),
    lacks: lacking.id,
    because: [...note, ...sayLack(lack, all)],
    would_hold_without: helps.map(([words]) => words),
  };
}
