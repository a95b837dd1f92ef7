/**
 * Has this agent touched this kind of resource in this system and environment before? A tool that the profile names
 * whole brings the kind that it is for; elsewhere than in its own system it excuses none.
 *
 * Method: predictive probability by Witten–Bell, then peers, then the shipped prior (`value-novelty.ts`).
 * Source: Witten, Bell 1991, method C; what makes something new a surprise was measured on fleets
 * (docs/measurements/fleet.md).
 * Limits: kinds and not single records; a target whose kind is not told has none; those of `value-novelty.ts`.
 */
import { asText, JoinedNames } from '../kept/joined-names.ts';
import { excusedByEnvelope } from './envelope-excuse.ts';
import { excusedByChange, excusedByOwnSystem, mostOf } from './novelty-excuse.ts';
import type { NoveltyOptions } from './novelty-options.ts';
import { valueNovelty } from './value-novelty.ts';

const targets = new JoinedNames('/', asText);

export const FIRST_TARGET: NoveltyOptions = {
  name: 'first_target',
  ruleId: 'first-target',
  severity: 'low',
  weight: 0.02,
  valueOf: (event) => {
    const target = event.target;
    if (target?.system === undefined && target?.resource_type === undefined) return undefined;
    const kind = targets.of(target.system ?? '', target.resource_type ?? '');
    return targets.of(kind, target.environment ?? '');
  },
  excuse: (of) =>
    mostOf([excusedByOwnSystem(of), excusedByEnvelope(of, 'targets'), excusedByChange(of)]),
  describe: (value, _, isDone) =>
    `${isDone ? 'acted' : 'to act'} on ${value.split('/').filter(Boolean).join(' ')}`.slice(0, 60),
};

export const firstTarget = valueNovelty(FIRST_TARGET);
