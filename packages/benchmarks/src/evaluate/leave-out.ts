/** `--without`: leaves features, rules, steps and terms of evidence out by name, in this process. */
import { FEATURES, RULES, STEPS, switchOff, TERM_NAMES } from '@waywarden/detector';
import { UsageError } from '@waywarden/waywarden/input/command-output';

export function leaveOut(names: readonly string[]): void {
  const known = [
    ...FEATURES.map(({ name }) => name),
    ...Object.keys(RULES),
    ...STEPS,
    ...TERM_NAMES,
  ];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--without ${unknown}: there is none; give ${known.join(', ')}.`);
  }
  switchOff(names);
}
