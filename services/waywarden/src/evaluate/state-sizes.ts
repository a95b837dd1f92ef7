/**
 * How much the facets remember of each agent, by what it is for: keys and values as they are stored
 * (JSON), at the end of a stream. What is kept of a whole partition (event ids) is no agent's.
 */
import { quantile } from 'simple-statistics';

export interface StateReport {
  readonly agents: number;
  /** Bytes of an agent. */
  readonly median: number;
  readonly p99: number;
  /** What the bytes are for, over all agents, the most first. */
  readonly kinds: readonly { readonly kind: string; readonly bytes: number }[];
}

/** `days|call_rate|tenant|agent|…`, `instruction|tenant|agent|repeat|…`: names before the tenant, one after the agent. */
function kindOf(parts: readonly string[], tenantAt: number): string {
  const before = parts.slice(0, tenantAt).join(' ');
  return before === 'instruction' ? `${before} ${parts[tenantAt + 2] ?? ''}` : before;
}

export class StateSizes {
  readonly #agents = new Map<string, number>();
  readonly #kinds = new Map<string, number>();

  /** `stream`: the same agent of two streams is two. */
  add(entries: Iterable<readonly [string, unknown]>, tenant: string, stream: number): void {
    for (const [key, value] of entries) {
      const parts = key.split('|');
      const at = parts.indexOf(tenant);
      const uid = at < 0 ? undefined : parts[at + 1];
      if (uid === undefined) continue;
      const bytes = Buffer.byteLength(key) + Buffer.byteLength(JSON.stringify(value) ?? '');
      const agent = `${stream}|${uid}`;
      const kind = kindOf(parts, at);
      this.#agents.set(agent, (this.#agents.get(agent) ?? 0) + bytes);
      this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + bytes);
    }
  }

  report(): StateReport {
    const sizes = [...this.#agents.values()];
    const at = (share: number) => (sizes.length === 0 ? 0 : Math.round(quantile(sizes, share)));
    const kinds = [...this.#kinds]
      .map(([kind, bytes]) => ({ kind, bytes }))
      .sort((a, b) => b.bytes - a.bytes || (a.kind < b.kind ? -1 : 1));
    return { agents: sizes.length, median: at(0.5), p99: at(0.99), kinds };
  }
}

const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;

export function sayState({ agents, median, p99, kinds }: StateReport): string {
  const all = kinds.reduce((sum, { bytes }) => sum + bytes, 0);
  const most = kinds
    .slice(0, 5)
    .map(({ kind, bytes }) => `${kind} ${((bytes / all) * 100).toFixed(0)} %`);
  return `The facets' state of an agent: median ${kib(median)}, 99th percentile ${kib(p99)} (${agents} agents); of all of it ${most.join(', ')}.`;
}
