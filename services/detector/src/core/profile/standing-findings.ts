/**
 * What the rules over the registry leave of a call to be learnt, and which of their findings stand.
 *
 * A finding forbids learning because it may not be the agent who acts (all of the call), or because a decision was
 * missing (`values` of `../governance/finding.ts`). Either may be so of all the agent's work for ever: a source that
 * tells of no approval or hashes otherwise what was approved, an environment that the registry spells otherwise, a
 * token whose date is wrong. What can be so
 * stands once the same came on several days, and whoever owns the agent had the time to answer: a week; a month where
 * the finding is high and may not be the agent's. From then on the agent is as another one, of which the rest is judged:
 * the finding is told as before, and an attack under it has a baseline to differ from. Before that, what may not be the
 * agent teaches nothing, and what lacked a decision makes no value known.
 *
 * The same is the same value of the same element (`standsBy`): an undeclared tool that stands excuses no other one.
 *
 * Rejected: that it never stands (nothing of such an agent was ever known, and its attack was one more of the old
 * alert); that it stands at once (who skips one approval would teach whom he sends to); that a decoy, a stolen
 * credential, a refused call or a value from outsiders' text stands. Of a credential that moved lightly only when its
 * calls were stands (`deeds`), by what its alert told (`../governance/token-moves.ts`).
 */
import { type AuditEvent, severityAtLeast, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { dayNumber, type Finding } from '../governance/finding.ts';
import { keepKnown, knownOf } from '../kept/known-of-agent.ts';
import type { Ruled } from './score-call.ts';

/** From its first day until it may stand, and on how many days it came by then. */
const STANDS_AFTER_DAYS = 7;
const GRAVE_STANDS_AFTER_DAYS = 30;
const STANDING_TIMES_MIN = 3;
/** What did not come for so long is another finding when it comes again. */
const GONE_AFTER_DAYS = 30;
/** Findings of an agent that stand, or wait for it; the one that came on the fewest days makes room. */
export const STANDING_MAX = 16;

const NOTHING_RULED: Ruled = { isForeign: false, teachesTime: false, isUnpermitted: false };

type Row = readonly [name: string, first: number, last: number, days: number];

/** By what a finding stands, and after how many days. */
interface Wait {
  readonly name: string;
  readonly afterDays: number;
}

function waitsOf({ quarantines, standsBy, alarm }: Finding): readonly Wait[] {
  const isGrave = quarantines === true && severityAtLeast(alarm.severity, 'high');
  const afterDays = isGrave ? GRAVE_STANDS_AFTER_DAYS : STANDS_AFTER_DAYS;
  return standsBy.map((one) => ({
    name: quarantines === true ? shortPrint(`${alarm.ruleId}|${one}`) : one,
    afterDays,
  }));
}

function withToday(row: Row | undefined, name: string, day: number): Row {
  if (row === undefined || day - row[2] > GONE_AFTER_DAYS) return [name, day, day, 1];
  return day > row[2] ? [name, row[1], day, row[3] + 1] : row;
}

/** Those that came on most days, the latest first of equals. */
function roomFor(others: readonly Row[], count: number): readonly Row[] {
  if (others.length <= count) return others;
  return others.toSorted((a, b) => b[3] - a[3] || b[2] - a[2]).slice(0, Math.max(0, count));
}

/** The rows of what came with this call, which is noted. */
function noted(draft: Draft, event: AuditEvent, waits: readonly Wait[], now: string) {
  const before = knownOf<readonly Row[]>(draft, event, 'unpermitted') ?? [];
  const day = dayNumber(now);
  const rows = new Map(
    waits.map(({ name }) => [
      name,
      withToday(
        before.find(([one]) => one === name),
        name,
        day,
      ),
    ]),
  );
  if ([...rows.values()].some((row) => !before.includes(row))) {
    const others = before.filter(([name]) => !rows.has(name));
    const own = [...rows.values()].slice(0, STANDING_MAX);
    keepKnown(draft, event, 'unpermitted', [...roomFor(others, STANDING_MAX - own.length), ...own]);
  }
  return rows;
}

/** `now`: log time of the deciding record, so that a backlog that is told in an hour is one day. */
export function ruledOf(
  draft: Draft,
  event: AuditEvent,
  found: readonly Finding[],
  now: string,
): Ruled {
  const forbidding = found.filter(({ quarantines }) => quarantines !== false);
  if (forbidding.length === 0) return NOTHING_RULED;
  const rows = noted(draft, event, forbidding.flatMap(waitsOf), now);
  const stands = ({ name, afterDays }: Wait) => {
    const [, first, last, days] = rows.get(name) ?? [name, 0, 0, 0];
    return days >= STANDING_TIMES_MIN && last - first >= afterDays;
  };
  const doesHold = (one: Finding) => one.standsBy.length === 0 || !waitsOf(one).every(stands);
  const foreign = forbidding.filter((one) => one.quarantines !== 'values' && doesHold(one));
  return {
    isForeign: foreign.length > 0,
    teachesTime: foreign.every(({ quarantines }) => quarantines === 'deeds'),
    isUnpermitted: forbidding.some((one) => one.quarantines === 'values' && doesHold(one)),
  };
}
