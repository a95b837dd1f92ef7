/** What an event of a hook says became of a call. */
import { entryOf, firstAt, idOf } from '../json/path.ts';
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
