// What an agent has done so far: the measure of how strong an attack must be to be obvious.
import { DAY, HOUR, START } from './clock.ts';
import { at } from './rng.ts';
import type { Agent, Rec } from './types.ts';

export interface Past {
  calls: number;
  days: number;
  perDay: number;
  busiestDay: number;
  perHour: number;
  busiestHour: number;
  tokensPerHour: number;
  tokensBusiest: number;
  mostRecords: number;
  usualRecords: number;
  longestGap: number;
  approvals: number;
  audits: number;
  effects: number;
}

export interface History {
  company: readonly Agent[];
  byAgent: Rec[][];
}

function most(counts: Map<number, number>): number {
  let best = 0;
  for (const n of counts.values()) if (n > best) best = n;
  return best;
}

function mean(counts: Map<number, number>): number {
  let sum = 0;
  for (const n of counts.values()) sum += n;
  return counts.size === 0 ? 0 : sum / counts.size;
}

function add(counts: Map<number, number>, key: number, n: number): void {
  counts.set(key, (counts.get(key) ?? 0) + n);
}

/** Counts whole clock hours and days; a burst that straddles two hours is judged by the fuller one. */
export function pastOf(recs: readonly Rec[], until: number): Past {
  const hours = new Map<number, number>();
  const days = new Map<number, number>();
  const tokens = new Map<number, number>();
  const records: number[] = [];
  const past = { calls: 0, approvals: 0, audits: 0, effects: 0, longestGap: 0 };
  let last = -1;
  for (const r of recs) {
    if (r.t >= until) break;
    if (r.role === 'audit') past.audits++;
    if (r.role !== 'call') continue;
    past.calls++;
    if (last >= 0) past.longestGap = Math.max(past.longestGap, r.t - last);
    last = r.t;
    add(hours, Math.floor((r.t - START) / HOUR), 1);
    add(days, Math.floor((r.t - START) / DAY), 1);
    add(tokens, Math.floor((r.t - START) / HOUR), r.tokens);
    if (r.e.approval?.mode === 'human') past.approvals++;
    if (r.eff !== 'read' && r.eff !== 'draft') past.effects++;
    if (r.records > 0) records.push(r.records);
  }
  records.sort((a, b) => a - b);
  return {
    ...past,
    days: days.size,
    perDay: mean(days),
    busiestDay: most(days),
    perHour: mean(hours),
    busiestHour: most(hours),
    tokensPerHour: mean(tokens),
    tokensBusiest: most(tokens),
    mostRecords: records[records.length - 1] ?? 0,
    usualRecords: records[Math.floor(records.length / 2)] ?? 0,
  };
}

/** Hours of the day (UTC) in which no agent of this job ever acts. */
export function quietHours(history: History, agent: Agent): number[] {
  const used = new Set<number>();
  for (const peer of history.company) {
    if (peer.job.id !== agent.job.id) continue;
    for (const r of at(history.byAgent, peer.index))
      if (r.role === 'call') used.add(Math.floor((r.t - START) / HOUR) % 24);
  }
  return Array.from({ length: 24 }, (_, h) => h).filter((h) => !used.has(h));
}
