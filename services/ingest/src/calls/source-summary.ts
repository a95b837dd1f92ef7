/** What one source sent, in counts; content never. */
import { AGENT_SOURCES, type AgentSource, type Call } from '@waywarden/agent-telemetry';
import type { TokenEntry } from '../adapters/token-store.ts';

export const SEEN_NAMES_MAX = 20;
/** Beyond, counted in the whole. */
export const SEEN_CONVENTIONS_MAX = 32;
const NAME_LENGTH_MAX = 120;
const PROBLEM_LENGTH_MAX = 200;

export const COUNTED_FACTS = [
  'arguments',
  'results',
  'task',
  'session',
  'delegation',
  'outcome',
  'principal',
] as const;
type CountedFact = (typeof COUNTED_FACTS)[number];

type Counts<Name extends string> = Record<Name, number>;

export interface SeenCalls {
  readonly calls: number;
  readonly with: Readonly<Counts<CountedFact>>;
  readonly agent_from: Readonly<Counts<AgentSource>>;
}

interface SourceTraffic {
  readonly requests: number;
  readonly events: number;
  readonly observations: number;
  readonly definitions: number;
  readonly refused: { readonly bodies: number; readonly records: number };
  readonly last_problem: { readonly at: string; readonly detail: string } | null;
}

export interface SourceSeen extends SeenCalls, SourceTraffic {
  readonly source: string;
  readonly since: string;
  readonly last: string | null;
  readonly by_convention: Readonly<Record<string, SeenCalls>>;
  readonly unresolved: Readonly<Record<string, number>>;
  readonly agents: readonly string[];
  readonly tools: readonly string[];
}

const REPORTS: Readonly<Record<CountedFact, (call: Call) => boolean>> = {
  arguments: ({ args }) => args !== undefined,
  results: ({ result }) => result !== undefined,
  task: ({ task }) => task !== undefined,
  session: ({ session }) => session !== undefined,
  delegation: (call) => call.delegatesTo !== undefined || call.parentAgent !== undefined,
  outcome: ({ outcome }) => outcome !== 'unknown' && outcome !== 'pending',
  principal: ({ user }) => user !== undefined,
};

class CallTally {
  #calls = 0;
  readonly #with: Counts<CountedFact> = {
    arguments: 0,
    results: 0,
    task: 0,
    session: 0,
    delegation: 0,
    outcome: 0,
    principal: 0,
  };
  readonly #agentFrom: Counts<AgentSource> = { run: 0, label: 0, thread: 0, service: 0, none: 0 };

  note(call: Call): void {
    this.#calls += 1;
    for (const fact of COUNTED_FACTS) if (REPORTS[fact](call)) this.#with[fact] += 1;
    for (const from of AGENT_SOURCES) if (call.agentSource === from) this.#agentFrom[from] += 1;
  }

  get counts(): SeenCalls {
    return { calls: this.#calls, with: { ...this.#with }, agent_from: { ...this.#agentFrom } };
  }
}

const printable = (text: string, length: number): string =>
  text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ').slice(0, length);

function noteName(names: Set<string>, name: string | undefined): void {
  if (name === undefined || names.size >= SEEN_NAMES_MAX) return;
  names.add(printable(name, NAME_LENGTH_MAX));
}

export class SourceSummary {
  readonly #source: string;
  readonly #sinceMs: number;
  readonly #whole = new CallTally();
  readonly #byConvention = new Map<string, CallTally>();
  readonly #unresolved = new Map<string, number>();
  readonly #agents = new Set<string>();
  readonly #tools = new Set<string>();
  readonly #refused = { bodies: 0, records: 0 };
  #requests = 0;
  #events = 0;
  #observations = 0;
  #definitions = 0;
  #lastMs: number | undefined;
  #problem: SourceSeen['last_problem'] = null;

  constructor(source: string, nowMs: number) {
    this.#source = source;
    this.#sinceMs = nowMs;
  }

  noteCall(call: Call): void {
    this.#whole.note(call);
    for (const convention of call.conventions) {
      const known = this.#byConvention.get(convention);
      if (known === undefined && this.#byConvention.size >= SEEN_CONVENTIONS_MAX) continue;
      const tally = known ?? new CallTally();
      this.#byConvention.set(convention, tally);
      tally.note(call);
    }
    for (const reason of call.unresolved) {
      this.#unresolved.set(reason, (this.#unresolved.get(reason) ?? 0) + 1);
    }
    noteName(this.#agents, call.agent?.name ?? call.agent?.id);
    noteName(this.#tools, call.tool);
  }

  noteRequest(
    read: { readonly observations: number; readonly definitions: number },
    nowMs: number,
  ): void {
    this.#requests += 1;
    this.#lastMs = nowMs;
    this.#observations += read.observations;
    this.#definitions += read.definitions;
  }

  noteEvents(count: number, nowMs: number): void {
    this.#requests += 1;
    this.#lastMs = nowMs;
    this.#events += count;
  }

  noteRefused(what: 'bodies' | 'records', count: number, detail: string, nowMs: number): void {
    this.#lastMs = nowMs;
    this.#refused[what] += count;
    this.#problem = {
      at: new Date(nowMs).toISOString(),
      detail: printable(detail, PROBLEM_LENGTH_MAX),
    };
  }

  get seen(): SourceSeen {
    const counts = [...this.#byConvention].map(([name, tally]) => [name, tally.counts] as const);
    return {
      source: this.#source,
      since: new Date(this.#sinceMs).toISOString(),
      last: this.#lastMs === undefined ? null : new Date(this.#lastMs).toISOString(),
      requests: this.#requests,
      events: this.#events,
      observations: this.#observations,
      definitions: this.#definitions,
      ...this.#whole.counts,
      by_convention: Object.fromEntries(counts),
      unresolved: Object.fromEntries(this.#unresolved),
      refused: { ...this.#refused },
      last_problem: this.#problem,
      agents: [...this.#agents],
      tools: [...this.#tools],
    };
  }
}

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

  /** Asking alone stores nothing. */
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
