/**
 * Has this agent acted in production before? The one that was built and tried for weeks in staging, and whose key works
 * in production as well. `first_target` sees it too, but only of effects that are hard to undo, and not of a
 * target without a kind. Going live is nothing odd in the first week, where peers went before, or where the
 * profile or the task's envelope says so; a declared change makes it less grave.
 *
 * Method: predictive probability by Witten–Bell, then peers, then the shipped prior (`value-novelty.ts`).
 * Source: Witten, Bell 1991, method C; what makes something new a surprise was measured on fleets
 * (docs/measurements/fleet.md).
 * Limits: only where the source tells environments, by names it keeps to; those of `value-novelty.ts`.
 */
import { hadEffect } from '../governance/finding.ts';
import { excusedByEnvelope } from './envelope-excuse.ts';
import { excusedByChange, isListed } from './novelty-excuse.ts';
import type { NoveltyOptions } from './novelty-options.ts';
import { valueNovelty } from './value-novelty.ts';

/** Days of work elsewhere before production is odd. */
const ELSEWHERE_DAYS_MIN = 7;
/** Names that people give it; what else they call it is theirs. */
const PRODUCTION = /^(prod|production|prd|live)\b/i;

export const FIRST_ENVIRONMENT: NoveltyOptions = {
  name: 'first_environment',
  ruleId: 'first-environment',
  severity: (event) => (hadEffect(event) ? 'medium' : 'low'),
  weight: 0.02,
  isOfKind: true,
  valueOf: ({ target }) => target?.environment,
  deserves: (environment) => PRODUCTION.test(environment),
  daysMin: () => ELSEWHERE_DAYS_MIN,
  excuse: (of) => {
    const { registered, event } = of;
    const environment = event.target?.environment ?? '';
    if (isListed(registered?.profile?.environments, environment)) return 'quiet';
    const byEnvelope = excusedByEnvelope(of, 'environments');
    return byEnvelope ?? (excusedByChange(of) === undefined ? undefined : 'mild');
  },
  describe: (environment, _, isDone) =>
    `${isDone ? 'acted' : 'to act'} in ${environment}`.slice(0, 60),
};

export const firstEnvironment = valueNovelty(FIRST_ENVIRONMENT);
