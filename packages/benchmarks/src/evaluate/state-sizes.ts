/**
 * How much the profile stage keeps of each agent, by what it is for: keys and values as they are
 * stored (JSON), at the end of a stream. What is known of an agent and what it has in hand are told
 * apart; what is kept of a whole partition (event ids) is no agent's.
 */
import { readAgentKey, WORK_IN_HAND } from '@waywarden/detector';
import { quantile } from 'simple-statistics';

/** Bytes of an agent; one that has nothing of the kind counts with 0. */
export interface StateSpread {
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly most: number;
}

export interface StateReport {
  readonly agents: number;
  /** What the agent is known by: its history. */
  readonly known: StateSpread;
  /** Of pieces of work that are open, as far as they are kept. */
  readonly in_hand: StateSpread;
  /** What the bytes are for, over all agents, the most first. */
  readonly kinds: readonly (StateSpread & {
    readonly kind: string;
    readonly in_hand: boolean;
    readonly bytes: number;
  })[];
}

function spreadOf(sizes: readonly number[]): StateSpread {
  const at = (share: number) => (sizes.length === 0 ? 0 : Math.round(quantile([...sizes], share)));
  return { median: at(0.5), p90: at(0.9), p99: at(0.99), most: at(1) };
}

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

type BytesOfAgents = Map<string, number>;

function add(sizes: BytesOfAgents, agent: string, bytes: number): void {
  sizes.set(agent, (sizes.get(agent) ?? 0) + bytes);
}

export class StateSizes {
  readonly #known: BytesOfAgents = new Map();
  readonly #inHand: BytesOfAgents = new Map();
  readonly #kinds = new Map<string, BytesOfAgents>();

  /** `stream`: the same agent of two streams is two. */
  add(entries: Iterable<readonly [string, unknown]>, stream: number): void {
    for (const [key, value] of entries) {
      const of = readAgentKey(key);
      if (of === undefined || value === undefined) continue;
      const agent = `${stream}|${of.agent}`;
      this.#count(agent, of.name, Buffer.byteLength(key) + bytesOf(value));
    }
  }

  #count(agent: string, of: string, bytes: number): void {
    // `volume|call_rate`; what is in hand has a name of its own behind it.
    const [name = '', ...more] = of.split('|');
    const kind = WORK_IN_HAND.has(name) ? name : [name, ...more].join(' ');
    const sizes = this.#kinds.get(kind) ?? new Map<string, number>();
    this.#kinds.set(kind, sizes);
    add(sizes, agent, bytes);
    add(this.#known, agent, WORK_IN_HAND.has(kind) ? 0 : bytes);
    add(this.#inHand, agent, WORK_IN_HAND.has(kind) ? bytes : 0);
  }

  report(): StateReport {
    const agents = [...this.#known.keys()];
    const kinds = [...this.#kinds]
      .map(([kind, sizes]) => ({
        kind,
        in_hand: WORK_IN_HAND.has(kind),
        bytes: [...sizes.values()].reduce((sum, one) => sum + one, 0),
        ...spreadOf(agents.map((agent) => sizes.get(agent) ?? 0)),
      }))
      .sort((a, b) => b.bytes - a.bytes || (a.kind < b.kind ? -1 : 1));
    return {
      agents: agents.length,
      known: spreadOf([...this.#known.values()]),
      in_hand: spreadOf([...this.#inHand.values()]),
      kinds,
    };
  }
}

const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;

export function sayState({ agents, known, in_hand: hand }: StateReport): string {
  return `The features know an agent by ${kib(known.median)} in the median and ${kib(known.p99)} at the 99th percentile (${agents} agents), and keep ${kib(hand.median)} and ${kib(hand.p99)} of its work in hand.`;
}
