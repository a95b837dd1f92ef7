/** What `evaluate calibration` tells: what features claim of days and calls, what alarms, and what alerts state. */

import type { Rate, Share } from '../scoring/interval.ts';
import type { StateReport } from '../state-sizes.ts';

/** Shares at which what is claimed is held against what came. */
export const NOMINAL = [0.1, 0.05, 0.01, 0.005, 0.001] as const;
/** Of all classes together. */
export const ALL = 'all';

export interface CalibrationRow {
  /** What has the probability: a facet, or a part of one. */
  readonly feature: string;
  readonly facet: string;
  /** Registered class; `all` over them. */
  readonly class: string;
  /** Of what it is the probability; null where none was ever claimed. */
  readonly per: 'call' | 'day' | null;
  readonly agents: number;
  /** Days of agents, or calls, of which the feature could say. */
  readonly judged: number;
  /** Intervals clustered by agent: one that has changed stays odd for days. */
  readonly observed: readonly { readonly nominal: number; readonly came: Share }[];
  /** Of days: scores that they reach. */
  readonly scores: readonly { readonly share: number; readonly score: number }[];
}

export interface AlarmRow {
  readonly facet: string;
  readonly class: string;
  /** Alarms that are one alert count once; for each 1,000 agent-days on which the agent acted. */
  readonly alarms: Rate;
  /** What the alarm says of how often it comes by chance. */
  readonly claim: 'probability' | 'none' | { readonly days: number };
}

/** What the alerts of a facet say of themselves. */
export interface StatedRow {
  readonly facet: string;
  readonly alerts: number;
  /** The least and the largest p-value, and confidences; null of alerts without. */
  readonly p: readonly [least: number, most: number] | null;
  readonly confidence: readonly [least: number, most: number] | null;
  /** Agent-days on which an alert stated as much or less, of all on which agents acted. */
  readonly observed: readonly { readonly nominal: number; readonly came: Share }[];
}

export interface RuleRow {
  readonly rule: string;
  readonly class: string;
  /** That queue, and that are only listed for reviews; for each 1,000 agent-days. */
  readonly queued: Rate;
  readonly listed: Rate;
}

export interface CalibrationReport {
  readonly dataset: 'calibration';
  readonly streams: readonly Readonly<Record<string, unknown>>[];
  readonly rows: readonly CalibrationRow[];
  readonly alarms: readonly AlarmRow[];
  readonly stated: readonly StatedRow[];
  /** Of rules over the registry, which claim nothing. */
  readonly rules: readonly RuleRow[];
  readonly state: StateReport;
  /** Alerts that weak signs of several days added up to, and how many chance may bring at most. */
  readonly weak_signs: {
    readonly agent_days: number;
    readonly alerts: number;
    readonly at_most: number;
  };
}
