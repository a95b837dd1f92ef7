/**
 * Effects which may have happened although nobody saw the call return: a payment commits before a
 * client's time-out, and a mail is sent before its acknowledgement is lost. A read that did not return
 * gave nothing away.
 */
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
