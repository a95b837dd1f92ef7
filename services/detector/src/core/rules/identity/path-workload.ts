/**
 * Which part of a proven SPIFFE path is the run's, where it is not the last (`…/ns/pr-1001/sa/runner`). Each
 * partition learns by itself.
 */
import { shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { PRINT_48 } from '../../domain/record-table.ts';
import { keepWorthiest, rememberInRing } from '../../state/agent/bounded-lists.ts';

export const PATHS_MAX = 1000;
/** Those on the fewest days are forgotten. */
export const PARTS_BELOW_MAX = 128;
const DEPTH_MAX = 8;
/** What stays so long is no run's. */
export const LASTING_DAYS_MIN = 7;
export const CHURN_DAYS_MAX = 30;
/** Days that brought a new one. */
export const CHURN_NEW_DAYS_MIN = 3;
const NEW_MIN = 8;
const WATCHED_DAYS = 14;
const SCHEME = 'spiffe://';

/** First, second day, all; the latest last. */
type Days = readonly (readonly [day: number, fresh: number, second: number, all: number])[];
type Part = readonly [print: string, days: number, last: number];
interface Below {
  readonly days: Days;
  readonly parts: readonly Part[];
}

const keyOf = (tenant: string, path: string) => `paths|${shortPrint(`${tenant}|${path}`)}`;
const printOf = (part: string) => shortPrint(part, PRINT_48);

function withDay({ days }: Below, day: number, part: Part | undefined): Days {
  const [, fresh, second, all] = days.find(([one]) => one === day) ?? [day, 0, 0, 0];
  const isSecond = part?.[1] === 1;
  const now = [day, fresh + (part ? 0 : 1), second + (isSecond ? 1 : 0), all + 1] as const;
  const others = days.filter(([one]) => one !== day);
  return [...others, now].sort(([a], [b]) => a - b).slice(-CHURN_DAYS_MAX);
}

function withPart(below: Below, print: string, day: number): Below {
  const part = below.parts.find(([one]) => one === print);
  if (part !== undefined && part[2] >= day) return below;
  const others = below.parts.filter((one) => one !== part);
  const now = [print, (part?.[1] ?? 0) + 1, day] as const;
  const parts = keepWorthiest([...others, now], PARTS_BELOW_MAX, ([, days]) => days);
  return { days: withDay(below, day, part), parts };
}

function isChurning({ days }: Below): boolean {
  if (days.filter(([, fresh]) => fresh > 0).length < CHURN_NEW_DAYS_MIN) return false;
  const sum = (at: 1 | 2 | 3) => days.reduce((total, one) => total + one[at], 0);
  const [fresh, second, all] = [sum(1), sum(2), sum(3)];
  // What is of the latest day could not return yet.
  const earlier = fresh - (days.at(-1)?.[1] ?? 0);
  if (earlier < NEW_MIN) return false;
  return second * 2 < earlier || (days.length >= WATCHED_DAYS && all < fresh * LASTING_DAYS_MIN);
}

function isPassing(below: Below, print: string): boolean {
  const [, days] = below.parts.find(([one]) => one === print) ?? [print, 0];
  const isLasting = days >= LASTING_DAYS_MIN || days * 2 > below.days.length;
  return !isLasting && isChurning(below);
}

/** The last part is the agent's. */
function partsOf(uid: string): readonly (readonly [path: string, part: string])[] {
  const [domain = '', ...parts] = uid.slice(SCHEME.length).split('/');
  let path = `${SCHEME}${domain}`;
  return parts
    .slice(0, -1)
    .slice(0, DEPTH_MAX)
    .map((part) => {
      const before = path;
      path = `${path}/${part}`;
      return [before, part] as const;
    });
}

export function notePath(transaction: Transaction, tenant: string, uid: string, day: number): void {
  for (const [path, part] of partsOf(uid)) {
    const key = keyOf(tenant, path);
    const known = transaction.get<Below>(key);
    if (known === undefined) rememberInRing(transaction, 'paths', key, PATHS_MAX);
    const print = printOf(part);
    const before = known ?? { days: [], parts: [] };
    const now = withPart(before, print, day);
    if (now !== before) transaction.put(key, now);
    if (isPassing(now, print)) return;
  }
}

export function pathWorkload(transaction: Transaction, tenant: string, uid: string): string {
  for (const [path, part] of partsOf(uid)) {
    const below = transaction.get<Below>(keyOf(tenant, path));
    if (below !== undefined && isPassing(below, printOf(part))) return `${path}/*`;
  }
  return uid.slice(0, uid.lastIndexOf('/'));
}
