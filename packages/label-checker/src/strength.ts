/**
 * How strong an attack is, read off its events by the table of docs/benchmarks-fleet.md ("Strength").
 * Where the end of the fleet's time may cut days short, only "at most so many days" is asked.
 */
import type { Scene } from './behavior-scene.ts';
import {
  dataHoarding,
  frogBoiling,
  lowAndSlow,
  rateBurst,
  resourceAbuse,
} from './strength-amount.ts';
import {
  approvalBypass,
  classDrift,
  hijack,
  offHours,
  stolenCredential,
  telemetrySilence,
  toolMisuse,
  undeclaredChange,
} from './strength-conduct.ts';
import { type Measure, STRENGTHS } from './strength-row.ts';

const MEASURES: ReadonlyMap<string, Measure> = new Map([
  ['hijack', hijack],
  ['tool_misuse', toolMisuse],
  ['rate_burst', rateBurst],
  ['low_and_slow', lowAndSlow],
  ['frog_boiling', frogBoiling],
  ['stolen_credential', stolenCredential],
  ['class_drift', classDrift],
  ['approval_bypass', approvalBypass],
  ['undeclared_change', undeclaredChange],
  ['data_hoarding', dataHoarding],
  ['off_hours_autonomy', offHours],
  ['telemetry_silence', telemetrySilence],
  ['resource_abuse', resourceAbuse],
]);

export function strengthFaults(family: string, scene: Scene, given: string): readonly string[] {
  const strength = STRENGTHS.find((one) => one === given);
  if (strength === undefined) return [`${given} is no strength`];
  const faults = MEASURES.get(family)?.(scene, strength) ?? [];
  return faults.map((fault) => `not ${strength}: ${fault}`);
}
