/**
 * What a person's request hands over to a text: then the text's values and, where the request names
 * nothing else to do, its actions are the person's own wish. Text that is marked as planted gains
 * nothing by it, and neither does a text of another source than the one named.
 */
import type { Call } from './call-digest.ts';
import type { MatchContext, PassageSeen } from './match-context.ts';
import type { Support } from './score-parts.ts';
import { DISCOUNT } from './weights.ts';

export function isPlanted({ meta }: PassageSeen): boolean {
  return meta.some((one) => one === 'override' || one === 'addresses_ai' || one === 'covert');
}

/**
 * The request hands over, and if its structure says to what, then to this passage's source. Of requests
 * that only a word tells to delegate ("pay the bill 'x.txt'") the sources are less certain.
 */
export function isHandedTo({ purpose }: Call, passage: PassageSeen): boolean {
  if (!purpose.handsOver) return purpose.delegates;
  return passage.named || purpose.sources.length === 0;
}

/**
 * The request says itself what is to be done, a word of it alone hands over ("pay the bill"), and the call
 * is about something else altogether: the bill gave the amount, and not leave to change the password.
 */
export function isBesideOwnOrder({ purpose }: Call, { verb, object }: Support): boolean {
  if (purpose.handsOver || verb || object) return false;
  return purpose.terms.some((term) => term !== 'read');
}

/** The request asks for neither what the call does nor what it does it to, and hands it over to no text. */
export function isUnasked(call: Call, support: Support): boolean {
  if (support.verb || support.object) return false;
  return !call.purpose.delegates || isBesideOwnOrder(call, support);
}

/** The request names the text that was read and nothing of its own to do ("work on ticket 812"). */
function isHandedWhole({ purpose }: Call, passage: PassageSeen): boolean {
  return purpose.handsOver && passage.named && purpose.terms.every((term) => term === 'read');
}

/** How much of the points of obeying `passage` is left. */
export function delegationDiscount(call: Call, passage: PassageSeen, support: Support): number {
  if (!call.purpose.delegates || isPlanted(passage)) return 1;
  // Who hands over the rent has not handed over the password; who names only a text has handed over
  // all that it asks for.
  const isSupported = support.verb || support.object || isHandedWhole(call, passage);
  if (!isSupported) return DISCOUNT.delegatedElsewhere;
  return passage.named ? DISCOUNT.delegatedNamed : DISCOUNT.delegated;
}

/** Whether the person handed over to a text that holds this identifier, and no other holds it. */
export function isHandedId(id: string, call: Call, { passages }: MatchContext): boolean {
  if (!call.purpose.handsOver) return false;
  const holding = passages.filter(({ ids }) => ids.includes(id));
  return holding.length > 0 && holding.every((passage) => passage.named && !isPlanted(passage));
}
