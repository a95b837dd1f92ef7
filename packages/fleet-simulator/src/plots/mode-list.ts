/** Manners that go together. */
import type { Mode } from './manner.ts';

/** In every combination that a value carries. */
export const ANYWHERE: readonly Mode[] = [
  'direct',
  'split_sessions',
  'slow',
  'rewritten',
  'skewed',
  'reordered',
  'duplicated',
  'no_link',
  'near_in_time',
  'last_denied',
  'dry_run',
  'popular_value',
  'too_late',
];
export const FLOW: readonly Mode[] = [
  ...ANYWHERE,
  'relayed_1',
  'relayed_2',
  'relayed_3',
  'relayed_4',
  'two_sources',
  'two_relays',
  'one_agent',
  'grant_holder',
  'bystander',
  'two_tasks',
  'too_far',
  'relay_lost',
  'held_only',
  'invented_tasks',
];
/** Three steps: between the second and the third, too, something can be doubled. */
export const LONG: readonly Mode[] = [...FLOW, 'two_middles', 'first_link_only', 'last_link_only'];
export const DAYS: readonly Mode[] = ['slow_days', 'days_unrelated', 'days_paper', 'days_beyond'];
export const TIED: readonly Mode[] = [
  'direct',
  'slow',
  'reordered',
  'duplicated',
  'no_link',
  'near_in_time',
  'last_denied',
  'dry_run',
];
