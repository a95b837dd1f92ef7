/**
 * The members of a group, and what each last reported. Of a large group a bottom-k sample (Cohen 1997), so that
 * order of arrival decides nothing; a day waits until it is closed.
 */
import { type BaselinePartial, epochMs, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { DAY_MS } from '../../domain/day.ts';
import {
  MEMBER_IDLE_DAYS,
  MEMBERS_MAX,
  REPORTED_DAYS_MAX,
  REPORTED_VALUES_MAX,
} from './peer-groups.ts';

export interface Group {
  readonly tenant: string;
  readonly group: string;
}

export interface GroupMember {
  readonly reportedAt: string;
  readonly since?: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly maxima: Readonly<Record<string, readonly number[]>>;
  /** Values met on more than one day: told again, and more often than before. */
  readonly repeated?: readonly string[];
}

/** By fingerprint, rising. */
type Place = readonly [print: string, day: number];

const nameOf = ({ tenant, group }: Group) => JSON.stringify([tenant, group]);
const placesKey = (of: Group, day: number | 'closed') => `places/${nameOf(of)}/${day}`;
const memberKey = (of: Group, day: number | 'closed', print: string) =>
  `member/${nameOf(of)}/${day}/${print}`;

const byPrint = ([a]: Place, [b]: Place) => (a < b ? -1 : 1);

function placesOf(transaction: Transaction, of: Group, day: number | 'closed'): readonly Place[] {
  return transaction.get<readonly Place[]>(placesKey(of, day)) ?? [];
}

function firstOf<T>(of: Readonly<Record<string, T>>, max: number): Record<string, T> {
  return Object.fromEntries(Object.entries(of).slice(0, max));
}

function memberOf({
  reported_at: reported = '',
  window_start: start,
  counts,
  day_maxima: maxima = {},
}: BaselinePartial): GroupMember {
  const days = Object.entries(maxima).map(([name, logs]) => [name, logs.slice(-REPORTED_DAYS_MAX)]);
  return {
    reportedAt: reported,
    since: Math.floor(epochMs(start) / DAY_MS),
    counts: firstOf(counts, REPORTED_VALUES_MAX),
    maxima: Object.fromEntries(days),
  };
}

/** A value that became more frequent was met on two days. */
function joined(
  before: GroupMember | undefined,
  now: GroupMember | undefined,
): GroupMember | undefined {
  if (before === undefined || now === undefined) return now;
  const known = new Set(before.repeated ?? []);
  const earlier = (name: string) =>
    Object.hasOwn(before.counts, name) ? (before.counts[name] ?? 0) : 0;
  const repeated = Object.entries(now.counts)
    .filter(([name, count]) => known.has(name) || (earlier(name) > 0 && count > earlier(name)))
    .map(([name]) => name);
  const since = Math.min(before.since ?? Number.POSITIVE_INFINITY, now.since ?? 0);
  return { ...now, since, repeated };
}

/** True for the first of that day. */
export function takeReported(
  transaction: Transaction,
  partial: BaselinePartial,
  day: number,
): boolean {
  const of = { tenant: partial.tenant_id, group: partial.peer_group };
  const print = shortPrint(partial.agent_uid);
  const member = memberOf(partial);
  const places = placesOf(transaction, of, day);
  if (places.some(([one]) => one === print)) {
    const before = transaction.get<GroupMember>(memberKey(of, day, print));
    const isNewer = before === undefined || epochMs(before.reportedAt) < epochMs(member.reportedAt);
    if (isNewer) transaction.put(memberKey(of, day, print), member);
    return false;
  }
  const [last] = places.slice(-1);
  if (places.length >= MEMBERS_MAX && last !== undefined) {
    if (print > last[0]) return false;
    transaction.delete(memberKey(of, day, last[0]));
  }
  const others = places.length >= MEMBERS_MAX ? places.slice(0, -1) : places;
  transaction.put(memberKey(of, day, print), member);
  transaction.put(placesKey(of, day), [...others, [print, day] as const].sort(byPrint));
  return places.length === 0;
}

/** The idle leave. */
export function closeDay(transaction: Transaction, of: Group, day: number): void {
  const fresh = placesOf(transaction, of, day);
  const seen = new Set(fresh.map(([print]) => print));
  const before = placesOf(transaction, of, 'closed');
  const isOld = ([print, at]: Place) => seen.has(print) || at < day - MEMBER_IDLE_DAYS;
  const all = [...before.filter((one) => !isOld(one)), ...fresh].sort(byPrint);
  const retained = all.slice(0, MEMBERS_MAX);
  const stay = new Set(retained.map(([print]) => print));
  const left = before.filter(([print]) => !stay.has(print));
  for (const [print] of left) transaction.delete(memberKey(of, 'closed', print));
  for (const [print] of fresh) {
    const earlier = transaction.get<GroupMember>(memberKey(of, 'closed', print));
    const member = joined(earlier, transaction.get<GroupMember>(memberKey(of, day, print)));
    transaction.delete(memberKey(of, day, print));
    if (stay.has(print)) transaction.put(memberKey(of, 'closed', print), member);
  }
  transaction.delete(placesKey(of, day));
  if (retained.length > 0) transaction.put(placesKey(of, 'closed'), retained);
  else transaction.delete(placesKey(of, 'closed'));
}

export function membersOf(transaction: Transaction, of: Group): readonly GroupMember[] {
  return placesOf(transaction, of, 'closed').flatMap(([print]) => {
    const member = transaction.get<GroupMember>(memberKey(of, 'closed', print));
    return member === undefined ? [] : [member];
  });
}
