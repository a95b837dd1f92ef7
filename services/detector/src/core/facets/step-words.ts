/**
 * What a call read and said, for the assembly stage: one agent's text may be obeyed by another of its
 * chain, which the instruction match of one agent can't see.
 *
 * The actor's benign history goes along as three answers (known identifiers, repeat, surprise), since
 * it lives in this stage. Left out where it can tell nothing: calls whose arguments hold no words,
 * mere reads, results without passages and identifiers, and calls that already alarm for what their
 * own agent read. What hand-overs return is left out too: it is the agents' own talk, not a text that
 * outsiders can write.
 */
import type { AuditEvent, StepWords } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { BenignHistory } from '../instruction-match/benign-history.ts';
import { idsOf } from '../instruction-match/call-digest.ts';
import { isNamedSource } from '../instruction-match/match-context.ts';
import { mayObey } from '../instruction-match/score-call.ts';
import { historyScored } from './instruction-history.ts';
import { contextOf } from './instruction-match.ts';
import { toCall } from './to-match-input.ts';

const HAND_OVERS: ReadonlySet<string> = new Set(['delegation', 'agent_invoke']);
/** Identifiers of one call of which it is told that they are known; the field's bound. */
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

function actOf(draft: Draft, event: AuditEvent): StepWords['act'] {
  const items = event.args?.items ?? [];
  if (items.length === 0) return undefined;
  const call = toCall(event);
  if (!mayObey(call)) return undefined;
  const history = historyScored(draft, event);
  const ids = idsOf(call);
  const { previousTool } = contextOf(draft, event);
  const purpose = event.task?.purpose;
  const act: NonNullable<StepWords['act']> = {
    write: call.write,
    object_tokens: event.tool?.object_tokens ?? [],
    items,
    known_ids: ids.length === 0 ? [] : knownOf(ids, history),
    repeat: history.isRepeat(call),
    surprise: history.toolBits(call) + history.followBits(call, previousTool),
  };
  // A spread for each that may be missing took longer than all of the rest.
  if (call.action !== null) act.action = call.action;
  if (purpose !== undefined) act.purpose = purpose;
  return act;
}

/** To be asked before the call is learnt. */
export function wordsOf(
  draft: Draft,
  event: AuditEvent,
  hasAlarmed: boolean,
): StepWords | undefined {
  const read = readOf(event);
  const act = hasAlarmed ? undefined : actOf(draft, event);
  if (read === undefined && act === undefined) return undefined;
  if (read === undefined) return { act };
  return act === undefined ? { read } : { read, act };
}
