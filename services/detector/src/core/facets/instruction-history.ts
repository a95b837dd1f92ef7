/**
 * What an agent's benign history says to the instruction match, over the draft: repeats of the same
 * call, identifiers that it acted on before, and how usual a tool is for this purpose. Per agent and
 * bounded. Doubtful and flagged calls never enter, and what enters counts only once it has settled:
 * an attack that slipped through once must not excuse its repetition.
 *
 * Tool and tool-after-tool shares back off from the purpose to the number of *purposes* that had
 * it (task-clustered counts): a thousand runs of one task are one witness.
 *
 * All of it is one value of the state, of fingerprints (`../kept/`): nine calls in ten of real work are
 * never repeated, and each was kept under a key of its own for good.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { BenignHistory } from '../instruction-match/benign-history.ts';
import { type Call, idsOf } from '../instruction-match/call-digest.ts';
import { agentKeyOf } from '../kept/agent-key.ts';
import { asText, JoinedNames } from '../kept/joined-names.ts';
import { type CountsOf, countAt, countOf, placeOf, withOneMore } from '../kept/print-counts.ts';
import { findPrint, withoutRecord } from '../kept/print-table.ts';
import {
  isSettled,
  NO_PRINTS,
  type SettledOf,
  type SettledPrints,
  withSighting,
} from '../kept/settled-prints.ts';

/** Different chains in which a call or identifier must have stood before it counts as known. */
export const SETTLED_CHAINS_MIN = 3;
/** Calls and identifiers of an agent that are known, and that are on the way there. */
export const KNOWN_MAX = { repeats: 128, ids: 160 } as const;
const WAITING_MAX = { repeats: 96, ids: 96 } as const;
/** Purposes of an agent; tools, and pairs of them, of how many purposes it is counted that had them. */
const PURPOSES_MAX = 64;
const SPREAD_MAX = 96;
/** Tools and pairs of one purpose, over all purposes. */
const OWN_MAX = 192;

const REPEATS: SettledOf = {
  chains: SETTLED_CHAINS_MIN,
  settledMax: KNOWN_MAX.repeats,
  waitingMax: WAITING_MAX.repeats,
};
const IDS: SettledOf = {
  chains: SETTLED_CHAINS_MIN,
  settledMax: KNOWN_MAX.ids,
  waitingMax: WAITING_MAX.ids,
};
/** Surprise is worth 0.3 points at most: 24 bits do. */
const PRINT = 4;
const SPREAD: CountsOf = { print: PRINT, digits: 2, entriesMax: SPREAD_MAX };
/** From 63 calls on a purpose's own share speaks nearly alone. */
const OWN: CountsOf = { print: PRINT, digits: 1, entriesMax: OWN_MAX };

const START = '^';
const BACK_OFF_CALLS = 5;
const BACK_OFF_PURPOSES = 2;
const UNKNOWN_TOOL_SHARE = 0.02;
const BITS_MAX = 8;

interface State {
  readonly repeats: SettledPrints;
  readonly ids: SettledPrints;
  /** Prints of purposes, the longest unused first, and how many there ever were. */
  readonly purposes: string;
  readonly purposeCount: number;
  readonly spread: string;
  readonly own: string;
}

/** As it is stored: names of fields would be a tenth of it. */
type Stored = readonly [
  repeats: string,
  repeatsWaiting: string,
  ids: string,
  idsWaiting: string,
  purposes: string,
  purposeCount: number,
  spread: string,
  own: string,
];

const NOTHING: State = {
  repeats: NO_PRINTS,
  ids: NO_PRINTS,
  purposes: '',
  purposeCount: 0,
  spread: '',
  own: '',
};

function fromStored(stored: Stored | undefined): State {
  if (stored === undefined) return NOTHING;
  const [repeats, repeatsWaiting, ids, idsWaiting, purposes, purposeCount, spread, own] = stored;
  return {
    repeats: { settled: repeats, waiting: repeatsWaiting },
    ids: { settled: ids, waiting: idsWaiting },
    purposes,
    purposeCount,
    spread,
    own,
  };
}

function toStored({ repeats, ids, purposes, purposeCount, spread, own }: State): Stored {
  return [
    repeats.settled,
    repeats.waiting,
    ids.settled,
    ids.waiting,
    purposes,
    purposeCount,
    spread,
    own,
  ];
}

const print = (name: string) => shortPrint(name, PRINT);

/** Prints of a tool, or a pair of them: for its purpose, and whatever the purpose. */
interface ToolPrints {
  readonly own: string;
  readonly any: string;
}

interface CallPrints {
  readonly repeat: string;
  readonly tool: ToolPrints;
  /** The latest pair that was asked for. */
  after: string | null | undefined;
  pair: ToolPrints;
}

/** One call is asked about by the match, for other stages, and to be learnt, before the next one is. */
let latest: { readonly call: Call; readonly prints: CallPrints } | undefined;

interface Named {
  readonly name: string;
  readonly print: string;
}

/** Pairs of tools by name; prints of tools, or pairs, of a purpose; and these with what they were called with. */
const pairs = new JoinedNames<Named>(' ', (name) => ({ name, print: print(name) }));
const ofPurpose = new JoinedNames('|', print);
const purposeTools = new JoinedNames('|', asText);
const repeats = new JoinedNames('|', print);

function toolPrints({ purpose }: Call, { name, print: any }: Named): ToolPrints {
  return { own: ofPurpose.of(purpose.key, name), any };
}

function printsOf(call: Call): CallPrints {
  if (latest?.call === call) return latest.prints;
  const { purpose, tool, argsHash } = call;
  const own = toolPrints(call, { name: tool, print: print(tool) });
  const repeat = repeats.of(purposeTools.of(purpose.key, tool), argsHash);
  const prints: CallPrints = { repeat, tool: own, after: undefined, pair: own };
  latest = { call, prints };
  return prints;
}

function pairPrints(call: Call, previousTool: string | null): ToolPrints {
  const prints = printsOf(call);
  if (prints.after !== previousTool) {
    prints.after = previousTool;
    prints.pair = toolPrints(call, pairs.of(previousTool ?? START, call.tool));
  }
  return prints.pair;
}

/** With the purpose among those that are known, used last. */
function withPurpose(state: State, purpose: string): State {
  const own = print(purpose);
  const at = findPrint(state.purposes, own, PRINT);
  if (at >= 0 && at === state.purposes.length - PRINT) return state;
  const others = at < 0 ? state.purposes : withoutRecord(state.purposes, at, PRINT);
  const purposes = (others + own).slice(-PURPOSES_MAX * PRINT);
  return { ...state, purposes, purposeCount: state.purposeCount + (at < 0 ? 1 : 0) };
}

/** With one more call of this tool, or pair of tools, for this purpose. */
function withTool(state: State, { own: key, any }: ToolPrints): State {
  const place = placeOf(state.own, key, OWN);
  const isNew = countAt(state.own, place, OWN) === 0;
  const spread = isNew ? withOneMore(state.spread, any, SPREAD) : state.spread;
  const own = withOneMore(state.own, key, OWN, place);
  if (own === state.own && spread === state.spread) return state;
  const { repeats, ids, purposes, purposeCount } = state;
  return { repeats, ids, purposes, purposeCount, spread, own };
}

/** Of the latest event between its being scored and learnt: nothing of it is put in between. */
let scored: { draft: Draft; event: AuditEvent; history: InstructionHistory } | undefined;

/** What is known before the event, to be asked while it is scored. */
export function historyToScore(draft: Draft, event: AuditEvent): InstructionHistory {
  const history = new InstructionHistory(draft, event.tenant_id, event.agent.uid);
  scored = { draft, event, history };
  return history;
}

/** The same for what is asked after that and before it is learnt. */
export function historyScored(draft: Draft, event: AuditEvent): InstructionHistory {
  if (scored?.event === event && scored.draft === draft) return scored.history;
  return new InstructionHistory(draft, event.tenant_id, event.agent.uid);
}

/** The same once more; whatever is learnt, what was looked up before it no longer holds. */
export function historyToLearn(draft: Draft, event: AuditEvent): InstructionHistory {
  const history = historyScored(draft, event);
  scored = undefined;
  return history;
}

export class InstructionHistory implements BenignHistory {
  readonly #draft: Draft;
  readonly #key: string;
  /** Nothing is put between two questions about one call. */
  #asked: State | undefined;

  constructor(draft: Draft, tenantId: string, agentUid: string) {
    this.#draft = draft;
    this.#key = agentKeyOf(tenantId, agentUid, 'instruction');
  }

  isRepeat(call: Call): boolean {
    return isSettled(this.#state().repeats, printsOf(call).repeat);
  }

  knowsId(id: string): boolean {
    return isSettled(this.#state().ids, print(id));
  }

  toolBits(call: Call): number {
    return this.#bits(printsOf(call).tool);
  }

  followBits(call: Call, previousTool: string | null): number {
    return this.#bits(pairPrints(call, previousTool));
  }

  learn(call: Call, previousTool: string | null, chainId: string): void {
    const before = this.#state();
    const chain = shortPrint(chainId, PRINT);
    const { repeat, tool } = printsOf(call);
    const repeats = withSighting(before.repeats, { print: repeat, chain }, REPEATS);
    let { ids } = before;
    // Sorted, so that the order of arguments does not decide which are forgotten first.
    for (const id of idsOf(call).sort()) {
      ids = withSighting(ids, { print: print(id), chain }, IDS);
    }
    const isSame = repeats === before.repeats && ids === before.ids;
    const named = withPurpose(isSame ? before : { ...before, repeats, ids }, call.purpose.key);
    const next = withTool(withTool(named, tool), pairPrints(call, previousTool));
    if (next === before) return;
    this.#asked = next;
    this.#draft.put(this.#key, toStored(next));
  }

  #state(): State {
    this.#asked ??= fromStored(this.#draft.get<Stored>(this.#key));
    return this.#asked;
  }

  #bits({ own: key, any }: ToolPrints): number {
    const { purposeCount, spread, own } = this.#state();
    if (purposeCount === 0) return 0;
    const had = countOf(spread, any, SPREAD);
    const shared =
      (had + BACK_OFF_PURPOSES * UNKNOWN_TOOL_SHARE) / (purposeCount + BACK_OFF_PURPOSES);
    const calls = countOf(own, key, OWN);
    const weight = calls / (calls + BACK_OFF_CALLS);
    return Math.min(BITS_MAX, -Math.log2(Math.min(1, weight + (1 - weight) * shared)));
  }
}
