/**
 * What benign runs taught: calls that were made for the same purpose before, identifiers that are
 * known, and how usual a tool is for a purpose and after another tool.
 *
 * Counts of tools are clustered by purpose: a thousand runs of one task are one observation, so a
 * tool's share is the share of purposes that used it, and a purpose's own counts weigh in by how
 * many it has (interpolated back-off, Jelinek and Mercer 1980). Counting runs instead made every tool
 * of an unseen task a surprise.
 */
import type { Call } from './call-digest.ts';

export interface BenignHistory {
  /** The same purpose, tool and values in benign history. */
  readonly isRepeat: (call: Call) => boolean;
  readonly knowsId: (id: string) => boolean;
  readonly toolBits: (call: Call) => number;
  readonly followBits: (call: Call, previousTool: string | null) => number;
}

export interface LearnedCounts {
  readonly version: 1;
  readonly repeats: Set<string>;
  readonly ids: Set<string>;
  /** Purpose → tool → calls. */
  readonly byPurpose: Map<string, Map<string, number>>;
  /** Tool, or tool after tool, → number of purposes that had it. */
  readonly purposesWith: Map<string, number>;
}

export const REPEATS_MAX = 50_000;
export const KNOWN_IDS_MAX = 50_000;
export const PURPOSES_MAX = 5_000;
const TOOLS_PER_PURPOSE_MAX = 512;
const START = '^';
/** How many calls of its own a purpose needs to weigh as much as its kind. */
const BACK_OFF_CALLS = 5;
const BACK_OFF_PURPOSES = 2;
const UNKNOWN_TOOL_SHARE = 0.02;
const BITS_MAX = 8;

export function emptyCounts(): LearnedCounts {
  return {
    version: 1,
    repeats: new Set(),
    ids: new Set(),
    byPurpose: new Map(),
    purposesWith: new Map(),
  };
}

function repeatKey({ purpose, tool, argsHash }: Call): string {
  return `${purpose.key} ${tool} ${argsHash}`;
}

function pairKey(previousTool: string | null, tool: string): string {
  return `${previousTool ?? START} ${tool}`;
}

function count(counts: LearnedCounts, tools: Map<string, number>, key: string): void {
  const before = tools.get(key);
  if (before === undefined && tools.size >= TOOLS_PER_PURPOSE_MAX) return;
  tools.set(key, (before ?? 0) + 1);
  if (before === undefined) {
    counts.purposesWith.set(key, (counts.purposesWith.get(key) ?? 0) + 1);
  }
}

/** Learns from one call that was not flagged. Changes `counts`; `ids` are those that it acted on. */
export function learn(counts: LearnedCounts, call: Call, previousTool: string | null): void {
  if (counts.repeats.size < REPEATS_MAX) counts.repeats.add(repeatKey(call));
  for (const { ids } of call.items) {
    for (const id of ids) if (counts.ids.size < KNOWN_IDS_MAX) counts.ids.add(id);
  }
  let tools = counts.byPurpose.get(call.purpose.key);
  if (tools === undefined) {
    if (counts.byPurpose.size >= PURPOSES_MAX) return;
    tools = new Map();
    counts.byPurpose.set(call.purpose.key, tools);
  }
  count(counts, tools, call.tool);
  count(counts, tools, pairKey(previousTool, call.tool));
}

function bits(counts: LearnedCounts, purpose: string, key: string): number {
  const purposes = counts.byPurpose.size;
  if (purposes === 0) return 0;
  const shared =
    ((counts.purposesWith.get(key) ?? 0) + BACK_OFF_PURPOSES * UNKNOWN_TOOL_SHARE) /
    (purposes + BACK_OFF_PURPOSES);
  const tools = counts.byPurpose.get(purpose);
  const own = tools?.get(key) ?? 0;
  const weight = tools === undefined ? 0 : own / (own + BACK_OFF_CALLS);
  const share = weight + (1 - weight) * shared;
  return Math.min(BITS_MAX, -Math.log2(Math.min(1, share)));
}

/** The lookups that the score needs, over learned counts. */
export function historyOf(counts: LearnedCounts): BenignHistory {
  return {
    isRepeat: (call) => counts.repeats.has(repeatKey(call)),
    knowsId: (id) => counts.ids.has(id),
    toolBits: (call) => bits(counts, call.purpose.key, call.tool),
    followBits: (call, previousTool) =>
      bits(counts, call.purpose.key, pairKey(previousTool, call.tool)),
  };
}

/** A history that knows nothing, for a tenant's first day. */
export const NO_HISTORY: BenignHistory = historyOf(emptyCounts());
