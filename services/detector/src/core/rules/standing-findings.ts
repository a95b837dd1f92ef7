/**
 * What rules leave of a call to be learnt. What came on several days with time to answer stands: it is reported,
 * and the rest is learnt.
 */
import { type AuditEvent, severityAtLeast, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { Finding } from '../alerting/finding.ts';
import { DAYS_KNOWN_MIN, dayOfTime } from '../domain/day.ts';
import { knownOf, storeKnown } from '../state/agent/agent-key.ts';
import { keepWorthiest } from '../state/agent/bounded-lists.ts';

/** Days. */
const STANDS_AFTER_DAYS = 7;
const GRAVE_STANDS_AFTER_DAYS = 30;
const GONE_AFTER_DAYS = 30;
export const STANDING_MAX = 16;

export interface Ruled {
  readonly isForeign: boolean;
  readonly isUnpermitted: boolean;
}

const NOTHING_RULED: Ruled = { isForeign: false, isUnpermitted: false };

type Row = readonly [name: string, first: number, last: number, days: number];

const nameOf = (ruleId: string, one: string) => shortPrint(`${ruleId}|${one}`);

function withToday(rows: readonly Row[], name: string, day: number): readonly Row[] {
  const row = rows.find(([one]) => one === name);
  if (row !== undefined && row[2] >= day) return rows;
  const isNew = row === undefined || day - row[2] > GONE_AFTER_DAYS;
  const own: Row = isNew ? [name, day, day, 1] : [name, row[1], day, row[3] + 1];
  const others = rows.filter(([one]) => one !== name);
  return keepWorthiest([...others, own], STANDING_MAX, ([, , , days]) => days);
}

/** `now`: a backlog read in an hour is one day. */
export function ruledOf(
  transaction: Transaction,
  event: AuditEvent,
  found: readonly Finding[],
  now: string,
): Ruled {
  const forbidding = found.filter(({ quarantines }) => quarantines !== false);
  if (forbidding.length === 0) return NOTHING_RULED;
  const before = knownOf<readonly Row[]>(transaction, event, 'standing') ?? [];
  const day = dayOfTime(now);
  const names = forbidding.flatMap(({ alarm, standsBy }) =>
    standsBy.map((one) => nameOf(alarm.ruleId, one)),
  );
  const rows = names.reduce((all, name) => withToday(all, name, day), before);
  if (rows !== before) storeKnown(transaction, event, 'standing', rows);
  const stands = ({ alarm, quarantines, standsBy }: Finding) => {
    const isGrave = quarantines === true && severityAtLeast(alarm.severity, 'high');
    const afterDays = isGrave ? GRAVE_STANDS_AFTER_DAYS : STANDS_AFTER_DAYS;
    return (
      standsBy.length > 0 &&
      standsBy.every((one) => {
        const row = rows.find(([name]) => name === nameOf(alarm.ruleId, one));
        return row !== undefined && row[3] >= DAYS_KNOWN_MIN && row[2] - row[1] >= afterDays;
      })
    );
  };
  const holding = forbidding.filter((one) => !stands(one));
  return {
    isForeign: holding.some(({ quarantines }) => quarantines === true),
    isUnpermitted: holding.some(({ quarantines }) => quarantines === 'values'),
  };
}
