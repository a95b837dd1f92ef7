/**
 * Has this agent had this kind of effect before? The reader that starts to pay. An update is the mildest of effects, and
 * many an agent comes to its first after some reading, so an agent's own history says that it is a
 * reader only after a week; before, its peers are asked.
 *
 * Method: predictive probability by Witten–Bell, then peers, then the shipped prior (`value-novelty.ts`).
 * Source: Witten, Bell 1991, method C; what makes something new a surprise was measured on fleets
 * (docs/measurements/fleet.md).
 * Limits: effects are those of the catalogue, so a tool that nobody described has `unknown` (`unknown-tool.ts`);
 * those of `value-novelty.ts`.
 */
import { effectAttempt } from '../call-ending.ts';
import { effectDeed } from '../governance/finding.ts';
import { excusedByEnvelope } from './envelope-excuse.ts';
import { excusedByChange, excusedByPattern, excusedByTool, mostOf } from './novelty-excuse.ts';
import { EFFECTFUL, type NoveltyOptions } from './novelty-options.ts';
import { valueNovelty } from './value-novelty.ts';

/** Days in which an agent that only reads may come to its first update. */
const READER_DAYS_MIN = 7;

export const FIRST_EFFECT: NoveltyOptions = {
  name: 'first_effect',
  ruleId: 'first-effect',
  severity: 'medium',
  weight: 0.02,
  isOfKind: true,
  valueOf: (event) => event.effect,
  deserves: (_, { effect }) => EFFECTFUL.has(effect) || effect === 'update',
  daysMin: ({ effect }) => (effect === 'update' ? READER_DAYS_MIN : 0),
  excuse: (of) =>
    mostOf([
      excusedByTool(of),
      excusedByPattern(of),
      excusedByEnvelope(of, 'capabilities'),
      excusedByChange(of),
    ]),
  describe: (_, { effect }, isDone) => (isDone ? effectDeed(effect) : effectAttempt(effect)),
};

export const firstEffect = valueNovelty(FIRST_EFFECT);
