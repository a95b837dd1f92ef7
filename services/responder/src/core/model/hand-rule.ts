/** The rule that a manual order stands for. */
import { durationMs, type Rule } from '@waywarden/schemas';

export const HAND_RULE = 'operator/order';
const EXPIRES = '4h';
/** Longer is a change of the registry. */
export const HAND_RULE_LASTS = '30d';

export function handRule(expires = EXPIRES): Rule {
  return {
    id: HAND_RULE,
    when: { kind: [HAND_RULE], severity_min: 'info' },
    assurance_min: 'authenticated',
    mode: 'enforce',
    actions: [{ action: 'revoke_token', level: 'task' }],
    expires: durationMs(expires) > durationMs(HAND_RULE_LASTS) ? HAND_RULE_LASTS : expires,
    drain: 'finish_unit_then_stop',
  };
}
