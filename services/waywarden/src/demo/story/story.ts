/** The demo's story, as `GET /api/v1/demo`; it holds ids, no facts. */

export const CHAPTER_IDS = ['drift', 'hijack', 'look_alike', 'assembly'] as const;
export type ChapterId = (typeof CHAPTER_IDS)[number];

/** Since the completing call. */
export interface ChapterClock {
  readonly call_at: string;
  readonly alert_ms?: number;
  readonly command_ms?: number;
  readonly receipt_ms?: number;
  readonly denied_ms?: number;
}

export interface QuietReason {
  readonly combination: string;
  readonly workflow: string;
  readonly by: string;
  readonly reason: string;
  readonly expires: string;
}

interface ChapterRecords {
  readonly agent_uids: readonly string[];
  readonly task_ids: readonly string[];
  readonly event_ids: readonly string[];
  readonly alert_ids: readonly string[];
  readonly chain_ids: readonly string[];
  readonly command_ids: readonly string[];
  readonly denied_event_ids: readonly string[];
}

export interface DemoChapter extends ChapterRecords {
  readonly id: ChapterId;
  readonly title: string;
  readonly text: string;
  /** `missed`: too late. */
  readonly state: 'waiting' | 'playing' | 'shown' | 'missed';
  readonly started_at: string | null;
  readonly clock: ChapterClock | null;
  readonly quiet: QuietReason | null;
}

export interface DemoStory {
  readonly tenant: string;
  /** From 1. */
  readonly run: number;
  readonly started_at: string;
  readonly phase: 'history' | 'story' | 'ordinary' | 'paused';
  readonly agents: number;
  readonly history_events: number;
  readonly chapters: readonly DemoChapter[];
}
