/**
 * What versions up to 1.49 knew of an agent stands under longer keys. It is moved at the first event of the
 * agent that finds no clock under the present ones; an agent of which nothing comes stays where it is. The
 * values are as they were: whoever reads one knows its earlier layouts.
 *
 * Rejected: a new layout of the whole state, which is thrown away and decided anew from the log. What an agent
 * is known by would then reach back only as far as the log does.
 */
import type { AuditEvent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey, earlierKey, KNOWN_NAMES } from '../kept/agent-key.ts';
import { clockOf } from './agent-clock.ts';
import { moveHeard } from './silence.ts';

/** The clock of an agent that was known under earlier keys, and all else of it moved. */
export function adoptedClock(draft: Draft, event: AuditEvent): string | undefined {
  if (draft.get(earlierKey(event, 'clock')) === undefined) return undefined;
  for (const name of KNOWN_NAMES) {
    const from = earlierKey(event, name);
    const value = draft.get(from);
    if (value === undefined) continue;
    const to = agentKey(event, name);
    draft.put(to, value);
    draft.delete(from);
    if (name === 'alive') moveHeard(draft, from, to);
  }
  return clockOf(draft, event);
}
