import type { CallObservation, Observation } from '../../model/observation.ts';

export function spanOf(
  span: string,
  parent: string | undefined,
  more: Partial<Observation> = {},
): Observation {
  return { channel: 'span', convention: 'test', place: { trace: 't', span, parent }, ...more };
}

export function executed(tool: string, more: Partial<CallObservation> = {}): CallObservation {
  return { stage: 'executed', tool, outcome: 'success', ...more };
}

export function requested(callId: string, tool: string, args?: unknown): CallObservation {
  return { stage: 'requested', tool, callId, args, isAsked: true };
}

export function runOf(span: string, parent: string | undefined, name: string): Observation {
  return spanOf(span, parent, { agent: { name }, isAgentRun: true });
}

export function messageOf(span: string, call: CallObservation, at = 0): Observation {
  return { channel: 'message', convention: 'test', at, place: { trace: 't', span }, call };
}
