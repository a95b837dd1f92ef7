/**
 * What versions up to 1.81.0 knew of an agent stands under other keys. It is moved at the first event of the
 * agent that finds no clock under the present ones; an agent of which nothing comes stays where it is. The
 * values are as they were: whoever reads one knows its earlier layouts.
 *
 * Rejected: a new layout of the whole state, which is thrown away and decided anew from the log. What an agent
 * is known by would then reach back only as far as the log does.
 */
import type { AuditEvent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { EARLIER_LAYOUTS, EARLIER_NAMES, type EarlierName } from '../kept/earlier-keys.ts';
import { keepKnown } from '../kept/known-of-agent.ts';
import { clockOf } from './agent-clock.ts';
import { moveHeard } from './silence.ts';

type Whose = Pick<AuditEvent, 'tenant_id'> & { readonly agent: { readonly uid: string } };

/** Moves all of an agent from where an earlier version kept it; `by`: what stands there of each that is known. */
export function adoptEarlier(draft: Draft, whose: Whose, by: EarlierName): void {
  const keyOf = EARLIER_LAYOUTS.find((one) => draft.get(one(whose, by)) !== undefined);
  if (keyOf === undefined) return;
  for (const name of EARLIER_NAMES) {
    const from = keyOf(whose, name);
    const value = draft.get(from);
    if (value === undefined) continue;
    keepKnown(draft, whose, name, value);
    draft.delete(from);
    if (name === 'alive') moveHeard(draft, from, agentKey(whose, name));
  }
}

/** The clock of an agent that was known under earlier keys, and all else of it moved. */
export function adoptedClock(draft: Draft, event: AuditEvent): string | undefined {
  adoptEarlier(draft, event, 'clock');
  return clockOf(draft, event);
}
