/**
 * Removes from the front of each partition what retention no longer keeps, in small transactions
 * beside the appends. The start moves in the same transaction. The file does not shrink.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicRetention } from '../port.ts';
import type { Extent, ExtentMark } from './extents.ts';
import type { LostRecords, StoredStart } from './layout.ts';
import type { LogTopic, Store } from './store.ts';

/** Times the size of retention, above which unread records go too. */
export const HARD_SIZE_FACTOR = 2;

interface CutRequest {
  readonly start: number;
  readonly end: number;
  /** By all records so far, removed ones included. */
  readonly bytes: number;
  /** Of these, by removed ones. */
  readonly removedBytes: number;
  /** Oldest first, none before `start`. */
  readonly marks: Iterable<ExtentMark>;
  readonly retention: TopicRetention;
  readonly nowMs: number;
  /** What must not be removed begins here, but for the hard limit of size. */
  readonly notBeyond: number;
}

interface Cut {
  /** The partition is to begin here; its start when nothing is removed. */
  readonly to: number;
  readonly why: 'age' | 'size' | 'hard_size';
}

/**
 * How much of a partition's front retention removes. Age and size never remove what a reader has
 * not passed; above twice the size records go unread, which is recorded (`lost`).
 */
export function cutPoint(request: CutRequest): Cut {
  const { start, end, bytes, retention, nowMs, notBeyond } = request;
  const oldest = retention.ageMs === undefined ? Number.NEGATIVE_INFINITY : nowMs - retention.ageMs;
  const room = retention.bytes ?? Number.POSITIVE_INFINITY;
  const byAge = { to: start, why: 'age' as const };
  const bySize = { to: start, why: 'size' as const };
  const hard = { to: start, why: 'hard_size' as const };
  const retained = bytes - request.removedBytes;
  let roomy = retained <= room;
  let bearable = retained <= room * HARD_SIZE_FACTOR;
  for (const mark of request.marks) {
    if (mark.offset > end) break;
    if (mark.before <= oldest && mark.offset <= notBeyond) byAge.to = mark.offset;
    if (!roomy && mark.offset <= notBeyond) bySize.to = mark.offset;
    if (!bearable) hard.to = mark.offset;
    roomy ||= bytes - mark.bytes <= room;
    bearable ||= bytes - mark.bytes <= room * HARD_SIZE_FACTOR;
    if (roomy && bearable && mark.before > oldest) break;
  }
  const soft = byAge.to >= bySize.to ? byAge : bySize;
  return hard.to > soft.to ? hard : soft;
}

/** Of one transaction: some milliseconds. */
const REMOVED_RECORDS_MAX = 512;
const REMOVED_BYTES_MAX = 4 * 1024 * 1024;
/** Kept of each partition; of more the oldest are told as one. */
export const LOSSES_MAX = 100;

export interface ShortenOptions {
  readonly nowMs: number;
  /**
   * Called before anything of a partition is removed; gives the offset beyond which it may not be
   * cut, but for the hard limit of size.
   */
  readonly before?: (cut: PlannedCut) => Promise<number>;
  /** Ends it between two transactions. */
  readonly signal?: AbortSignal;
}

export interface PlannedCut {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

export interface Shortened extends PlannedCut {
  readonly why: StoredStart['why'];
  readonly bytes: number;
  /** The part of it that these readers had still to read. */
  readonly lost: LostRecords | undefined;
}

export interface NeedyReader {
  readonly group: string;
  needs(topic: LogTopic, partition: number): number | undefined;
}

export interface ShortenHost {
  readonly store: Store;
  readonly readers: () => Iterable<NeedyReader>;
}

function needsOf(readers: Iterable<NeedyReader>, topic: LogTopic, partition: number) {
  const needs: { readonly group: string; readonly from: number }[] = [];
  for (const reader of readers) {
    const from = reader.needs(topic, partition);
    if (from !== undefined) needs.push({ group: reader.group, from });
  }
  return needs;
}

function lossOf(
  needs: readonly { readonly group: string; readonly from: number }[],
  cut: { readonly from: number; readonly to: number },
  nowMs: number,
): LostRecords | undefined {
  const behind = needs.filter(({ from }) => from < cut.to);
  if (behind.length === 0) return undefined;
  const least = Math.min(...behind.map(({ from }) => from));
  const readers = [...new Set(behind.map(({ group }) => group))].sort();
  return { from: Math.max(cut.from, least), to: cut.to, at: nowMs, readers };
}

/** Adjacent losses of the same readers are one. */
export function withLoss(lost: readonly LostRecords[], loss: LostRecords): readonly LostRecords[] {
  const last = lost.at(-1);
  if (last !== undefined && last.to === loss.from && last.readers.join() === loss.readers.join()) {
    return [...lost.slice(0, -1), { ...loss, from: last.from }];
  }
  const all = [...lost, loss];
  const [first, second] = all;
  if (all.length <= LOSSES_MAX || first === undefined || second === undefined) return all;
  const readers = [...new Set([...first.readers, ...second.readers])].sort();
  return [{ ...second, from: first.from, readers }, ...all.slice(2)];
}

export class Shortener {
  readonly #host: ShortenHost;

  constructor(host: ShortenHost) {
    this.#host = host;
  }

  /** Rejects as the store does. */
  async run(options: ShortenOptions): Promise<readonly Shortened[]> {
    const { store } = this.#host;
    const done: Shortened[] = [];
    for (const topic of store.topics) {
      for (const [partition, extent] of topic.extents.entries()) {
        if (options.signal?.aborted === true) return done;
        const one = await this.#partition(topic, { partition, extent }, options);
        if (one !== undefined) done.push(one);
      }
    }
    return done;
  }

  async #partition(
    topic: LogTopic,
    at: { readonly partition: number; readonly extent: Extent },
    options: ShortenOptions,
  ): Promise<Shortened | undefined> {
    const { partition, extent } = at;
    if (topic.retention === undefined) return undefined;
    await this.#markEnd(topic, at, options.nowMs);
    const from = extent.start;
    const plan = this.#plan(topic, at, { nowMs: options.nowMs, bound: undefined });
    if (plan.to <= from) return undefined;
    const bound = await options.before?.({ topic: topic.name, partition, from, to: plan.to });
    const { to, why } = this.#plan(topic, at, { nowMs: options.nowMs, bound });
    if (to <= from) return undefined;
    const loss = lossOf(
      needsOf(this.#host.readers(), topic, partition),
      { from, to },
      options.nowMs,
    );
    const before = extent.stored?.bytes ?? 0;
    while (extent.start < to && options.signal?.aborted !== true) {
      const began = performance.now();
      await this.#removePiece(topic, at, { to, why, nowMs: options.nowMs, loss });
      // As long as it took, the process is whoever else's: appends and handlers go on.
      await sleep(performance.now() - began);
    }
    const bytes = (extent.stored?.bytes ?? 0) - before;
    return { topic: topic.name, partition, from, to: extent.start, why, bytes, lost: loss };
  }

  async #markEnd(
    topic: LogTopic,
    at: { readonly partition: number; readonly extent: Extent },
    nowMs: number,
  ): Promise<void> {
    const offset = topic.next[at.partition] ?? 0;
    const last = at.extent.mark;
    if (offset === 0 || (last !== undefined && last.offset >= offset)) return;
    await this.#host.store.change((extents) => {
      const place = { topicId: topic.id, partition: at.partition, offset };
      extents.idle(at.extent, place, nowMs);
    });
  }

  #plan(
    topic: LogTopic,
    { partition, extent }: { readonly partition: number; readonly extent: Extent },
    { nowMs, bound }: { readonly nowMs: number; readonly bound: number | undefined },
  ) {
    const { store, readers } = this.#host;
    const end = topic.ends[partition] ?? 0;
    const needs = needsOf(readers(), topic, partition).map(({ from }) => from);
    return cutPoint({
      start: extent.start,
      end,
      bytes: extent.bytes,
      removedBytes: extent.stored?.bytes ?? 0,
      marks: store.extents.marksFrom({ topicId: topic.id, partition, offset: extent.start }),
      retention: topic.retention ?? {},
      nowMs,
      notBeyond: Math.min(end, bound ?? end, ...needs),
    });
  }

  async #removePiece(
    topic: LogTopic,
    { partition, extent }: { readonly partition: number; readonly extent: Extent },
    cut: {
      readonly to: number;
      readonly why: StoredStart['why'];
      readonly nowMs: number;
      readonly loss: LostRecords | undefined;
    },
  ): Promise<void> {
    const { store } = this.#host;
    const from = extent.start;
    const place = { topicId: topic.id, partition };
    const until = { to: Math.min(cut.to, from + REMOVED_RECORDS_MAX), bytesMax: REMOVED_BYTES_MAX };
    const piece = store.extents.front(place, { from, ...until });
    const isAnchor = topic.retention?.keepsLast === true && piece.last !== undefined;
    const loss = cut.loss && partOf(cut.loss, { from, to: piece.to });
    const lost = extent.stored?.lost ?? [];
    const stored: StoredStart = {
      offset: piece.to,
      records: (extent.stored?.records ?? 0) + piece.to - from,
      bytes: (extent.stored?.bytes ?? 0) + piece.bytes,
      at: cut.nowMs,
      why: cut.why,
      lost: loss === undefined ? lost : withLoss(lost, loss),
      ...(isAnchor && { last: piece.last?.toString('base64') ?? '' }),
    };
    await store.change((extents) => {
      extents.removeRecords(place, from, piece.to);
      extents.begin(extent, place, stored);
    });
  }
}

function partOf(
  loss: LostRecords,
  { from, to }: { readonly from: number; readonly to: number },
): LostRecords | undefined {
  const part = { ...loss, from: Math.max(loss.from, from), to: Math.min(loss.to, to) };
  return part.from < part.to ? part : undefined;
}
