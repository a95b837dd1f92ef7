/** The result of a background agent, which comes as a person's prompt. */
import { entryOf, idOf, textOf, unwrapped } from '../json/path.ts';
import type { CallOutcome } from '../model/observation.ts';
import type { HookTable } from './hook-table.ts';

export interface AgentResult {
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
