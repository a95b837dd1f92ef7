/** What a novelty says of itself: its value with its history, as it is put into words where it is told. */
import { callEnding, showsHabit } from '../call-ending.ts';
import { declinedOf } from '../kept/declined-prints.ts';
import { declaredByItself } from '../profile/declarations.ts';
import { hasDeclined, NOTHING_MET, timesMet } from './met-values.ts';
import { type Known, triedOf, unpermittedOf } from './novelty-known.ts';
import type { NoveltyOptions } from './novelty-options.ts';
import type { NoveltyWords } from './novelty-words.ts';

export function toldOf(known: Known, options: NoveltyOptions): NoveltyWords {
  const { draft, event, value, print, met, declined: table } = known;
  const [calls, others, since] = met ?? NOTHING_MET;
  const { name, severity: graded, ruleId, describe } = options;
  const severity = typeof graded === 'function' ? graded(event) : graded;
  const what = describe(value, event, callEnding(event) === 'done');
  const own = declinedOf(table, print);
  const unpermitted = own === undefined ? unpermittedOf(known) : undefined;
  const declined = own ?? unpermitted;
  const count = timesMet(met, print);
  const isUnknown = options.isUnknown?.(event) ?? false;
  const ownChange = declaredByItself(draft, event);
  // What was tried before and is now done: the alert must say so.
  const isFirstDone = showsHabit(event) && declined === undefined;
  const failedBefore = isFirstDone ? triedOf(known)?.first : undefined;
  const isLessThanAll = hasDeclined(known.kept);
  // Field by field: at each alarm, lists of them that are spread took longer than all else here.
  return {
    event,
    value,
    what,
    name,
    severity,
    ruleId,
    calls,
    others,
    since,
    count,
    isLessThanAll,
    declined,
    isUnpermitted: unpermitted !== undefined,
    isUnknown,
    ownChange,
    failedBefore,
  };
}
