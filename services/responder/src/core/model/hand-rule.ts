/** The rule that an order by hand stands for, in what follows upon it: a step-up at its end, a cascade. */
import { durationMs, type Rule } from '@waywarden/schemas';

export const HAND_RULE = 'operator/order';
/** Where the person does not say for how long. */
const EXPIRES = '4h';
/** Longer is a change of the registry, and no order. */
export const HAND_RULE_LASTS = '30d';

export function handRule(expires = EXPIRES): Rule {
  return {
    id: HAND_RULE,
    when: { kind: [HAND_RULE], severity_min: 'info' },
    assurance_min: 'authenticated',
    mode: 'enforce',
    // What was ordered stands in the order.
    actions: [{ action: 'revoke_token', level: 'task' }],
    expires: durationMs(expires) > durationMs(HAND_RULE_LASTS) ? HAND_RULE_LASTS : expires,
    drain: 'finish_unit_then_stop',
  };
}
