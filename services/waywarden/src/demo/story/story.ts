/**
 * The demo's story so far, as `GET /api/v1/demo` answers it: which chapters have happened and by which
 * ids their facts are found in the store. It is a guide rail and holds no fact of its own: alerts, orders,
 * receipts and calls are read from where they always stand.
 */

/** In the order in which they are played. */
export const CHAPTER_IDS = ['drift', 'hijack', 'look_alike', 'assembly'] as const;
export type ChapterId = (typeof CHAPTER_IDS)[number];

/** Milliseconds since the call that completed it. */
export interface ChapterClock {
  /** The call's own time, RFC 3339. */
  readonly call_at: string;
  readonly alert_ms?: number;
  readonly command_ms?: number;
  readonly receipt_ms?: number;
  readonly denied_ms?: number;
}

/** Why a look-alike raised nothing: the approval in the registry that it stayed within. */
export interface QuietReason {
  readonly combination: string;
  readonly workflow: string;
  readonly by: string;
  readonly reason: string;
  readonly expires: string;
}

/** What it left in the log. */
interface ChapterRecords {
  readonly agent_uids: readonly string[];
  readonly task_ids: readonly string[];
  readonly event_ids: readonly string[];
  readonly alert_ids: readonly string[];
  readonly chain_ids: readonly string[];
  readonly command_ids: readonly string[];
  /** Calls that the gateway refused because of those commands. */
  readonly denied_event_ids: readonly string[];
}

export interface DemoChapter extends ChapterRecords {
  readonly id: ChapterId;
  readonly title: string;
  /** What is about to happen, or has, in one sentence. */
  readonly text: string;
  /** `missed`: it was played, and what it should have shown did not come in time. */
  readonly state: 'waiting' | 'playing' | 'shown' | 'missed';
  readonly started_at: string | null;
  readonly clock: ChapterClock | null;
  readonly quiet: QuietReason | null;
}

export interface DemoStory {
  readonly tenant: string;
  /** 1 for the first start in this folder. */
  readonly run: number;
  readonly started_at: string;
  /** `history`: the agents' past is being sent; `ordinary`: the story is over, work goes on. */
  readonly phase: 'history' | 'story' | 'ordinary' | 'paused';
  readonly agents: number;
  readonly history_events: number;
  readonly chapters: readonly DemoChapter[];
}
