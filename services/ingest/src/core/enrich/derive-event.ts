/** From a source's event to the audit event. Pure. Clear content ends here. */
import {
  ASSURANCES,
  type Assurance,
  type AuditEvent,
  eventId,
  FINGERPRINT_VERSION,
  type InputEvent,
  joinedKey,
  REQUEST_LENGTH_MAX,
  rootKeysOf,
  SCHEMA_VERSION,
  strongestKey,
} from '@waywarden/schemas';
import { parseBounded } from '../formats/read-json.ts';
import { readRequest as readText } from '../text-signals/read-request.ts';
import { callDestination, deriveTarget } from './call-destination.ts';
import { callFacts, type DerivedFacts } from './call-facts.ts';
import { deriveArgs } from './derive-args.ts';
import { chainMemo, claimsOf, type DeriveContext } from './derive-context.ts';
import { deriveResult } from './derive-result.ts';
import * as sections from './derive-sections.ts';
import { clampedTime, inNormalForm } from './event-times.ts';
import { namedDecoys } from './named-decoys.ts';
import type { ChainKeys, RequestSignals } from './readings.ts';
import { listedTool, noteListed } from './tool-texts.ts';
import { Unmapped } from './unmapped.ts';
import { nameAsDestination } from './values.ts';

/** Else the agent's instance. */
function rootKeyOf(input: InputEvent, claims: AuditEvent['claims']): string {
  const strongest = strongestKey(rootKeysOf(input, claims));
  if (strongest !== undefined) return `${strongest.kind}|${strongest.value}`;
  return `agent|${joinedKey(input.agent.uid, input.agent.instance_uid ?? '')}`;
}

/** JSON in a text. */
const OPENS = /^\s*[[{]/;

function withNamedArguments(input: InputEvent): InputEvent {
  const text = input.args?.value;
  if (typeof text !== 'string' || !OPENS.test(text)) return input;
  const parsed = parseBounded(text);
  return parsed.ok ? { ...input, args: { ...input.args, value: parsed.value } } : input;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SHORT_TEXT_MAX = 128;

function own(input: InputEvent, context: DeriveContext, name: string): string | undefined {
  if (context.trustIdentity !== true) return undefined;
  const value = input[name];
  return typeof value === 'string' && value !== '' && value.length <= SHORT_TEXT_MAX
    ? value
    : undefined;
}

function identityOf(input: InputEvent, context: DeriveContext) {
  const trusted = context.trustIdentity === true;
  const agentAssurance: Assurance =
    (trusted ? ASSURANCES.find((a) => a === input.agent.assurance) : undefined) ??
    context.assurance;
  const proven = { agent: context.assurance, claims: context.claims };
  const claims = claimsOf(input, proven, trusted ? input['claims'] : undefined);
  const source = {
    kind: (trusted ? input.source?.kind : undefined) ?? context.source.kind,
    instance: (trusted ? input.source?.instance : undefined) ?? context.source.instance,
    ...(input.source?.seq !== undefined && { seq: input.source.seq }),
  };
  const phase = input.phase ?? 'completed';
  const given = own(input, context, 'event_id');
  const id =
    given !== undefined && UUID.test(given)
      ? given
      : eventId({
          tenantId: context.tenantId,
          sourceKind: source.kind,
          sourceInstance: source.instance,
          agentUid: input.agent.uid,
          nativeId: input.native_id ?? context.bodyHash,
          phase,
        });
  return { id, phase, source, claims, agentAssurance } as const;
}

function actionOf(
  input: InputEvent,
  context: DeriveContext,
  facts: DerivedFacts,
  unmapped: Unmapped,
) {
  const { effect, capabilities } = input;
  if (context.trustFields) {
    return {
      effect: effect ?? facts.effect,
      capabilities: capabilities ?? facts.capabilities,
    };
  }
  unmapped.refuse('effect', effect);
  unmapped.refuse('capabilities', capabilities);
  return { effect: facts.effect, capabilities: facts.capabilities };
}

/** A fast clock would end what is judged by time. */
function timeOf(input: InputEvent, context: DeriveContext, observed: string, unmapped: Unmapped) {
  const given = input.event_time_quality;
  const isDoubted = context.doubtsTimeQuality === true;
  if (isDoubted) unmapped.refuse('event_time_quality', given);
  const stated = isDoubted ? 'measured' : (given ?? 'measured');
  const at = inNormalForm(input.event_time);
  const bound = context.trustIdentity ? undefined : clampedTime(input.event_time, observed);
  if (bound === undefined) return { at, quality: stated, clamped: false } as const;
  return { at: bound, quality: bound < at ? stated : 'coarse', clamped: true } as const;
}

const NO_MARKS: readonly string[] = [];

function noteMarks(
  input: InputEvent,
  unmapped: Unmapped,
  { isClamped, context }: { isClamped: boolean; context: DeriveContext },
): void {
  const { marks: given = NO_MARKS, missing, catalogue } = context;
  if (missing !== undefined) unmapped.note('missing', missing);
  const decoys = namedDecoys(input.args?.value, catalogue.decoys);
  const all = [...given, ...decoys.map((name) => `decoy_named:${name}`)];
  const marks = isClamped ? ['time_clamped', ...all] : all;
  if (marks.length === 0) return;
  unmapped.note('marks', marks);
  if (marks.includes('time_clamped')) unmapped.note('event_time', input.event_time);
}

/** Deleting makes a slow object. */
function compact(event: AuditEvent): AuditEvent {
  const all = event as Record<string, unknown>;
  const retained: Record<string, unknown> = {};
  for (const name in all) if (all[name] !== undefined) retained[name] = all[name];
  return retained as AuditEvent;
}

function factsOf(input: InputEvent, { catalogue, memo }: DeriveContext): DerivedFacts {
  noteListed(input, memo.listed);
  return callFacts(input, catalogue, listedTool(input, memo.listed));
}

export function deriveEvent(received: InputEvent, context: DeriveContext): AuditEvent {
  const input = withNamedArguments(received);
  const unmapped = new Unmapped();
  const identity = identityOf(input, context);
  const chain = context.keys.chain(rootKeyOf(input, identity.claims));
  const facts = factsOf(input, context);
  const outcome = input.outcome ?? 'unknown';
  const destination = callDestination(input, facts, context.catalogue);
  const action = actionOf(input, context, facts, unmapped);
  const observedTime = inNormalForm(own(input, context, 'observed_time') ?? context.observedTime);
  const time = timeOf(input, context, observedTime, unmapped);
  sections.collectUnknown(input, unmapped, context.trustIdentity === true);
  noteMarks(input, unmapped, { isClamped: time.clamped, context });
  const retained = { chain, destination, unmapped, outcome, trust: facts.trust, facts } as const;
  const args = deriveArgs(input.args, context, retained);
  const event: AuditEvent = {
    schema_version: SCHEMA_VERSION,
    event_id: identity.id,
    native_id: input.native_id,
    call_uid: input.call_uid,
    event_time: time.at,
    event_time_quality: time.quality,
    duration_ms: sections.deriveDuration(input.duration_ms, unmapped),
    observed_time: observedTime,
    source: identity.source,
    tenant_id: context.tenantId,
    activity: input.activity,
    phase: identity.phase,
    effect: action.effect,
    agent: sections.deriveAgent(input, identity.agentAssurance, context, unmapped),
    claims: identity.claims,
    principal: sections.plainSection('principal', input.principal, unmapped),
    credential: sections.deriveCredential(input.credential),
    scopes: input.scopes,
    delegation: sections.plainSection('delegation', input.delegation, unmapped),
    conversation_id: input.conversation_id,
    conversation_turn: input.conversation_turn,
    chain_id: own(input, context, 'chain_id') ?? chain.id,
    task: deriveTask(input.task, context, retained),
    trace_id: input.trace_id,
    span_id: input.span_id,
    parent_span_id: input.parent_span_id,
    tool: sections.deriveTool(input.tool, context, retained),
    target: deriveTarget(input, context, { facts, destination }),
    capabilities: action.capabilities,
    catalogue_version: own(input, context, 'catalogue_version') ?? context.catalogue.version,
    args,
    result: deriveResult(input.result, context, retained),
    fp_version: FINGERPRINT_VERSION,
    key_id: own(input, context, 'key_id') ?? context.keys.keyId,
    outcome,
    error: sections.deriveError(input.error),
    policy: sections.plainSection('policy', input.policy, unmapped),
    approval: sections.deriveApproval(input, args?.hash, unmapped),
    model: sections.deriveModel(input.model, unmapped),
    src: sections.deriveSrc(input.src, unmapped),
    transport: input.transport,
    labels: input.labels,
    unmapped: undefined,
  };
  event.unmapped = unmapped.fields();
  return compact(event);
}

type Task = NonNullable<AuditEvent['task']>;
type Purpose = NonNullable<Task['purpose']>;

function readRequest(text: string, { memo, keys }: DeriveContext): RequestSignals {
  const known = memo.requests.get(text);
  if (known !== undefined && known.keys === keys) return known;
  const reading = readText(text);
  const values = reading.ids.map(keys.identifier);
  const made = { keys, reading, values, textHash: keys.hash('request', text) };
  memo.requests.set(text, made);
  return made;
}

function purposeOf(request: string, context: DeriveContext, chain: ChainKeys): Purpose {
  const text = request.slice(0, REQUEST_LENGTH_MAX);
  const { purposes } = chainMemo(context.memo, chain);
  return purposes.orMake(text, () => {
    const { reading, values, textHash } = readRequest(text, context);
    const { token } = chain.hashers;
    return {
      terms: [...reading.effects],
      tokens: reading.words.map(token),
      values,
      delegates: reading.delegates,
      sources: reading.sources.map(token),
      text_hash: textHash,
    };
  });
}

/** An event's task; its repeated request is cached. */
function deriveTask(
  given: InputEvent['task'],
  context: DeriveContext,
  parts: { readonly chain: ChainKeys; readonly unmapped: Unmapped },
): Task | undefined {
  if (given === undefined) return undefined;
  const { id, workflow, subjects, deadline, purpose, request } = given;
  const task: Task = {};
  if (id !== undefined) task.id = id;
  if (workflow !== undefined) task.workflow = workflow;
  if (subjects !== undefined) {
    const { keys, memo } = context;
    task.subjects = subjects;
    task.subject_fps = subjects.map((uid) => nameAsDestination(uid, keys, memo.parties));
  }
  if (deadline !== undefined) task.deadline = inNormalForm(deadline);
  if (purpose !== undefined && context.trustFields) task.purpose = purpose;
  else if (request !== undefined && request !== '') {
    task.purpose = purposeOf(request, context, parts.chain);
    if (request.length > REQUEST_LENGTH_MAX) {
      parts.unmapped.refuse('task.request.cut_at', REQUEST_LENGTH_MAX);
    }
  }
  if (purpose !== undefined && !context.trustFields) {
    parts.unmapped.mention('task.purpose', purpose);
  }
  return task;
}
