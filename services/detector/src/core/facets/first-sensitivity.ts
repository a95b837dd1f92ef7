/**
 * Has this agent touched data as sensitive before? A clerk that reads one salary a day does nothing in
 * bulk and nothing forbidden; it only never did so. Judged for restricted and secret data, whatever the
 * effect: reading is the harm. Levels below rank by the sensitivity of what the agent usually touches.
 */
import { valueNovelty } from './value-novelty.ts';

const GRAVE: ReadonlySet<string> = new Set(['restricted', 'secret']);

export const firstSensitivity = valueNovelty({
  name: 'first_sensitivity',
  ruleId: 'first-sensitivity',
  severity: 'medium',
  weight: 0.02,
  valueOf: ({ target }) => {
    const sensitivity = target?.sensitivity;
    if (sensitivity === undefined || sensitivity === 'unknown') return undefined;
    return GRAVE.has(sensitivity) ? `${sensitivity}/${target?.resource_type ?? ''}` : sensitivity;
  },
  deserves: (_, { target }) => GRAVE.has(target?.sensitivity ?? ''),
  describe: (value, { effect }) =>
    `${effect} on ${value.split('/').filter(Boolean).join(' ')} data`.slice(0, 60),
});
