/**
 * An input event, values in clear, becomes a call: capabilities and trust as sent (the streams are
 * read as `replay --trust-fields --assurance authenticated` reads them), grants, role, plane and
 * owner from the registry, values by the contracts' own extraction and the published replay key.
 *
 * What an event says of its own assurance (`agent.assurance`, `claims`) is believed, so that streams
 * can hold asserted ids; what it leaves out is as the caller says.
 */
import {
  ASSURANCES,
  type Assurance,
  assuranceAtLeast,
  type Claim,
  extractValues,
  fingerprintOf,
  type InputEvent,
  type Policy,
  REPLAY_KEY,
  type Registry,
} from '@waywarden/schemas';
import { type Call, type CallValue, happenedOf, type RootKey, strengthRank } from './call.ts';

export interface ReadContext {
  readonly registry: Registry;
  readonly policy: Policy;
  /** What is believed of whatever an event does not say itself: `replay --assurance`. */
  readonly assurance: Assurance;
}

function isAtLeastAuthenticated(given: unknown, otherwise: Assurance): boolean {
  const stated = ASSURANCES.find((one) => one === given) ?? otherwise;
  return assuranceAtLeast(stated, 'authenticated');
}

function memberOf(given: unknown, key: string): unknown {
  if (typeof given !== 'object' || given === null) return undefined;
  return new Map(Object.entries(given)).get(key);
}

type Proof = (claim: Claim) => boolean;

/** "What rests on asserted can raise an alert. It never revokes anything": proven is more. */
function proofOf(event: InputEvent, { assurance }: ReadContext): Proof {
  return (claim) => isAtLeastAuthenticated(memberOf(event['claims'], claim), assurance);
}

/** "a linking kind … not on the operator's common-value list". */
function linkingValues(
  value: unknown,
  derived: readonly CallValue[],
  policy: Policy,
): readonly CallValue[] {
  const found = extractValues(value).values.map(({ kind, canonical }) => ({
    kind,
    key: fingerprintOf(kind, canonical, REPLAY_KEY),
  }));
  return [...found, ...derived].filter(
    ({ kind, key }) =>
      policy.links.kinds.includes(kind) && !policy.links.common_values.includes(key),
  );
}

const asCallValues = (values: readonly { fp: string; kind: string }[] | undefined) =>
  (values ?? []).map(({ fp, kind }) => ({ key: fp, kind }));

function filled<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

/** "task or workflow run, else delegation root …, else trace, else conversation and turn". */
function rootKeysOf(event: InputEvent, isProven: Proof): readonly RootKey[] {
  const turn = `${event.conversation_id}/${event.conversation_turn ?? ''}`;
  const keys: readonly (readonly [number, Claim, string, string | undefined])[] = [
    [0, 'task', 'task', event.task?.id],
    [1, 'delegation', 'delegation', event.delegation?.chain?.[0]?.ref],
    [2, 'trace', 'trace', event.trace_id],
    [3, 'conversation', 'turn', event.conversation_id === undefined ? undefined : turn],
  ];
  return keys.flatMap(([rank, claim, kind, id]) =>
    filled(id).map((text) => ({ rank, key: `${kind}:${text}`, proven: isProven(claim) })),
  );
}

/** "`chain_id`: hash of the strongest root key"; an event without any is a chain of its own. */
function chainOf(keys: readonly RootKey[], id: string): string {
  const [strongest] = [...keys].sort((a, b) => strengthRank(a) - strengthRank(b));
  return strongest?.key ?? `event:${id}`;
}

/** Known only when the registry's map knows every scope. */
function scopeGrantsOf(event: InputEvent, registry: Registry): readonly string[] | undefined {
  const scopes = event.scopes;
  if (scopes === undefined) return undefined;
  const mapped = scopes.map((scope) => registry.scope_map[scope]);
  return mapped.some((grants) => grants === undefined) ? undefined : mapped.flatMap((g) => g ?? []);
}

function domainOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const mail = /^[^@\s]+@([^@\s]+)$/.exec(text);
  const url = /^[a-z]+:\/\/([^/:?#\s]+)/i.exec(text);
  return (mail?.[1] ?? url?.[1])?.toLowerCase();
}

/** "For send, publish and pay, `target.resource_id` is the destination". */
function destinationOf(event: InputEvent): string | undefined {
  if (event.effect !== 'send' && event.effect !== 'pay') return undefined;
  const stated = event.args?.features?.['destination_domain'];
  if (typeof stated === 'string') return stated;
  const to = memberOf(event.args?.value, 'to');
  return domainOf(event.target?.resource_id) ?? domainOf(typeof to === 'string' ? to : undefined);
}

/**
 * "kept as fingerprint with its domain apart": so a destination in clear never equals a clear name,
 * only `owner_uid` that is a fingerprint too.
 */
function resourceIdOf(event: InputEvent): string | undefined {
  const given = event.target?.resource_id;
  if (given === undefined || (event.effect !== 'send' && event.effect !== 'pay')) return given;
  const [value] = extractValues(given).values;
  return fingerprintOf(value?.kind ?? 'destination', value?.canonical ?? given, REPLAY_KEY);
}

/** "args.features.records or result.features.records, the larger". */
function recordsOf(event: InputEvent): number | undefined {
  const told = [event.args?.features?.['records'], event.result?.features?.['records']];
  const numbers = told.filter((value) => typeof value === 'number');
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

function handsTo(event: InputEvent): string | undefined {
  const isDelegating = event.activity === 'delegation' || event.activity === 'agent_invoke';
  return isDelegating && event.target?.resource_type === 'agent'
    ? event.target.resource_id
    : undefined;
}

function fromRegistry(event: InputEvent, registry: Registry, isProven: Proof) {
  const entry = registry.agents.find((agent) => agent.uid === event.agent.uid);
  const workflow = registry.workflows.find((one) => one.name === event.task?.workflow);
  return {
    registryGrants: entry?.grants,
    role: entry?.role,
    plane: entry?.plane,
    owners: [
      ...filled(entry?.owner?.person).map((person) => `person ${person}`),
      ...filled(entry?.owner?.team).map((team) => `team ${team}`),
    ],
    handoffs: isProven('workflow')
      ? (workflow?.handoffs ?? []).map(({ from, to }) => `${from}>${to}`)
      : [],
  };
}

function whatItDid(event: InputEvent, policy: Policy) {
  const { tool, target, args, result } = event;
  const grantee = args?.features?.['grantee'];
  return {
    capabilities: (event.capabilities ?? []).map((claim) => claim.symbol),
    inferred: (event.capabilities ?? [])
      .filter((claim) => claim.basis === 'inferred')
      .map((claim) => claim.symbol),
    tool: tool === undefined ? undefined : `${tool.server ?? ''}/${tool.name}`,
    target: {
      system: target?.system,
      type: target?.resource_type,
      id: resourceIdOf(event),
      owner: target?.owner_uid,
      sensitivity: target?.sensitivity,
      environment: target?.environment,
    },
    destination: destinationOf(event),
    args: linkingValues(args?.value, asCallValues(args?.values), policy),
    result: linkingValues(result?.value, asCallValues(result?.values), policy),
    requested: linkingValues(event.task?.request, [], policy).map(({ key }) => key),
    resultTrust: result?.trust,
    records: recordsOf(event),
    grantee: typeof grantee === 'string' ? grantee : undefined,
    handsTo: handsTo(event),
    dryRun: args?.features?.['dry_run'] === true,
  };
}

function whoDidIt(event: InputEvent, context: ReadContext, isProven: Proof) {
  const { agent, principal, credential, delegation } = event;
  return {
    agent: agent.uid,
    instance: agent.instance_uid ?? agent.uid,
    agentProven: isAtLeastAuthenticated(agent.assurance, context.assurance),
    principal: principal?.uid,
    principalProven: isProven('principal'),
    credentialId: credential?.uid,
    credentialFp: credential?.fp,
    credentialParent: credential?.parent_uid,
    scopeGrants: scopeGrantsOf(event, context.registry),
    rootAgent: delegation?.root_agent_uid,
    parentAgent: delegation?.parent_agent_uid,
    delegationRefs: (delegation?.chain ?? []).flatMap((link) => filled(link.ref)),
    delegationProven: isProven('delegation'),
  };
}

export function readCall(event: InputEvent, id: string, context: ReadContext): Call {
  const { registry, policy } = context;
  const isProven = proofOf(event, context);
  const { source, task, approval } = event;
  const rootKeys = rootKeysOf(event, isProven);
  const effect = event.effect ?? 'unknown';
  // "`requested` without `completed` past a deadline likewise": as an unknown outcome.
  const outcome = event.phase === 'requested' ? 'unknown' : (event.outcome ?? 'unknown');
  return {
    id,
    timeMs: Date.parse(event.event_time),
    source: `${source?.kind ?? ''}/${source?.instance ?? ''}`,
    seq: source?.seq,
    activity: event.activity,
    effect,
    happened: happenedOf(outcome, effect),
    ...whatItDid(event, policy),
    ...whoDidIt(event, context, isProven),
    ...fromRegistry(event, registry, isProven),
    chain: chainOf(rootKeys, id),
    rootKeys,
    task: task?.id,
    taskProven: isProven('task'),
    workflow: task?.workflow,
    workflowProven: isProven('workflow'),
    subjects: task?.subjects ?? [],
    spanId: event.span_id,
    parentSpanId: event.parent_span_id,
    approval: approval === undefined ? undefined : { mode: approval.mode, by: approval.by },
    approvalProven: isProven('approval'),
  };
}

/** "Same id with another received body … the first stands"; a repeat counts once. */
function withoutRepeats(events: readonly InputEvent[]): readonly InputEvent[] {
  const seen = new Set<string>();
  return events.filter((event) => {
    const { source, agent, native_id: id, phase } = event;
    if (id === undefined) return true;
    const parts = [source?.kind, source?.instance, agent.uid, id, phase ?? 'completed'];
    const key = JSON.stringify(parts);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** "`phase`: requested | completed; only completed is counted", unless it was never completed. */
function withoutAnsweredRequests(events: readonly InputEvent[]): readonly InputEvent[] {
  const completed = new Set(
    events
      .filter((event) => event.phase !== 'requested')
      .flatMap((event) => [...filled(event.call_uid), ...filled(event.native_id)]),
  );
  return events.filter((event) => {
    if (event.phase !== 'requested') return true;
    return ![event.call_uid, event.native_id].some((id) => id !== undefined && completed.has(id));
  });
}

export function readCalls(events: readonly InputEvent[], context: ReadContext): readonly Call[] {
  return withoutAnsweredRequests(withoutRepeats(events)).map((event, at) =>
    readCall(event, event.native_id ?? `line ${at + 1}`, context),
  );
}
