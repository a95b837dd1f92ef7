/**
 * What people found of this agent's statistical alerts: of each, what it was about and up to how much.
 *
 * Found wrong: the same is not told again, for that value or up to that amount, so that it is learnt like anything
 * else; beyond the amount it alarms as ever. Found right: it never becomes normal by age. The last word about an alert
 * counts, and a later one takes back what it contradicts.
 *
 * Statistical findings only. What a rule says (a hijack, an envelope, a decoy, a leak, an assembly) is true whoever
 * finds it harmless, and is changed where the rule stands: in the registry or the policy.
 * Limits: the latest of an agent; an alert that is no longer followed (`alert-track.ts`); those of a workload as a whole.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { type FacetAlarm, type FacetScore, type Same, WordedScore } from '../facets/facet.ts';
import { agentKey } from '../kept/agent-key.ts';
import { isStatistical } from './statistical-kind.ts';

/** Things that are kept of an agent; the earliest verdict makes room. */
export const FOUND_MAX = 32;
/** Things that one alert is about; a burst has no more features. */
const SAME_MAX = 16;
const ALERT_PRINT = 8;

type Whose = Pick<AuditEvent, 'tenant_id'> & { readonly agent: { readonly uid: string } };

/** What, up to how much, whether that was right, by which alert, and when it was said. */
type Found = readonly [print: string, amount: number, isRight: 0 | 1, alert: string, ms: number];

export interface Verdict {
  readonly alertId: string;
  readonly isRight: boolean;
  readonly saidMs: number;
  /** Of the alert, that was looked at, where the act says so. */
  readonly revision?: number;
}

const keyOf = (whose: Whose) => agentKey(whose, 'found');

const foundOf = (draft: Draft, whose: Whose): readonly Found[] =>
  draft.get<readonly Found[]>(keyOf(whose)) ?? [];

/** What an alarm is about, whatever the day; of most its own key says it. */
export function sameOf({ ruleId, dedupeKey, amount = 0, same }: FacetAlarm): Same {
  return same ?? [[`${ruleId}|${dedupeKey}`, amount]];
}

/** Whether it is known of all of these, and of no less: so it is of most that come again. */
function isKnownSame(known: Same, now: Same): boolean {
  return now.every(([what, amount]) => {
    const print = shortPrint(what);
    return known.some(([of, most]) => of === print && most >= amount);
  });
}

/** As it is kept with an alert: by print, the largest amount of each. */
export function sameWith(known: Same | undefined, alarm: FacetAlarm): Same {
  const now = sameOf(alarm);
  if (known !== undefined && isKnownSame(known, now)) return known;
  const all = new Map(known);
  for (const [what, amount] of now) {
    const print = shortPrint(what);
    all.set(print, Math.max(all.get(print) ?? 0, amount));
  }
  return [...all].slice(0, SAME_MAX);
}

/** The same score without what people found harmless: no alarm, and no odd day either. */
export function unlessFoundWrong(draft: Draft, event: AuditEvent, one: FacetScore): FacetScore {
  const { alarm, facet, points, weight } = one;
  if (alarm === undefined || !isStatistical(alarm.kind)) return one;
  const found = foundOf(draft, event);
  if (found.length === 0) return one;
  const isWrong = sameOf(alarm).every(([what, amount]) => {
    const print = shortPrint(what);
    return found.some(([of, upTo, isRight]) => isRight === 0 && of === print && amount <= upTo);
  });
  return isWrong
    ? new WordedScore({ facet, points, weight, more: undefined }, () => one.reasons)
    : one;
}

/** Whether somebody found an alert right that was about this: then no age makes it normal. */
export function isFoundRight(draft: Draft, whose: Whose, what: string): boolean {
  const found = foundOf(draft, whose);
  if (found.length === 0) return false;
  const print = shortPrint(what);
  return found.some(([of, , isRight]) => isRight === 1 && of === print);
}

/** Whether what was said of an alert is that it was wrong. */
export function isAlertWrong(draft: Draft, whose: Whose, alertId: string): boolean {
  const alert = shortPrint(alertId, ALERT_PRINT);
  return foundOf(draft, whose).some(([, , isRight, of]) => isRight === 0 && of === alert);
}

function contradicts([of, amount, isRight]: Found, same: Same, nowRight: boolean): boolean {
  if ((isRight === 1) === nowRight) return false;
  const now = same.find(([print]) => print === of)?.[1];
  if (now === undefined) return false;
  return nowRight ? amount >= now : amount <= now;
}

/** Keeps a verdict about what an alert tells of (`sameWith`); false where a later one is known. */
export function keepFound(
  draft: Draft,
  whose: Whose,
  { alertId, isRight, saidMs }: Verdict,
  same: Same,
): boolean {
  const alert = shortPrint(alertId, ALERT_PRINT);
  const before = foundOf(draft, whose);
  if (before.some(([, , , of, ms]) => of === alert && ms > saidMs)) return false;
  const others = before.filter((one) => one[3] !== alert && !contradicts(one, same, isRight));
  const own = same.map(([print, amount]): Found => [print, amount, isRight ? 1 : 0, alert, saidMs]);
  draft.put(keyOf(whose), [...others, ...own].slice(-FOUND_MAX));
  return true;
}
