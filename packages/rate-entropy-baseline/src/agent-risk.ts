/**
 * The risk of one agent's call by rate, entropy and scope, as the rogue-agent detector of an open
 * governance toolkit is publicly described. Written from that description, not from its code, so
 * that there is a peer to score on the same streams; it is no part of Waywarden's detection.
 *
 * The description: calls in 60 s windows against the mean of the windows before, two-sided and while
 * the present one is still filling; a standard deviation of 0 scores 0; Shannon entropy of the tools,
 * 0 bits counting as "stuck in a loop"; share of calls outside the declared tools; the three summed
 * without units, quarantine at HIGH. Where it gives no number the choice is ours and marked so.
 */
const WINDOW_MS = 60_000;
/** Ours: windows before a rate is judged; the description's first hits come after five minutes. */
const WINDOWS_MIN = 5;
/** Ours: windows that are remembered. */
const WINDOWS_MAX = 60;
/** Ours: calls whose tools the entropy is of, and calls before it says anything. */
const TOOLS_MAX = 100;
const TOOLS_MIN = 10;
/** Ours: bits below which an agent is "stuck". */
const STUCK_BITS = 0.3;
/** Ours: a stuck agent alone is MEDIUM in the description, so it adds what MEDIUM needs. */
const STUCK_SCORE = 1;
/** Ours: with 2, the share of benign calls that is quarantined comes close to the described one. */
const LEVELS = [
  ['CRITICAL', 3],
  ['HIGH', 2],
  ['MEDIUM', 1],
] as const;

export type RiskLevel = (typeof LEVELS)[number][0] | 'LOW';

export interface Risk {
  readonly level: RiskLevel;
  readonly score: number;
}

export interface Call {
  readonly atMs: number;
  readonly tool: string;
  /** Whether the declared tools hold it; undefined where none are declared. */
  readonly inScope: boolean | undefined;
}

function rateScore(windows: readonly number[], present: number): number {
  if (windows.length < WINDOWS_MIN) return 0;
  const mean = windows.reduce((sum, n) => sum + n, 0) / windows.length;
  const variance = windows.reduce((sum, n) => sum + (n - mean) ** 2, 0) / windows.length;
  return variance === 0 ? 0 : Math.abs(present - mean) / Math.sqrt(variance);
}

export function entropyBits(tools: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const tool of tools) counts.set(tool, (counts.get(tool) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / tools.length) * Math.log2(count / tools.length);
  return bits;
}

export class AgentRisk {
  /** Windows in which it called; nobody calls a library in a minute without calls. */
  readonly #windows: number[] = [];
  readonly #tools: string[] = [];
  #window = Number.NEGATIVE_INFINITY;
  #present = 0;
  #calls = 0;
  #outOfScope = 0;

  /** Records the call and then assesses, in this order, as described. */
  assess(call: Call): Risk {
    this.#record(call);
    const stuck = this.#tools.length >= TOOLS_MIN && entropyBits(this.#tools) < STUCK_BITS;
    const score =
      rateScore(this.#windows, this.#present) +
      (stuck ? STUCK_SCORE : 0) +
      this.#outOfScope / this.#calls;
    const level = LEVELS.find(([, least]) => score >= least)?.[0] ?? 'LOW';
    return { level, score };
  }

  #record({ atMs, tool, inScope }: Call): void {
    const window = Math.floor(atMs / WINDOW_MS);
    // What is told late counts in the present window.
    if (window > this.#window) {
      if (this.#present > 0) this.#windows.push(this.#present);
      if (this.#windows.length > WINDOWS_MAX) this.#windows.shift();
      this.#window = window;
      this.#present = 0;
    }
    this.#present++;
    this.#calls++;
    if (inScope === false) this.#outOfScope++;
    this.#tools.push(tool);
    if (this.#tools.length > TOOLS_MAX) this.#tools.shift();
  }
}
