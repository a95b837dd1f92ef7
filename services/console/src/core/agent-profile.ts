/**
 * What is usual for an agent, as the stored calls have it: for each measure the days with calls before the newest one, as a
 * distribution, and the newest day beside it. It describes and judges nothing: alerts come from the detector, whose own
 * baselines also know tasks, peers and what was not learnt.
 */
import { z } from 'zod';
import type { EventRow } from './event-row.ts';

const BINS_MAX = 12;
export const PROFILE_MEASURES = [
  ['calls', 'calls'],
  ['denied', 'denied calls'],
  ['failed', 'failed calls'],
  ['tools', 'different tools'],
  ['targets', 'different targets'],
  ['result_bytes', 'bytes of results'],
] as const;
type Measure = (typeof PROFILE_MEASURES)[number][0];

/** One day (UTC) with calls, as the store counts it. */
export type DayCounts = { readonly day: string } & Readonly<Record<Measure, number | string>>;
export interface HourCounts {
  readonly hour: number;
  readonly calls: number | string;
  readonly today: number | string;
}

export interface Bin {
  /** From, and below; the last one with its end. */
  readonly from: number;
  readonly to: number;
  readonly days: number;
}

export interface Baseline {
  readonly measure: string;
  readonly words: string;
  /** Of the newest day with calls. */
  readonly today: number;
  /** Earlier days with calls; without any there is nothing to compare with. */
  readonly days: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
  /** Earlier days with less. */
  readonly below: number;
  readonly bins: readonly Bin[];
  readonly values: readonly { readonly day: string; readonly value: number }[];
}

export interface Baselines {
  readonly day: string;
  readonly measures: readonly Baseline[];
  /** Calls of each hour (UTC) on earlier days, and on the newest. */
  readonly hours: readonly {
    readonly hour: number;
    readonly calls: number;
    readonly today: number;
  }[];
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** Of whole numbers: no bin is narrower than one, and the newest day has its place. */
export function binsOf(values: readonly number[], today: number): readonly Bin[] {
  const low = Math.min(today, ...values);
  const high = Math.max(today, ...values);
  const width = Math.max(1, Math.ceil((high - low + 1) / BINS_MAX));
  const count = Math.floor((high - low) / width) + 1;
  return Array.from({ length: count }, (_, n) => {
    const from = low + n * width;
    const to = from + width;
    return { from, to, days: values.filter((one) => one >= from && one < to).length };
  });
}

function baselineOf(
  measure: Measure,
  words: string,
  today: DayCounts,
  before: readonly DayCounts[],
): Baseline {
  const values = before.map((one) => ({ day: one.day, value: Number(one[measure]) }));
  const numbers = values.map((one) => one.value);
  const sorted = numbers.toSorted((a, b) => a - b);
  const now = Number(today[measure]);
  return {
    ...{ measure, words, today: now, days: values.length, values },
    ...{ median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), max: sorted.at(-1) ?? 0 },
    below: sorted.filter((one) => one < now).length,
    bins: binsOf(numbers, now),
  };
}

/** Null: no call is stored. A measure that was never anything but nothing is left out. */
export function baselinesOf(
  days: readonly DayCounts[],
  hours: readonly HourCounts[],
): Baselines | null {
  const sorted = days.toSorted((a, b) => (a.day < b.day ? -1 : 1));
  const today = sorted.at(-1);
  if (today === undefined) return null;
  const before = sorted.slice(0, -1);
  const all = PROFILE_MEASURES.map(([measure, words]) => baselineOf(measure, words, today, before));
  const byHour = new Map(hours.map((one) => [Number(one.hour), one]));
  return {
    day: today.day,
    measures: all.filter(({ today: now, max }) => now > 0 || max > 0),
    hours: Array.from({ length: 24 }, (_, hour) => {
      const { calls = 0, today: now = 0 } = byHour.get(hour) ?? {};
      return { hour, calls: Number(calls) - Number(now), today: Number(now) };
    }),
  };
}

export interface UsedTarget {
  readonly target: string;
  readonly calls: number;
  readonly denied: number;
  readonly first: string;
  readonly last: string;
}

export interface UsedCredential {
  readonly credential_uid: string;
  readonly type: string;
  readonly calls: number;
  readonly first: string;
  readonly last: string;
}

export interface AgentProfile {
  readonly baselines: Baselines;
  readonly targets: readonly UsedTarget[];
  readonly credentials: readonly UsedCredential[];
}

/** Grants beside what was used; null: what it is granted is not known. */
export interface GrantUse {
  readonly used: readonly string[] | null;
  readonly unused: readonly string[] | null;
  readonly beyond: readonly string[] | null;
}

/** One line of the timeline; `at` has nanoseconds, so that texts sort as times. */
export type AgentMoment = { readonly at: string; readonly id: string } & (
  | { readonly kind: 'call'; readonly call: EventRow }
  | {
      readonly kind: 'alert';
      readonly alert: {
        readonly alert_id: string;
        readonly revision: number;
        readonly severity: string;
        readonly state: string;
        readonly title: string;
      };
    }
  | {
      readonly kind: 'response';
      readonly response: {
        readonly action: string;
        readonly level: string;
        readonly reason: string;
        readonly alert_ids: readonly string[];
      };
    }
);

export interface AgentTimeline {
  readonly as_of: string;
  /** The newest first. */
  readonly moments: readonly AgentMoment[];
  /** Of the next page; null: there is none. */
  readonly cursor: string | null;
}

export const MOMENT_KINDS = ['call', 'alert', 'response'] as const;
export const TIMELINE_LIMIT_MAX = 200;
const CURSOR = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z~[\w:/-]{1,128}$/;

export const timelineQuery = z.strictObject({
  uid: z.string().min(1).max(2_048),
  show: z
    .string()
    .max(64)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(MOMENT_KINDS)).min(1))
    .optional(),
  limit: z.coerce.number().int().min(1).max(TIMELINE_LIMIT_MAX).optional(),
  cursor: z
    .string()
    .regex(CURSOR, 'none of an earlier answer; leave it out to begin anew')
    .optional(),
});

const newerFirst = (a: AgentMoment, b: AgentMoment): number => {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
};

/** The first of all that follow the cursor; each list holds as many as asked for, and one more. */
export function mergeMoments(
  lists: readonly (readonly AgentMoment[])[],
  limit: number,
): Pick<AgentTimeline, 'moments' | 'cursor'> {
  const all = lists.flat().toSorted(newerFirst);
  const moments = all.slice(0, limit);
  const last = moments.at(-1);
  return { moments, cursor: all.length > limit && last ? `${last.at}~${last.id}` : null };
}
