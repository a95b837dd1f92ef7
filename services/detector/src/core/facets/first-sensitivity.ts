/**
 * Has this agent touched data as sensitive with this tool before? A clerk that reads one salary a day
 * does nothing in bulk and nothing forbidden; with this tool it only never did so. Judged tool by tool,
 * since a new tool brings its own data and is another question (`first_tool`), and for restricted and
 * secret data only, whatever the effect: reading is the harm. Lower levels rank.
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
  within: ({ tool }) => `${tool?.server ?? ''}/${tool?.name ?? ''}`,
  deserves: (_, { target }) => GRAVE.has(target?.sensitivity ?? ''),
  describe: (value, { effect }) =>
    `${effect} on ${value.split('/').filter(Boolean).join(' ')} data`.slice(0, 60),
});
