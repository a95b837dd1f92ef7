/** Commits offsets now and then, for people and tools that look at a group's lag. */
import type { Consumer, EachBatchPayload } from 'kafkajs';

const COMMIT_INTERVAL_MS = 1_000;

export class CommitHints {
  readonly #consumer: Consumer;
  readonly #next = new Map<string, { topic: string; partition: number; offset: string }>();
  #committedAt = 0;

  constructor(consumer: Consumer) {
    this.#consumer = consumer;
  }

  handled(
    payload: EachBatchPayload,
    { topic, partition }: { readonly topic: string; readonly partition: number },
    next: number,
  ): void {
    this.#next.set(`${topic}/${partition}`, { topic, partition, offset: String(next) });
    if (Date.now() - this.#committedAt < COMMIT_INTERVAL_MS) return;
    this.#committedAt = Date.now();
    const topics = [...this.#next.values()].map((at) => ({
      topic: at.topic,
      partitions: [{ partition: at.partition, offset: at.offset }],
    }));
    this.#next.clear();
    payload.commitOffsetsIfNecessary({ topics }).catch(() => undefined);
  }

  /** The partitions belong to another generation now. */
  forget(): void {
    this.#next.clear();
  }

  async flush(): Promise<void> {
    if (this.#next.size === 0) return;
    await this.#consumer.commitOffsets([...this.#next.values()]).catch(() => undefined);
    this.#next.clear();
  }
}
