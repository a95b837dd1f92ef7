/**
 * How high days score that nothing is wrong with, by feature, while nothing is known of an agent's peers.
 *
 * The higher of two, so that it is cautious of whichever is the more even: what the benign fleets of the
 * seeds tuning-1 to tuning-6 showed (60 agents, 30 days each: 3,900 days of each feature; `evaluate
 * calibration --json` prints them as `scores`), and what agents score that vary by chance alone, 4,000 of them
 * for 30 days: Poisson counts of means 1 to 60, amounts that are log-normal with a spread of .5. Simulated
 * agents are more regular than chance; judged by them alone, a real Poisson
 * process would come twice as often as said. Of an odd task (`../profile/odd-task.ts`) the higher of amounts and of what
 * tuning-4 and tuning-6 showed (204 agents, 30 days each: 5,812 days). Limit: amounts that differ by tens from day to day come twice as often as this says.
 */
import type { ScoreTail } from './score-tail.ts';

const COUNTS: ScoreTail = [0.93, 1.37, 1.74, 2.15, 2.45, 2.72, 3.05, 3.3];
const AMOUNTS: ScoreTail = [1.12, 1.54, 2, 2.43, 2.8, 3.16, 3.64, 3.99];

/** Reached with the probabilities of `TAIL_PROBABILITIES`. */
export const SHIPPED_TAILS = {
  call_rate: COUNTS,
  tool_rate: COUNTS,
  denial_rate: COUNTS,
  error_rate: COUNTS,
  task_length: COUNTS,
  token_volume: AMOUNTS,
  record_volume: AMOUNTS,
  odd_task: [1.12, 1.54, 2, 2.43, 2.81, 3.25, 3.81, 4.27],
  byte_volume: [1.12, 1.54, 2, 2.43, 3.05, 3.83, 4.6, 5.13],
} as const satisfies Readonly<Record<string, ScoreTail>>;
