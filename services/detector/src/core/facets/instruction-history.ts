/**
 * What an agent's benign history says to the instruction match, over the draft: repeats of the same
 * call, identifiers that it acted on before, and how usual a tool is for this purpose. Per agent and
 * bounded. Doubtful and flagged calls never enter, and what enters counts only once it has settled:
 * an attack that slipped through once must not excuse its repetition.
 *
 * Tool and tool-after-tool shares back off from the purpose to the number of *purposes* that had
 * it (task-clustered counts): a thousand runs of one task are one witness.
 */
import type { Draft } from '@waywarden/stage';
import type { BenignHistory } from '../instruction-match/benign-history.ts';
import type { Call } from '../instruction-match/call-digest.ts';

/** Entries of each sort per agent; beyond, nothing new is learnt. */
export const HISTORY_ENTRIES_MAX = 50_000;
const TOOLS_PER_PURPOSE_MAX = 512;
/** Different chains in which a call or identifier must have stood before it counts as known. */
export const SETTLED_CHAINS_MIN = 3;
const START = '^';
const BACK_OFF_CALLS = 5;
const BACK_OFF_PURPOSES = 2;
const UNKNOWN_TOOL_SHARE = 0.02;
const BITS_MAX = 8;

interface Sighted {
  readonly chains: number;
  readonly latest: string;
}

type ToolCounts = Readonly<Record<string, number>>;

function pairKey(previousTool: string | null, tool: string): string {
  return `${previousTool ?? START} ${tool}`;
}

export class InstructionHistory implements BenignHistory {
  readonly #draft: Draft;
  readonly #prefix: string;
  #asked:
    | {
        readonly purpose: string;
        readonly purposes: number;
        readonly tools: ToolCounts | undefined;
      }
    | undefined;

  constructor(draft: Draft, tenantId: string, agentUid: string) {
    this.#draft = draft;
    this.#prefix = `instruction|${tenantId}|${agentUid}`;
  }

  isRepeat = (call: Call): boolean => this.#isSettled(this.#repeatKey(call));

  knowsId = (id: string): boolean => this.#isSettled(`${this.#prefix}|id|${id}`);

  toolBits = (call: Call): number => this.#bits(call.purpose.key, call.tool);

  followBits = (call: Call, previousTool: string | null): number =>
    this.#bits(call.purpose.key, pairKey(previousTool, call.tool));

  learn(call: Call, previousTool: string | null, chainId: string): void {
    this.#asked = undefined;
    this.#sight(this.#repeatKey(call), 'repeats', chainId);
    for (const { ids } of call.items) {
      for (const id of ids) this.#sight(`${this.#prefix}|id|${id}`, 'ids', chainId);
    }
    const purposeKey = `${this.#prefix}|purpose|${call.purpose.key}`;
    const known = this.#draft.get<ToolCounts>(purposeKey);
    if (known === undefined) {
      const purposes = this.#purposes();
      if (purposes >= HISTORY_ENTRIES_MAX) return;
      this.#draft.put(`${this.#prefix}|purposes`, purposes + 1);
    }
    const tools: Record<string, number> = { ...known };
    for (const key of [call.tool, pairKey(previousTool, call.tool)]) this.#count(tools, key);
    this.#draft.put(purposeKey, tools);
  }

  #count(tools: Record<string, number>, key: string): void {
    const before = Object.hasOwn(tools, key) ? (tools[key] ?? 0) : 0;
    if (before === 0) {
      if (Object.keys(tools).length >= TOOLS_PER_PURPOSE_MAX) return;
      const withKey = `${this.#prefix}|with|${key}`;
      this.#draft.put(withKey, (this.#draft.get<number>(withKey) ?? 0) + 1);
    }
    tools[key] = before + 1;
  }

  #isSettled(key: string): boolean {
    return (this.#draft.get<Sighted>(key)?.chains ?? 0) >= SETTLED_CHAINS_MIN;
  }

  /** Counts a chain once while it is the latest; a bound on how fast one chain can teach. */
  #sight(key: string, sort: string, chainId: string): void {
    const known = this.#draft.get<Sighted>(key);
    if (known !== undefined) {
      if (known.latest === chainId || known.chains >= SETTLED_CHAINS_MIN) return;
      this.#draft.put(key, { chains: known.chains + 1, latest: chainId });
      return;
    }
    const sizeKey = `${this.#prefix}|size|${sort}`;
    const size = this.#draft.get<number>(sizeKey) ?? 0;
    if (size >= HISTORY_ENTRIES_MAX) return;
    this.#draft.put(sizeKey, size + 1);
    this.#draft.put(key, { chains: 1, latest: chainId });
  }

  /** The tool counts of a purpose, and how many purposes there are; both are asked twice a call. */
  #countsOf(purpose: string): {
    readonly purposes: number;
    readonly tools: ToolCounts | undefined;
  } {
    const asked = this.#asked;
    if (asked?.purpose === purpose) return asked;
    const tools = this.#draft.get<ToolCounts>(`${this.#prefix}|purpose|${purpose}`);
    this.#asked = { purpose, purposes: this.#purposes(), tools };
    return this.#asked;
  }

  #bits(purpose: string, key: string): number {
    const { purposes, tools } = this.#countsOf(purpose);
    if (purposes === 0) return 0;
    const spread = this.#draft.get<number>(`${this.#prefix}|with|${key}`) ?? 0;
    const shared =
      (spread + BACK_OFF_PURPOSES * UNKNOWN_TOOL_SHARE) / (purposes + BACK_OFF_PURPOSES);
    const own = tools !== undefined && Object.hasOwn(tools, key) ? (tools[key] ?? 0) : 0;
    const weight = tools === undefined ? 0 : own / (own + BACK_OFF_CALLS);
    return Math.min(BITS_MAX, -Math.log2(Math.min(1, weight + (1 - weight) * shared)));
  }

  #purposes(): number {
    return this.#draft.get<number>(`${this.#prefix}|purposes`) ?? 0;
  }

  #repeatKey({ purpose, tool, argsHash }: Call): string {
    return `${this.#prefix}|repeat|${purpose.key}|${tool}|${argsHash}`;
  }
}
