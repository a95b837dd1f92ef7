/** `--keep` and `WW_KEEP`; the flag counts. */
import { Option } from 'commander';
import { UsageError } from '../../input/command-output.ts';
import { environment } from '../../input/config.ts';
import { type RetentionPlan, retentionPlan, STORED_NAMES } from '../../runtime/retention-plan.ts';

export function keepOption(): Option {
  return new Option(
    '--keep <topic=age/size...>',
    `how long and how much of a topic the log keeps, such as events=90d/8GiB or commands=forever (topics: ${STORED_NAMES.join(', ')}; also WW_KEEP, separated by commas)`,
  );
}

/** Else UsageError. */
export function storedBy(flags: readonly string[] = []): RetentionPlan {
  const named = (environment()['WW_KEEP'] ?? '').split(',').filter((text) => text.trim() !== '');
  const plan = retentionPlan([...named, ...flags]);
  if (plan.ok) return plan.value;
  throw new UsageError(
    `--keep: ${plan.problem}. See docs/guide-operate.md, "What is kept how long".`,
  );
}
