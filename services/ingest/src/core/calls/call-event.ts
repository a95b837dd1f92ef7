/** A concluded call as an event; its ids derive from the call's. Payload names are asserted at most. */
import type { AgentLabel, Call, ToolDefinition } from '@waywarden/agent-telemetry';
import { type Assurance, formatLogTime, type InputEvent } from '@waywarden/schemas';

const BELIEVED: Readonly<Record<Call['agentSource'], Assurance>> = {
  run: 'asserted',
  label: 'asserted',
  thread: 'inferred',
  service: 'inferred',
  none: 'unresolved',
};
const UID_SOURCES: Readonly<Partial<Record<Call['agentSource'], string>>> = {
  run: 'ancestor_span',
  label: 'span',
  service: 'resource',
};
const OUTCOMES = {
  success: 'success',
  error: 'tool_error',
  denied: 'denied',
  cancelled: 'cancelled',
  pending: 'unknown',
  unknown: 'unknown',
} as const satisfies Readonly<Record<Call['outcome'], NonNullable<InputEvent['outcome']>>>;

const ENDING = /-(?:requested|completed)$/;

const MCP_TOOL = /^mcp__(?<server>.+?)__(?<name>.+)$/su;
const ID_LENGTH_MAX = 512;
const NAME_LENGTH_MAX = 256;
const LAST_MS = 253_402_300_799_999;

export interface CallContext {
  readonly source: string;
  readonly uid?: string | undefined;
  readonly nowMs: number;
  readonly definition?: ToolDefinition | undefined;
}

interface CallEvent {
  readonly input: InputEvent;
  readonly believed: Assurance;
}

/** Undefined: nobody. */
export function agentUidOf(agent: AgentLabel | undefined): string | undefined {
  const name = agent?.name?.trim() ?? '';
  if (name === '' || name.length > NAME_LENGTH_MAX) return undefined;
  return agent?.isAuthenticated === true ? name : `agent/${name}`;
}

/** Left out, or the call would be refused. */
function idOf(text: string | undefined): string | undefined {
  return text !== undefined && text !== '' && text.length <= ID_LENGTH_MAX ? text : undefined;
}

function timeOf(ms: number, nowMs: number): string {
  const whole = Math.trunc(ms);
  const isTime = Number.isFinite(ms) && whole >= 0 && whole <= LAST_MS;
  return formatLogTime({ ms: isTime ? whole : Math.trunc(nowMs), ns: 0 });
}

function durationOf({ at, until }: Call): Pick<InputEvent, 'duration_ms'> {
  const duration = until === undefined ? Number.NaN : until - at;
  return duration >= 0 && Number.isFinite(duration) ? { duration_ms: duration } : {};
}

function agentOf(call: Call, source: string): InputEvent['agent'] {
  const { agent, agentSource, conventions } = call;
  const named = agentUidOf(agent);
  const uidSource = UID_SOURCES[agentSource];
  const instance = idOf(agent?.id);
  const name = agent?.name?.trim();
  const [convention, ...others] = conventions;
  return {
    uid: named ?? `unknown/${source}`,
    ...(named !== undefined && name !== undefined && { name }),
    ...(named !== undefined && uidSource !== undefined && { uid_source: uidSource }),
    ...(instance !== undefined && { instance_uid: instance }),
    // Changing frameworks would look like changes.
    ...(convention !== undefined && others.length === 0 && { framework: convention }),
  };
}

/** Channels differ; the call must not be of two tools. */
function toolOf(
  { tool, server: serverName = '', callId }: Call,
  definition: ToolDefinition | undefined,
): InputEvent['tool'] {
  const id = idOf(callId);
  const { server: inName = '', name = tool } = MCP_TOOL.exec(tool)?.groups ?? {};
  const server = serverName === '' ? inName : serverName;
  return {
    name,
    ...(server !== '' && { server }),
    ...(id !== undefined && { call_id: id }),
    ...(definition?.description !== undefined && { description: definition.description }),
    ...(definition?.schema !== undefined && { input_schema: definition.schema }),
  };
}

function workOf(
  call: Call,
): Pick<InputEvent, 'task' | 'conversation_id' | 'trace_id' | 'principal'> {
  const session = idOf(call.session);
  const trace = idOf(call.trace);
  const user = idOf(call.user);
  const taskId = session ?? trace;
  const request = call.task === '' ? undefined : call.task;
  return {
    ...((taskId !== undefined || request !== undefined) && {
      task: {
        ...(taskId !== undefined && { id: taskId }),
        ...(request !== undefined && { request }),
      },
    }),
    ...(session !== undefined && { conversation_id: session }),
    ...(trace !== undefined && { trace_id: trace }),
    ...(user !== undefined && { principal: { uid: user } }),
  };
}

function delegating({ delegatesTo }: Call): Pick<InputEvent, 'activity' | 'target'> {
  const to = agentUidOf(delegatesTo);
  if (delegatesTo === undefined) return { activity: 'tool_call' };
  return {
    activity: 'delegation',
    ...(to !== undefined && { target: { resource_type: 'agent', resource_id: to } }),
  };
}

function refusalOf({ outcome, deniedBy }: Call): Pick<InputEvent, 'policy' | 'error'> {
  if (outcome !== 'denied' || deniedBy === undefined) return {};
  const id = idOf(deniedBy);
  return id === undefined
    ? { error: { type: 'not_decided' } }
    : { policy: { decision: 'deny', id } };
}

/** Not how often: a repeat would differ. */
function labelsOf({ channels, conventions, unresolved }: Call): InputEvent['labels'] {
  return {
    'telemetry.channels': channels.join(','),
    'telemetry.conventions': conventions.join(','),
    ...(unresolved.length > 0 && { 'telemetry.unresolved': unresolved.join(',') }),
  };
}

export function callEvent(call: Call, { source, nowMs, definition, uid }: CallContext): CallEvent {
  const isNamed = agentUidOf(call.agent) !== undefined;
  const parent = agentUidOf(call.parentAgent);
  const input: InputEvent = {
    native_id: call.id,
    call_uid: call.id.replace(ENDING, ''),
    event_time: timeOf(call.at, nowMs),
    ...durationOf(call),
    ...delegating(call),
    phase: call.outcome === 'pending' ? 'requested' : 'completed',
    agent: { ...agentOf(call, source), ...(uid !== undefined && { uid }) },
    ...(parent !== undefined && { delegation: { parent_agent_uid: parent } }),
    tool: toolOf(call, definition),
    ...(call.args !== undefined && { args: { value: call.args } }),
    ...(call.result !== undefined && { result: { value: call.result } }),
    outcome: OUTCOMES[call.outcome],
    ...refusalOf(call),
    ...workOf(call),
    labels: labelsOf(call),
  };
  if (call.agent?.isAuthenticated === true && uid === undefined) {
    return { input, believed: 'attested' };
  }
  if (uid !== undefined) return { input, believed: 'attested' };
  return { input, believed: isNamed ? BELIEVED[call.agentSource] : 'unresolved' };
}
