/** What a call read and said, for the assembly stage; left out where it can tell nothing. */
import type { AuditEvent, StepWords } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { type BenignHistory, historyOf } from './agent-history.ts';
import { idsOf, type JudgedCall, toCall } from './call-view.ts';
import { isNamedSource } from './read-context.ts';

const HAND_OVERS: ReadonlySet<string> = new Set(['delegation', 'agent_invoke']);
const KNOWN_IDS_MAX = 64;

function readOf(event: AuditEvent): StepWords['read'] {
  const { result } = event;
  if (result === undefined || HAND_OVERS.has(event.activity)) return undefined;
  const passages = result.passages ?? [];
  const free_text_ids = result.free_text_ids ?? [];
  const field_ids = result.field_ids ?? [];
  if (passages.length + free_text_ids.length + field_ids.length === 0) return undefined;
  const named = passages.length > 0 && isNamedSource(toCall(event));
  return { passages, free_text_ids, field_ids, named };
}

function knownOf(ids: readonly string[], history: BenignHistory): string[] {
  return [...new Set(ids)].filter((id) => history.knowsId(id)).slice(0, KNOWN_IDS_MAX);
}

function mayObey({ effect, items, purpose }: JudgedCall): boolean {
  if (effect !== 'read') return true;
  return items.some(({ ids }) => ids.some((id) => !purpose.values.has(id)));
}

function actOf(transaction: Transaction, event: AuditEvent): StepWords['act'] {
  const call = toCall(event);
  if (!mayObey(call)) return undefined;
  const history = historyOf(transaction, event);
  const ids = idsOf(call);
  const purpose = event.task?.purpose;
  const act: NonNullable<StepWords['act']> = {
    write: call.effect !== 'read',
    object_tokens: event.tool?.object_tokens ?? [],
    name_ids: event.tool?.name_ids ?? [],
    items: event.args?.items ?? [],
    known_ids: ids.length === 0 ? [] : knownOf(ids, history),
    habit: history.isHabit(call),
  };
  if (purpose !== undefined) act.purpose = purpose;
  return act;
}

/** Before the call is learnt. */
export function wordsOf(
  transaction: Transaction,
  event: AuditEvent,
  hasAlarmed: boolean,
): StepWords | undefined {
  const read = readOf(event);
  const act = hasAlarmed ? undefined : actOf(transaction, event);
  if (read === undefined && act === undefined) return undefined;
  if (read === undefined) return { act };
  return act === undefined ? { read } : { read, act };
}
