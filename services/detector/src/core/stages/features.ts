import type { AuditEvent, RegistryAgent } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { Score } from '../alerting/alarm.ts';
import { unlessFalsePositive } from '../alerting/verdicts.ts';
import type { Feature, Flag } from '../baselines/feature.ts';
import { asOneNovelty } from '../baselines/novelty/build-novelty-alarm.ts';
import { NOVELTY_KINDS } from '../baselines/novelty/kinds.ts';
import { novelty } from '../baselines/novelty/novelty.ts';
import { actingHours } from '../baselines/timing/acting-hours.ts';
import { volume } from '../baselines/volume/volume.ts';
import { ACT_ACTIVITIES } from '../domain/acts.ts';
import { isOn } from '../domain/switched-off.ts';
import { instructionMatch } from '../injection/instruction-match.ts';
import type { Ruled } from '../rules/standing-findings.ts';
import { isQuarantined } from '../state/agent/quarantine.ts';

/** The features of a call, in order. To add one: list it here. */
export const FEATURES: readonly Feature[] = [
  instructionMatch,
  ...NOVELTY_KINDS.map(novelty),
  volume,
  actingHours,
];

export interface CallScore {
  readonly score: number;
  readonly features: readonly Score[];
  readonly flag: Flag;
}

const NO_FEATURES: readonly Feature[] = [];
let asked: ReadonlyMap<string, readonly Feature[]> | undefined;

/** Made at the first call: by then it is known what is switched off. */
function askedOf(activity: string): readonly Feature[] {
  asked ??= new Map(
    [...ACT_ACTIVITIES, ...FEATURES.flatMap((one) => [...(one.activities ?? [])])].map((name) => [
      name,
      FEATURES.filter((one) => (one.activities ?? ACT_ACTIVITIES).has(name) && isOn(one.name)),
    ]),
  );
  return asked.get(activity) ?? NO_FEATURES;
}

export function featuresOf({ phase, activity }: AuditEvent): readonly Feature[] {
  return phase === 'completed' ? askedOf(activity) : NO_FEATURES;
}

export const isScored = (event: AuditEvent): boolean => featuresOf(event).length > 0;

export function scoreCall(
  transaction: Transaction,
  event: AuditEvent,
  registered?: RegistryAgent,
): CallScore {
  const features: Score[] = [];
  let score = 0;
  let flag: Flag = isQuarantined(transaction, event) ? 'flagged' : 'clear';
  for (const feature of featuresOf(event)) {
    const scored = feature.score(transaction, event, registered);
    if (scored === null) continue;
    const one =
      scored.alarm === undefined ? scored : unlessFalsePositive(transaction, event, scored);
    features.push(one);
    score += one.points * one.weight;
    if (one.alarm !== undefined) flag = 'flagged';
    else if (one.isDoubtful === true && flag === 'clear') flag = 'doubtful';
  }
  return { score, features: asOneNovelty(features), flag };
}

/** `standing-findings.ts` may hold back more. */
export function learnCall(
  transaction: Transaction,
  event: AuditEvent,
  flag: Flag,
  ruled?: Ruled,
): void {
  const whole = ruled?.isForeign === true ? 'flagged' : flag;
  const learnt = ruled?.isUnpermitted === true && whole === 'clear' ? 'doubtful' : whole;
  for (const feature of featuresOf(event)) feature.learn(transaction, event, learnt);
}
