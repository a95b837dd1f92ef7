/**
 * What each source of each tenant was seen to send since this process began. Bounded: the one
 * silent longest is forgotten for a new one.
 */
import type { TokenEntry } from '../adapters/token-store.ts';
import { type SourceSeen, SourceSummary } from './source-summary.ts';

export const SOURCES_SEEN_MAX = 1_024;

type Sender = Pick<TokenEntry, 'tenant' | 'source'>;

const keyOf = ({ tenant, source }: Sender): string => `${tenant}|${source.kind}/${source.instance}`;

export class SourcesSeen {
  readonly #nowMs: () => number;
  readonly #sources = new Map<string, SourceSummary>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  summaryOf(sender: Sender): SourceSummary {
    const key = keyOf(sender);
    const { kind, instance } = sender.source;
    const summary =
      this.#sources.get(key) ?? new SourceSummary(`${kind}/${instance}`, this.#nowMs());
    this.#sources.delete(key);
    this.#sources.set(key, summary);
    const [oldest] = this.#sources.keys();
    if (this.#sources.size > SOURCES_SEEN_MAX && oldest !== undefined) this.#sources.delete(oldest);
    return summary;
  }

  /** What this sender's source sent; one that sent nothing is not kept for having asked. */
  seenOf(sender: Sender): SourceSeen {
    const { kind, instance } = sender.source;
    const known = this.#sources.get(keyOf(sender));
    return (known ?? new SourceSummary(`${kind}/${instance}`, this.#nowMs())).seen;
  }

  ofTenant(tenant: string): readonly SourceSeen[] {
    return [...this.#sources]
      .filter(([key]) => key.startsWith(`${tenant}|`))
      .map(([, summary]) => summary.seen);
  }
}
