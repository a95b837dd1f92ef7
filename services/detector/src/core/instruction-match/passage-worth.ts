/**
 * What a match with one passage is worth: more the more the passage gives itself away as planted, less the more
 * the request explains the call by itself or handed over to the text.
 */
import type { Call } from './call-digest.ts';
import { delegationDiscount, isBesideOwnOrder, isHandedTo } from './delegated.ts';
import type { PassageSeen } from './match-context.ts';
import type { PassageMatch } from './match-passage.ts';
import { type Support, supportShare } from './score-parts.ts';
import { DISCOUNT, STRENGTH } from './weights.ts';

/** From here on, all that the request does not say comes from one passage. */
const COVERAGE_FULL = 0.8;

/** Plain text that asks for what nobody asked is stronger evidence than for what was asked. */
export function strengthOf(passage: PassageSeen, call: Call, support: Support): number {
  const isHanded = isHandedTo(call, passage) && !isBesideOwnOrder(call, support);
  const unasked = isHanded ? 0 : STRENGTH.unasked * (1 - supportShare(support));
  return Math.min(1, STRENGTH.base + unasked + STRENGTH.perClass * passage.meta.length);
}

export function discountOf(
  call: Call,
  passage: PassageSeen,
  match: PassageMatch,
  support: Support,
): number {
  let discount = 1;
  if (support.verb && support.object) {
    if (match.best?.item.idLike === true) discount *= DISCOUNT.askedIdLike;
    else if (match.coverage >= COVERAGE_FULL) discount *= DISCOUNT.askedOtherValues;
    else if (passage.meta.includes('override')) discount *= DISCOUNT.askedOverride;
    else discount *= DISCOUNT.asked;
  }
  return discount * delegationDiscount(call, passage, support);
}
