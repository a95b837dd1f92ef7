/** All facets, in the order in which they are asked. To add one: write its file, list it here. */

import { actingHours } from './acting-hours.ts';
import { byteVolume } from './byte-volume.ts';
import { callRate } from './call-rate.ts';
import { dayTotal } from './day-total.ts';
import { denialRate } from './denial-rate.ts';
import { errorRate } from './error-rate.ts';
import type { Facet } from './facet.ts';
import { firstCounterparty } from './first-counterparty.ts';
import { firstEffect } from './first-effect.ts';
import { firstEnvironment } from './first-environment.ts';
import { firstSensitivity } from './first-sensitivity.ts';
import { firstTarget } from './first-target.ts';
import { firstTool } from './first-tool.ts';
import { gaps } from './gaps.ts';
import { instructionMatch } from './instruction-match.ts';
import { purpose } from './purpose.ts';
import { recordVolume } from './record-volume.ts';
import { sequence } from './sequence.ts';
import { taskLength } from './task-length.ts';
import { tokenVolume } from './token-volume.ts';
import { toolRate } from './tool-rate.ts';

export const FACETS: readonly Facet[] = [
  instructionMatch,
  firstTool,
  firstEffect,
  firstTarget,
  firstEnvironment,
  firstSensitivity,
  firstCounterparty,
  callRate,
  toolRate,
  recordVolume,
  byteVolume,
  tokenVolume,
  denialRate,
  errorRate,
  taskLength,
  dayTotal,
  actingHours,
  sequence,
  purpose,
  gaps,
];
