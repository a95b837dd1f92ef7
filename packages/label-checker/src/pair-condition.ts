/**
 * Conditions between the calls of two steps: `same`, `differs`, `beyond_scopes_of`, `unless`
 * (reference-combinations, "Keys of a step", "Facts", "Own subject").
 */
import { type CallFact, type CombinationStep, matchesGrant } from '@waywarden/schemas';
import { type Call, isWrite } from './call.ts';
import { capabilitiesFor } from './step-condition.ts';
import { isSelective, type Stream } from './stream.ts';

/** "A fact that either call does not tell is neither the same nor different." */
type Comparison = 'same' | 'different' | 'not_reported';

interface StepCall {
  readonly step: CombinationStep;
  readonly call: Call;
}

function compared(a: string | undefined, b: string | undefined): Comparison {
  if (a === undefined || b === undefined) return 'not_reported';
  return a === b ? 'same' : 'different';
}

function overlap(a: readonly string[], b: readonly string[]): Comparison {
  if (a.length === 0 || b.length === 0) return 'not_reported';
  return a.some((one) => b.includes(one)) ? 'same' : 'different';
}

/** "`object` (system and type, where both name them, and `target.resource_id`)" */
function compareObject(a: Call, b: Call): Comparison {
  const parts = [
    compared(a.target.id, b.target.id),
    compared(a.target.system, b.target.system),
    compared(a.target.type, b.target.type),
  ];
  if (parts[0] === 'not_reported') return 'not_reported';
  return parts.includes('different') ? 'different' : 'same';
}

/** "`value` (a fingerprint of a linking kind in the arguments of both …)" */
function compareValue(a: Call, b: Call): Comparison {
  const keys = (call: Call) => call.args.map((value) => value.key);
  return overlap(keys(a), keys(b));
}

/** "`object_or_value` (either)" */
function compareEither(a: Call, b: Call): Comparison {
  const both = [compareObject(a, b), compareValue(a, b)];
  if (both.includes('same')) return 'same';
  return both.includes('different') ? 'different' : 'not_reported';
}

function compare(fact: CallFact, a: StepCall, b: StepCall): Comparison {
  switch (fact) {
    case 'agent':
      return compared(a.call.agent, b.call.agent);
    case 'principal':
      return compared(a.call.principal, b.call.principal);
    case 'task':
      return compared(a.call.task, b.call.task);
    case 'tool':
      return compared(a.call.tool, b.call.tool);
    case 'capability':
      // "one that both steps ask for, in both calls"
      return overlap(capabilitiesFor(a.step, a.call), capabilitiesFor(b.step, b.call));
    case 'object':
      return compareObject(a.call, b.call);
    case 'value':
      return compareValue(a.call, b.call);
    case 'object_or_value':
      return compareEither(a.call, b.call);
  }
}

/**
 * "The call did something that the scopes of the credential used in the named step do not contain
 * (both credentials' scopes known through `scope_map`)."
 */
function goesBeyond(earlier: Call, later: Call): boolean {
  const allowed = earlier.scopeGrants;
  if (allowed === undefined || later.scopeGrants === undefined) return false;
  return later.capabilities.some(
    (symbol) => !allowed.some((pattern) => matchesGrant(pattern, symbol)),
  );
}

/**
 * "Between two chains, a record of a trusted system (`result.trust: trusted`, effect `read`) that holds
 * one e-mail address, but for common ones, is that person's, unless some call wrote the address there."
 */
function goesToRecordsAddress(read: Call, send: Call, stream: Stream): boolean {
  if (read.chain === send.chain || read.effect !== 'read' || read.resultTrust !== 'trusted') {
    return false;
  }
  const addresses = read.result.filter(
    ({ kind, key }) => kind === 'email' && isSelective(key, send, stream),
  );
  const keys = new Set(addresses.map(({ key }) => key));
  const to = send.target.id;
  if (to === undefined || keys.size !== 1 || !keys.has(to)) return false;
  const isThere = (id: string | undefined) =>
    id === undefined || read.target.id === undefined || id === read.target.id;
  const shown = stream.observations.get(to) ?? [];
  return !shown.some(
    (one) => isWrite(one) && isThere(one.target.id) && one.args.some(({ key }) => key === to),
  );
}

/**
 * "the record's owner is `target.owner_uid` of the reading call, else its `task.subjects`. The send
 * goes to its own subject when `target.resource_id` or `target.owner_uid` of the send is that owner;
 * or when both the send's destination and the record's owner are among the task's subjects (task
 * proven)."
 */
export function goesToOwnSubject(read: Call, send: Call, stream: Stream): boolean {
  if (goesToRecordsAddress(read, send, stream)) return true;
  const owners = read.target.owner === undefined ? read.subjects : [read.target.owner];
  const named = [send.target.id, send.target.owner].filter((name) => name !== undefined);
  if (named.some((name) => owners.includes(name))) return true;
  const destination = send.target.id;
  return (
    send.taskProven &&
    destination !== undefined &&
    send.subjects.includes(destination) &&
    owners.some((owner) => send.subjects.includes(owner))
  );
}

/** "the proven workflow of both calls declares a hand-off from that step's plane to this one's" */
function isDeclaredHandoff(earlier: Call, later: Call): boolean {
  if (!earlier.workflowProven || !later.workflowProven) return false;
  if (earlier.plane === undefined || later.plane === undefined) return false;
  const handoff = `${earlier.plane}>${later.plane}`;
  return earlier.handoffs.includes(handoff) && later.handoffs.includes(handoff);
}

/** All conditions that `later`'s step has on other steps. */
export function holdsBetween(
  later: StepCall,
  of: (stepId: string) => StepCall | undefined,
  stream: Stream,
): boolean {
  const { same, differs, beyond_scopes_of: scopes, unless } = later.step;
  const as = same && of(same.as);
  const from = differs && of(differs.from);
  const parent = scopes === undefined ? undefined : of(scopes);
  const read = unless?.own_subject_of === undefined ? undefined : of(unless.own_subject_of);
  const retrieve =
    unless?.declared_handoff_from === undefined ? undefined : of(unless.declared_handoff_from);
  return (
    (as === undefined || (same?.of ?? []).every((fact) => compare(fact, as, later) === 'same')) &&
    (from === undefined ||
      (differs?.of ?? []).some((fact) => compare(fact, from, later) === 'different')) &&
    (parent === undefined || goesBeyond(parent.call, later.call)) &&
    (read === undefined || !goesToOwnSubject(read.call, later.call, stream)) &&
    (retrieve === undefined || !isDeclaredHandoff(retrieve.call, later.call))
  );
}
