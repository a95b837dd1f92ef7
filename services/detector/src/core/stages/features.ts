/** The features of a call, in order. To add one: list it here. */

import type { Feature } from '../baselines/feature.ts';
import { NOVELTY_KINDS } from '../baselines/novelty/kinds.ts';
import { novelty } from '../baselines/novelty/novelty.ts';
import { actingHours } from '../baselines/timing/acting-hours.ts';
import { volume } from '../baselines/volume/volume.ts';
import { instructionMatch } from '../injection/instruction-match.ts';

export const FEATURES: readonly Feature[] = [
  instructionMatch,
  ...NOVELTY_KINDS.map(novelty),
  volume,
  actingHours,
];
