/** Effects that may have happened although the call did not return. */
import type { Effect } from '@waywarden/schemas';

const IRREVERSIBLE: ReadonlySet<Effect> = new Set([
  'send',
  'pay',
  'grant',
  'create',
  'delete',
  'execute',
]);

export function mayHaveHappened(effect: Effect): boolean {
  return IRREVERSIBLE.has(effect);
}
