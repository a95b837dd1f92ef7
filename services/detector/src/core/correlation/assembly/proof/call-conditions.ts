/**
 * What a combination demands between two calls. Met by what is known, never by what is missing; except independence
 * (`independence.ts`).
 */
import { type CallFact, extractValues, isPrivileged, matchesGrant } from '@waywarden/schemas';
import { ATTEMPTED } from '../../../domain/carried-out.ts';
import type { ChainStep } from '../model/chain-step.ts';
import type { ChainStore } from '../model/chain-store.ts';
import { isLinkingValue, type LinkScope } from './chain-link.ts';
import type { CallCondition, CompiledCombination, CompiledPolicy } from './compile-combination.ts';
import { independenceOf } from './independence.ts';
import { isToOwnSubject } from './own-subject.ts';
import { matchedSymbols, type StepMatcher } from './step-match.ts';

interface ConditionScope extends LinkScope {
  readonly combination: CompiledCombination;
}

interface CallPair {
  readonly call: ChainStep;
  readonly other: ChainStep;
  readonly steps: readonly [StepMatcher, StepMatcher];
  readonly policy: CompiledPolicy;
  readonly store: ChainStore;
}

type Grouping = 'same' | 'different' | 'unknown';

function grouping(a: string | undefined, b: string | undefined): Grouping {
  if (a === undefined || b === undefined) return 'unknown';
  return a === b ? 'same' : 'different';
}

const agrees = (a: string | undefined, b: string | undefined) => grouping(a, b) !== 'different';

const DIGITS_ONLY = /^[\d\s.-]*$/;

/** Numbers alone do not: every table counts from one. */
function isTelling(id: string): boolean {
  if (DIGITS_ONLY.test(id)) return false;
  return extractValues(id).values.some(({ kind }) => kind !== 'shingle');
}

/** Kinds part only ids that could be anything's; systems always part. */
export function sameObject(a: ChainStep, b: ChainStep): Grouping {
  const [one, two] = [a.wire.target, b.wire.target];
  const ids = grouping(one?.resource_id, two?.resource_id);
  if (ids !== 'same') return ids;
  if (!agrees(one?.system, two?.system)) return 'different';
  if (agrees(one?.resource_type, two?.resource_type)) return 'same';
  return isTelling(one?.resource_id ?? '') ? 'same' : 'different';
}

function linkingArgs(call: ChainStep, policy: CompiledPolicy): ReadonlySet<string> {
  const values = call.wire.arg_values.filter(({ fp, kind }) => isLinkingValue(policy, fp, kind));
  return new Set(values.map((value) => value.fp));
}

function sameValue({ call, other, policy, store }: CallPair): Grouping {
  const [mine, theirs] = [linkingArgs(call, policy), linkingArgs(other, policy)];
  if (mine.size === 0 || theirs.size === 0) return 'unknown';
  const shared = [...mine].filter((fp) => theirs.has(fp));
  if (shared.length === 0) return 'different';
  return shared.every((fp) => store.isHub(fp, other, call)) ? 'unknown' : 'same';
}

const plain = (key: string) => (key.startsWith(ATTEMPTED) ? key.slice(ATTEMPTED.length) : key);

function sameCapability({ call, other, steps }: CallPair): Grouping {
  const theirs = new Set(matchedSymbols(steps[1], other).map(plain));
  const mine = matchedSymbols(steps[0], call).map(plain);
  return mine.some((symbol) => theirs.has(symbol)) ? 'same' : 'different';
}

function either(a: Grouping, b: Grouping): Grouping {
  if (a === 'same' || b === 'same') return 'same';
  return a === 'different' || b === 'different' ? 'different' : 'unknown';
}

const toolName = ({ wire: { tool } }: ChainStep) => tool && `${tool.server ?? ''}/${tool.name}`;

const FACTS: Readonly<Record<CallFact, (pair: CallPair) => Grouping>> = {
  agent: ({ call, other }) => grouping(call.wire.agent_uid, other.wire.agent_uid),
  principal: ({ call, other }) => grouping(call.wire.principal_uid, other.wire.principal_uid),
  task: ({ call, other }) => grouping(call.wire.task_id, other.wire.task_id),
  tool: ({ call, other }) => grouping(toolName(call), toolName(other)),
  capability: sameCapability,
  object: ({ call, other }) => sameObject(call, other),
  value: sameValue,
  object_or_value: (pair) => either(sameObject(pair.call, pair.other), sameValue(pair)),
};

function isBeyondScopes({ call, other, steps }: CallPair): boolean {
  const { scope_grants: allowed } = other.wire;
  if (allowed === undefined || call.wire.scope_grants === undefined) return false;
  return matchedSymbols(steps[0], call).some(
    (key) => !allowed.some((grant) => matchesGrant(grant, plain(key))),
  );
}

function isDeclaredHandoff({ call, other }: CallPair): boolean {
  const { workflow, plane, handoffs = [] } = call.wire;
  if (workflow === undefined || workflow !== other.wire.workflow) return false;
  if (plane === undefined || other.wire.plane === undefined) return false;
  return handoffs.includes(`${other.wire.plane}>${plane}`);
}

/** Whoever pays or grants does more than answer. */
function isReply({ call, steps }: CallPair): boolean {
  return !matchedSymbols(steps[0], call).some((symbol) => isPrivileged(plain(symbol)));
}

/** Unknown independence holds either way. */
export function conditionHolds(
  scope: ConditionScope,
  condition: CallCondition,
  call: ChainStep,
  other: ChainStep,
): boolean {
  const steps = [scope.combination.steps[condition.step], scope.combination.steps[condition.other]];
  const [own, theirs] = steps;
  if (own === undefined || theirs === undefined) return false;
  const { policy, store } = scope;
  const pair = { call, other, steps: [own, theirs], policy, store } as const;
  switch (condition.what) {
    case 'any':
      return true;
    case 'same':
      return FACTS.agent(pair) === 'same';
    case 'different':
      return FACTS.agent(pair) === 'different';
    case 'independent':
      return independenceOf(scope, call, other, 'all') !== 'dependent';
    case 'not_independent':
      return independenceOf(scope, call, other) !== 'independent';
    case 'same_facts':
      return condition.of.every((fact) => FACTS[fact](pair) === 'same');
    case 'differs':
      return condition.of.some((fact) => FACTS[fact](pair) === 'different');
    case 'beyond_scopes':
      return isBeyondScopes(pair);
    case 'not_own_subject':
      return !isReply(pair) || !isToOwnSubject(scope, call, other);
    case 'no_declared_handoff':
      return !isDeclaredHandoff(pair);
  }
}
