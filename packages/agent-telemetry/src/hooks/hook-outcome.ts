/** What an event of a hook says became of a call. */
import { entryOf, firstAt, idOf, textOf, unwrapped } from '../json/path.ts';
import type { CallOutcome, CallStage } from '../model/observation.ts';
import type { HookEvent, HookFields, HookTable } from './hook-table.ts';

export interface HookOutcome {
  readonly stage: CallStage;
  readonly outcome: CallOutcome | undefined;
}

export interface HookObservation {
  readonly source: unknown;
  readonly tool: string;
  readonly before: CallStage | undefined;
  /** Then what is not told of did not end. */
  readonly sendsResults: boolean;
}

function byValue(event: HookEvent, source: unknown): CallOutcome | undefined {
  const value = firstAt(source, event.outcome_by?.at);
  const text = typeof value === 'boolean' ? String(value) : idOf(value);
  return entryOf(event.outcome_by?.values ?? {}, text);
}

/** `undefined`: nothing new. */
export function hookOutcomeOf(
  table: HookTable,
  event: HookEvent,
  fields: HookFields,
  observed: HookObservation,
): HookOutcome | undefined {
  const { source, tool } = observed;
  const stage = event.stage ?? 'requested';
  if (event.concludes === true) return concluded(table, fields, observed);
  const found = byValue(event, source);
  if (found !== undefined) return { stage: found === 'denied' ? 'decided' : stage, outcome: found };
  if (event.outcome_unsaid_for?.includes(tool) === true) return { stage, outcome: undefined };
  const isFailed = stage === 'executed' && firstAt(source, fields.error) !== undefined;
  return { stage, outcome: isFailed ? 'error' : event.outcome };
}

/** By a list of all calls of a turn: what did not end was denied. */
function concluded(
  table: HookTable,
  fields: HookFields,
  observed: HookObservation,
): HookOutcome | undefined {
  if (observed.before === 'executed' || observed.before === 'decided') return undefined;
  const result = firstAt(observed.source, fields.result);
  const isRefused =
    typeof result === 'string' && table.error_texts.some((text) => result.includes(text));
  if (isRefused) return { stage: 'decided', outcome: 'error' };
  if (!observed.sendsResults) return { stage: 'executed', outcome: undefined };
  return { stage: 'decided', outcome: observed.before === 'requested' ? 'denied' : 'error' };
}

/** The result of a background agent, which comes as a person's prompt. */
interface AgentResult {
  readonly callId: string;
  readonly tool: string;
  readonly agentId: string | undefined;
  readonly outcome: CallOutcome | undefined;
  readonly result: unknown;
}

function element(text: string, name: string): string | undefined {
  const start = text.indexOf(`<${name}>`);
  if (start < 0) return undefined;
  const from = start + name.length + 2;
  const end = text.indexOf(`</${name}>`, from);
  return end < 0 ? undefined : text.slice(from, end);
}

export function agentResultOf(table: HookTable, prompt: string): AgentResult | undefined {
  const form = table.agent_result;
  if (form === undefined || !prompt.trimStart().startsWith(form.prefix)) return undefined;
  const callId = idOf(element(prompt, form.call_id));
  if (callId === undefined) return undefined;
  return {
    callId,
    tool: form.tool,
    agentId: idOf(element(prompt, form.agent_id)),
    outcome: entryOf(form.outcomes, element(prompt, form.status)),
    result: unwrapped(textOf(element(prompt, form.result))),
  };
}
