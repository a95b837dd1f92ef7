/**
 * What a combination demands between two calls. Met by what is known, never by what is missing; except independence
 * (`independence.ts`).
 */
import {
  assuranceAtLeast,
  type CallFact,
  extractValues,
  isPrivileged,
  matchesGrant,
} from '@waywarden/schemas';
import { ATTEMPTED } from '../../../domain/carried-out.ts';
import { CALL_VALUES_MAX } from '../model/assembly-limits.ts';
import { type ChainStep, compareSteps, tookPlace, writes } from '../model/chain-step.ts';
import type { ChainStore } from '../model/chain-store.ts';
import { isLinkingValue, type LinkScope } from './chain-link.ts';
import type { CallCondition, CompiledCombination, CompiledPolicy } from './compile-combination.ts';
import { independenceOf } from './independence.ts';
import { isAsserted } from './proof-assurance.ts';
import { matchedSymbols, type StepMatcher } from './step-match.ts';
import { orderOf } from './step-order.ts';

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

/**
 * Whether a call sends a record to its subject alone (`assembly.md`). A trusted record with one person's address is
 * that person's, between two tasks only.
 */

const ADDRESS = 'email';

const reported = (names: readonly (string | undefined)[]) =>
  names.filter((one): one is string => one !== undefined);

function reportsAddresses({ wire }: ChainStep): boolean {
  const { result_values: values, values_truncated: isCut } = wire;
  return !isCut && (values.length < CALL_VALUES_MAX || values.at(-1)?.kind !== ADDRESS);
}

/** Running text is no field: somebody may have put it there. */
function addressOfRecord({ store, policy }: LinkScope, record: ChainStep, call: ChainStep) {
  const { effect, result_trust: trust, result_values: values } = record.wire;
  if (effect !== 'read' || trust !== 'trusted' || !tookPlace(record)) return undefined;
  if (isAsserted(record)) return undefined;
  if (!reportsAddresses(record)) return undefined;
  const own = values.filter(
    ({ kind, fp }) =>
      kind === ADDRESS && !policy.commonValues.has(fp) && !store.isHub(fp, record, call),
  );
  const [address, ...others] = own;
  if (address === undefined || others.length > 0) return undefined;
  return address.in === 'text' || address.instructed === true ? undefined : address.fp;
}

function wasPutThere({ store }: LinkScope, record: ChainStep, address: string): boolean {
  const object = record.wire.target?.resource_id;
  const isIt = (id: string | undefined) =>
    object === undefined || id === undefined || id === object;
  const calls = [...store.stepsOf(store.tables.value(address).made), ...store.foreign().steps];
  return calls.some(
    (one) =>
      writes(one) &&
      isIt(one.wire.target?.resource_id) &&
      one.wire.arg_values.some(({ fp }) => fp === address),
  );
}

interface Send {
  readonly call: ChainStep;
  readonly record: ChainStep;
}

function isToRecordsAddress(scope: LinkScope, { call, record }: Send, to: string): boolean {
  if (call.wire.chain_id === record.wire.chain_id) return false;
  return (
    record.wire.result_values.some(({ fp }) => fp === to) &&
    addressOfRecord(scope, record, call) === to &&
    !wasPutThere(scope, record, to)
  );
}

/** Proven, and of a system that outsiders do not write. */
function ownersOf(record: ChainStep): readonly string[] {
  const { target, result_trust: trust } = record.wire;
  if (trust === 'untrusted' || isAsserted(record)) return [];
  return reported([target?.owner_uid, target?.owner_fp]);
}

function subjectsOf({ call, record }: Send): readonly string[] {
  const owners = ownersOf(record);
  const {
    task_subjects: named = [],
    task_subject_fps: fps = [],
    claims,
    task_id: task,
  } = call.wire;
  if (
    !assuranceAtLeast(claims.task, 'authenticated') ||
    isAsserted(call) ||
    task !== record.wire.task_id
  )
    return owners;
  const subjects = [...named, ...fps];
  const isAbout = owners.length === 0 || owners.some((owner) => subjects.includes(owner));
  return isAbout ? [...owners, ...subjects] : owners;
}

/** A copy to colleagues is no egress. Destinations are fingerprints, and ingest adds those of the people. */
function isToOwnSubject(scope: LinkScope, call: ChainStep, record: ChainStep): boolean {
  const { target, destinations = 1, outside_fps: outside = [] } = call.wire;
  if (destinations > 1 && outside.length === 0) return false;
  const send = { call, record };
  const subjects = subjectsOf(send);
  const belongsTo = (one: string) => subjects.includes(one) || isToRecordsAddress(scope, send, one);
  if (destinations > 1) return outside.every(belongsTo);
  // An unproven source may claim anything.
  const reached = isAsserted(call) ? [] : reported([target?.owner_uid, target?.owner_fp]);
  const to = target?.resource_id;
  return reached.some((one) => subjects.includes(one)) || (to !== undefined && belongsTo(to));
}

/** Calls of unknown outcome that their agent repeated with success. */
export function retryOf({ store, policy }: LinkScope, call: ChainStep): ChainStep | undefined {
  const { exercise, args_hash: args, agent_uid: agent, tool } = call.wire;
  if (exercise !== 'possibly' || args === undefined) return undefined;
  return store
    .stepsOf(store.numbersBy(agent))
    .filter(
      ({ wire, ...one }) =>
        wire.exercise === 'exercised' &&
        wire.args_hash === args &&
        wire.tool?.name === tool?.name &&
        wire.tool?.server === tool?.server &&
        orderOf(call, { wire, ...one }, policy.skewMs) === 'before',
    )
    .toSorted(compareSteps)[0];
}

export type BarsCall = (call: ChainStep, path: readonly ChainStep[]) => boolean;

/** With them only where nothing is found without, and never beside their own retry. */
export function withoutRetried<T>(
  scope: LinkScope,
  completing: ChainStep,
  find: (bars: BarsCall) => T | undefined,
): T | undefined {
  let isMet = false;
  const found = find((call) => {
    const retry = retryOf(scope, call);
    if (retry === undefined) return false;
    if (orderOf(completing, retry, scope.policy.skewMs) === 'before') return false;
    isMet = true;
    return true;
  });
  if (found !== undefined || !isMet) return found;
  return find((call, path) => {
    const retry = retryOf(scope, call);
    return retry !== undefined && path.includes(retry);
  });
}
