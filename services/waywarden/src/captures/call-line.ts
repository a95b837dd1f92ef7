/** A concluded call as a line of `captures.ndjson`: what a scorer reads, then what explains it. */
import type { AgentLabel, Call } from '@waywarden/agent-telemetry';

/** A message to an agent delegates. */
const HAND_OVERS: ReadonlySet<string> = new Set(['', 'SendMessage', 'SendStreamingMessage']);

export const isDelegation = ({ tool }: Pick<Call, 'tool'>): boolean => HAND_OVERS.has(tool);

const nameOf = (agent: AgentLabel | undefined): string | null => agent?.name ?? agent?.id ?? null;

export function callLine(capture: string, call: Call): object {
  return {
    capture,
    agent: nameOf(call.agent),
    tool: call.tool,
    args: call.args ?? null,
    result: call.result ?? null,
    outcome: call.outcome,
    delegates_to: nameOf(call.delegatesTo),
    task: call.task ?? null,
    session: call.session ?? null,
    id: call.id,
    call_id: call.callId,
    server: call.server,
    agent_source: call.agentSource,
    parent_agent: nameOf(call.parentAgent),
    user: call.user,
    trace: call.trace,
    at: call.at,
    until: call.until,
    observed: call.observed,
    channels: call.channels,
    conventions: call.conventions,
    unresolved: call.unresolved,
  };
}
