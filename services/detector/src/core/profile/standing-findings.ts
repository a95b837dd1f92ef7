/**
 * What the rules over the registry leave of a call to be learnt, and which of their findings stand.
 *
 * Most that forbid learning say that it may not be the agent who acts. Some only say that a decision was missing
 * (`values` of `../governance/finding.ts`): a source that tells of no approval makes each day's work such a finding.
 * That stands once it came on several days of a week: whoever owns the agent had the time to answer, and from then on
 * the agent is as another one, of which the rest is judged all the same. Before that, one such call makes no value known.
 *
 * Rejected: that it never stands (of a mailer without approvals nothing was ever known, so an unknown recipient was no
 * news); that it stands at once (who skips one approval would teach whom he sends to).
 */
import type { AuditEvent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { dayNumber, type Finding } from '../governance/finding.ts';
import { keepKnown, knownOf } from '../kept/known-of-agent.ts';
import type { Ruled } from './score-call.ts';

/** From its first day until it may stand, and on how many days it came by then. */
const STANDS_AFTER_DAYS = 7;
const STANDING_TIMES_MIN = 3;
/** What did not come for so long is another finding when it comes again. */
const GONE_AFTER_DAYS = 30;

/** Of one rule; there are as many as rules that forbid values only. */
type Row = readonly [rule: string, first: number, last: number, days: number];

function withToday(row: Row | undefined, rule: string, day: number): Row {
  if (row === undefined || day - row[2] > GONE_AFTER_DAYS) return [rule, day, day, 1];
  return day > row[2] ? [rule, row[1], day, row[3] + 1] : row;
}

const stands = ([, first, last, days]: Row) =>
  days >= STANDING_TIMES_MIN && last - first >= STANDS_AFTER_DAYS;

/** Whether all of these findings stand, this call included. */
function doStand(draft: Draft, event: AuditEvent, rules: readonly string[]): boolean {
  const before = knownOf<readonly Row[]>(draft, event, 'unpermitted') ?? [];
  const day = dayNumber(event.event_time);
  const now = rules.map((rule) => {
    const row = before.find(([one]) => one === rule);
    return withToday(row, rule, day);
  });
  if (now.some((row) => !before.includes(row))) {
    const others = before.filter(([rule]) => !rules.includes(rule));
    keepKnown(draft, event, 'unpermitted', [...others, ...now]);
  }
  return now.every(stands);
}

export function ruledOf(draft: Draft, event: AuditEvent, found: readonly Finding[]): Ruled {
  const isForeign = found.some(({ quarantines }) => quarantines === true);
  const rules = found.flatMap(({ quarantines, alarm }) =>
    quarantines === 'values' ? [alarm.ruleId] : [],
  );
  return { isForeign, isUnpermitted: rules.length > 0 && !doStand(draft, event, rules) };
}
