/** One call as a line: of the whole record only what a line shows. */
import type { AuditEvent } from '@waywarden/schemas';

export function toEventRow(event: AuditEvent): EventRow {
  const { tool } = event;
  const named = tool?.server === undefined ? tool?.name : `${tool.server}/${tool.name}`;
  return {
    event_id: event.event_id,
    at: event.event_time,
    agent_uid: event.agent.uid,
    activity: event.activity,
    tool: named ?? event.activity,
    effect: event.effect,
    outcome: event.outcome,
    capabilities: event.capabilities.map((one) => one.symbol),
    chain_id: event.chain_id,
    task_id: event.task?.id ?? '',
    workflow: event.task?.workflow ?? '',
    assurance: event.agent.assurance,
    environment: event.target?.environment ?? '',
  };
}

interface CallPlace {
  readonly chain_id: string;
  readonly task_id: string;
  readonly workflow: string;
  /** Of the target; empty: not known. */
  readonly environment: string;
}

/** One call, as a line of the live flow, of an agent's history or of a chain. */
export interface EventRow extends CallPlace {
  readonly event_id: string;
  readonly at: string;
  readonly agent_uid: string;
  readonly activity: string;
  readonly tool: string;
  readonly effect: string;
  readonly outcome: string;
  readonly capabilities: readonly string[];
  readonly assurance: string;
}
