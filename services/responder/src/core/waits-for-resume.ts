/**
 * Which orders a pause of enforcement holds back at the last moment, when they are to be handed out: what
 * nobody looked at and takes access. Ten thousand orders at two hundred a second would else go on for
 * most of a minute after two people have stopped them.
 *
 * What a person ordered or approved goes out, and so does what lessens: a restore, the step-up at an
 * order's end, a signal, and a probe, which takes nothing. Rejected: taking back what was not answered yet
 * (an order that its receiver has just applied would be undone by the pause, which decides nothing).
 */
import type { RevocationCommand } from '@waywarden/schemas';
import { isMild } from './action-strength.ts';

const TAKES_NOTHING: ReadonlySet<string> = new Set(['restore', 'probe']);

export function waitsForResume({
  action,
  initiating_entity: by,
}: Pick<RevocationCommand, 'action' | 'initiating_entity'>): boolean {
  return by !== 'admin' && !TAKES_NOTHING.has(action) && !isMild(action);
}
