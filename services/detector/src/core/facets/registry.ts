/** All facets, in the order in which they are asked. To add one: write its file, list it here. */
import type { Facet } from './facet.ts';
import { firstCounterparty } from './first-counterparty.ts';
import { firstEffect } from './first-effect.ts';
import { firstTarget } from './first-target.ts';
import { firstTool } from './first-tool.ts';
import { instructionMatch } from './instruction-match.ts';

export const FACETS: readonly Facet[] = [
  instructionMatch,
  firstTool,
  firstEffect,
  firstTarget,
  firstCounterparty,
];
