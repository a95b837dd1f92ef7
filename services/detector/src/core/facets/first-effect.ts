/** Has this agent had this kind of effect before? The reader that starts to pay. */
import { effectDeed } from '../governance/finding.ts';
import { valueNovelty } from './value-novelty.ts';

export const firstEffect = valueNovelty({
  name: 'first_effect',
  ruleId: 'first-effect',
  severity: 'medium',
  weight: 0.02,
  valueOf: (event) => event.effect,
  describe: (_, event) => effectDeed(event.effect),
});
