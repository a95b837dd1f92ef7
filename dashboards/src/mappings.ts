/**
 * Words, shapes and colours of states and severities; shape and word first, for whoever prints or
 * sees no colour.
 */
import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { COLOURS, type Colour } from './palette.ts';

function words(shown: Readonly<Record<string, readonly [string, Colour]>>): ValueMapping[] {
  const options = Object.fromEntries(
    Object.entries(shown).map(([value, [text, color]], index) => [value, { text, color, index }]),
  );
  return [{ type: MappingType.ValueToText, options }];
}

export const SEVERITY_WORDS = words({
  critical: ['◆ critical', COLOURS.vermilion],
  high: ['▲ high', COLOURS.orange],
  medium: ['● medium', COLOURS.yellow],
  low: ['○ low', COLOURS.sky],
  info: ['· info', COLOURS.grey],
});

/** What became of a command: the same eight words as on Waywarden's own pages. */
export const CONTAINMENT_WORDS = words({
  leaked: ['◆ leaked', COLOURS.vermilion],
  failed: ['▲ failed', COLOURS.vermilion],
  issued: ['◌ issued, no answer', COLOURS.orange],
  accepted: ['◔ accepted', COLOURS.orange],
  applied: ['◐ applied, not confirmed', COLOURS.sky],
  carried_out: ['✓ done, takes nothing away', COLOURS.grey],
  confirmed: ['✓ confirmed', COLOURS.green],
  expired: ['– expired', COLOURS.grey],
  restored: ['↶ restored', COLOURS.grey],
});

export const STATE_WORDS = words({
  open: ['● open', COLOURS.orange],
  withdrawn: ['↶ withdrawn', COLOURS.grey],
});

/** Each of the contract's values, and `not_reported`. */
export const BASIS_WORDS = words({
  p_value: ['by chance, calibrated', COLOURS.sky],
  rule: ['a rule', COLOURS.sky],
  proof: ['its own calls', COLOURS.sky],
  text: ['a text obeyed', COLOURS.sky],
  history: ['its history, no odds', COLOURS.sky],
  not_reported: ['not told', COLOURS.grey],
});

export const SILENCE_WORDS = words({
  silent: ['◆ silent', COLOURS.vermilion],
  sending: ['✓ sending', COLOURS.green],
});
