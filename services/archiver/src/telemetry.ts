/** What the archiver reports: one typed call an event, each optional to listen to. */
export interface ArchiverEvents {
  batchArchived?(info: {
    readonly rows: number;
    readonly repeats: number;
    readonly tookMs: number;
  }): void;
  /** An id came again with another content; the first stands. */
  idConflict?(info: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
    readonly firstOffset: number;
  }): void;
  /** A record that is no JSON object was kept as a dead letter row. */
  recordsUnreadable?(info: { readonly records: number }): void;
  rollUpsRefreshed?(info: { readonly minutes: number; readonly tookMs: number }): void;
  /** ClickHouse is away or busy; the log keeps what waits. */
  storeRetried?(info: {
    readonly what: string;
    readonly attempt: number;
    readonly waitMs: number;
    readonly error: unknown;
  }): void;
  /** The log no longer holds the records of the open intent; the rest is read as usual. */
  intentLost?(info: { readonly token: string }): void;
  intentReplayed?(info: { readonly token: string; readonly rows: number }): void;
}

export interface ArchiverStats {
  readonly rows: number;
  readonly repeats: number;
  readonly idConflicts: number;
  readonly unreadable: number;
  readonly batches: number;
  readonly storeRetries: number;
  readonly rollUpsRefreshed: number;
}
