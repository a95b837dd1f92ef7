/** The calls of a group, concluded from all observations: order and repeats change nothing. */

import { RecentMap } from '../json/recent-map.ts';
import type { AgentSource, Call } from '../model/call.ts';
import type { AgentLabel, CallOutcome, Observation } from '../model/observation.ts';
import { conventionTable } from '../spans/convention-table.ts';
import type { Cluster } from './cluster.ts';
import { clusterCalls } from './cluster-calls.ts';
import { outcomeOf } from './outcome.ts';
import {
  argumentsOf,
  type ConcludedCall,
  canonical,
  first,
  identified,
  sortKey,
  spansFirst,
} from './reported-calls.ts';
import { CLIMB_MAX, SpanTree, spanKey } from './span-tree.ts';
import { fullest, plain, toolKey } from './values.ts';

const SERVICES_MAX = 2_000;

/** Which agents a service runs: a single one is assumed for open runs, two never. */
export class ServiceAgents {
  /** `null`: several. */
  readonly #only = new RecentMap<string | null>(SERVICES_MAX);

  note({ isAgentRun, agent: run, service }: Observation): void {
    const agent = run?.name;
    if (isAgentRun !== true || agent === undefined || service === undefined) return;
    const known = this.#only.get(service);
    if (known === agent || known === null) return;
    this.#only.set(service, known === undefined ? agent : null);
  }

  only(service: string): string | undefined {
    return this.#only.get(service) ?? undefined;
  }
}

class Directory {
  readonly #names = new Map<string, string>();
  readonly #startedBy = new Map<string, AgentLabel>();
  readonly #main: AgentLabel | undefined;

  constructor(observations: readonly Observation[], tree: SpanTree) {
    this.#main = first(observations, ({ mainAgent }) => mainAgent);
    for (const { fact } of observations) {
      if (fact?.name !== undefined) this.#names.set(fact.id, fact.name);
      if (fact?.startedBy !== undefined) {
        this.#startedBy.set(fact.startedBy, { id: fact.id, name: fact.name });
      }
    }
    for (const one of observations) {
      const id = one.agent?.id;
      const key = spanKey(one);
      if (id === undefined || this.#names.has(id) || key === undefined) continue;
      const name = one.agent?.name ?? tree.runs(key)[0]?.name;
      if (name !== undefined) this.#names.set(id, name);
    }
  }

  resolve(agent: AgentLabel | undefined): AgentLabel | undefined {
    if (agent?.isMain === true) return this.#main ?? agent;
    if (agent?.id === undefined) return agent;
    const name = this.#names.get(agent.id) ?? agent.name;
    return name === undefined ? agent : { ...agent, name };
  }

  startedBy(callId: string | undefined): AgentLabel | undefined {
    return callId === undefined ? undefined : this.resolve(this.#startedBy.get(callId));
  }
}

interface Resolved {
  readonly agent: AgentLabel | undefined;
  readonly source: AgentSource;
  readonly parent: AgentLabel | undefined;
}

function sameName(one: AgentLabel | undefined, other: AgentLabel | undefined): boolean {
  return (one?.name ?? one?.id) === (other?.name ?? other?.id);
}

interface Task {
  readonly at: number;
  readonly text: string;
}

class Conclusion {
  readonly tree: SpanTree;
  readonly directory: Directory;
  readonly observations: readonly Observation[];
  readonly #services: ServiceAgents;
  readonly agents: readonly string[];
  readonly tasks: readonly Task[];
  readonly user: string | undefined;
  readonly executing: ReadonlySet<string>;

  constructor(observations: readonly Observation[], services: ServiceAgents) {
    const { placeholders } = conventionTable();
    this.observations = observations;
    this.#services = services;
    this.tree = new SpanTree(observations, (name) => placeholders.has(name));
    this.directory = new Directory(observations, this.tree);
    const names = [...this.tree.nodes.values()].flatMap(({ isRun, agent }) =>
      isRun && agent?.name !== undefined ? [agent.name] : [],
    );
    this.agents = [...new Set(names)].sort((one, other) => other.length - one.length);
    this.tasks = this.#personsTasks();
    this.user = first(observations, ({ user }) => user);
    this.executing = new Set(
      observations.flatMap(({ channel, call, convention }) =>
        channel !== 'message' && call?.stage === 'executed' && call.isHandoff !== true
          ? [convention]
          : [],
      ),
    );
  }

  /** Below, agents ask each other. */
  #personsTasks(): readonly Task[] {
    const asked = this.observations.flatMap(
      (one): readonly (Task & { readonly depth: number })[] => {
        if (one.task === undefined) return [];
        const key = spanKey(one);
        const depth =
          key === undefined
            ? 0
            : this.tree.climb(key, CLIMB_MAX).filter(({ isRun }) => isRun).length;
        return [
          { at: one.at ?? 0, text: one.task, depth: depth + Number(one.isAgentRun === true) },
        ];
      },
    );
    const outermost = asked.reduce((least, { depth }) => Math.min(least, depth), CLIMB_MAX);
    return asked.filter(({ depth }) => depth === outermost);
  }

  agentOf(cluster: Cluster): Resolved {
    const seen = spansFirst(cluster.observations);
    const own = new Set(seen.flatMap((one) => spanKey(one) ?? []));
    for (const one of seen) {
      const key = spanKey(one);
      if (key === undefined || one.call?.isHandoff === true) continue;
      const runs = this.tree.runs(key, own).map((agent) => this.directory.resolve(agent));
      const [agent] = runs;
      if (agent === undefined) continue;
      const parent = runs.find((other) => !sameName(other, agent));
      return { agent, source: 'run', parent };
    }
    const named = seen.find(({ agent }) => agent !== undefined);
    if (named !== undefined) {
      return { agent: this.directory.resolve(named.agent), source: 'label', parent: undefined };
    }
    const labelled = seen.find(({ label }) => label !== undefined);
    if (labelled !== undefined) {
      return { agent: { name: labelled.label }, source: 'label', parent: undefined };
    }
    const service = seen.find((one) => one.service !== undefined)?.service;
    if (service === undefined) return { agent: undefined, source: 'none', parent: undefined };
    const only = this.#services.only(service);
    if (only !== undefined) return { agent: { name: only }, source: 'thread', parent: undefined };
    return { agent: { name: service }, source: 'service', parent: undefined };
  }

  delegateOf(cluster: Cluster, caller: AgentLabel | undefined): AgentLabel | undefined {
    const seen = spansFirst(cluster.observations);
    const callId = seen.find(({ call }) => call?.callId !== undefined)?.call?.callId;
    const claimed = seen.find(({ call }) => call?.delegatesTo !== undefined)?.call?.delegatesTo;
    const to = this.directory.resolve(claimed) ?? this.directory.startedBy(callId);
    if (to !== undefined) return to;
    for (const one of seen) {
      const key = spanKey(one);
      if (key === undefined || one.call?.stage !== 'executed') continue;
      const below = this.tree.runBelow(key);
      if (below !== undefined && !sameName(below, caller)) return below;
    }
    // Its name says for which agent.
    const tool = toolKey(cluster.tool);
    const next = this.agents.find(
      (name) => plain(name).length > 2 && tool !== plain(name) && tool.endsWith(plain(name)),
    );
    return next === undefined || sameName({ name: next }, caller) ? undefined : { name: next };
  }

  /** Else the first. */
  taskOf(at: number): string | undefined {
    let [from, to] = [0, this.tasks.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.tasks[middle]?.at ?? 0) <= at) from = middle + 1;
      else to = middle;
    }
    return this.tasks[Math.max(0, from - 1)]?.text;
  }
}

function nameOf(seen: readonly Observation[], placeholders: ReadonlySet<string>): string {
  const names = seen.flatMap(({ call }) =>
    call === undefined || call.tool === '' ? [] : [call.tool],
  );
  return names.find((name) => !placeholders.has(name)) ?? names[0] ?? '';
}

function unresolvedOf(
  call: { agentSource: AgentSource; args: unknown; outcome: CallOutcome },
  isRooted: boolean,
) {
  const reasons: string[] = [];
  if (!isRooted) reasons.push('parent_missing');
  if (['thread', 'service', 'none'].includes(call.agentSource)) reasons.push('agent_unknown');
  if (call.args === undefined) reasons.push('arguments_absent');
  if (call.outcome === 'unknown' || call.outcome === 'pending') reasons.push('outcome_unknown');
  return reasons;
}

/** By what saw the call: a model's history has the time of the whole run. */
function timesOf(seen: readonly Observation[]): { at: number; until: number | undefined } {
  const near = seen.filter(({ channel, at }) => channel !== 'message' && at !== undefined);
  const timed = near.length > 0 ? near : seen;
  const starts = timed.flatMap(({ at }) => (at === undefined ? [] : [at]));
  const ends = timed.flatMap(({ until }) => (until === undefined ? [] : [until]));
  return {
    at: starts.length === 0 ? 0 : Math.min(...starts),
    until: ends.length === 0 ? undefined : Math.max(...ends),
  };
}

function concluded(cluster: Cluster, all: Conclusion): ConcludedCall | undefined {
  const seen = spansFirst(cluster.observations);
  const tool = nameOf(seen, conventionTable().placeholders);
  // It says nothing on its own.
  if (tool === '') return undefined;
  const { agent, source: agentSource, parent: parentAgent } = all.agentOf(cluster);
  const delegatesTo = all.delegateOf(cluster, agent);
  const outcome = outcomeOf(cluster.observations, all.executing, delegatesTo !== undefined);
  const args = argumentsOf(seen);
  const { at: start, until } = timesOf(seen);
  const spans = seen.flatMap((one) => spanKey(one) ?? []);
  const call: Call = {
    id: '',
    agent,
    agentSource,
    parentAgent,
    tool,
    server: first(seen, ({ call }) => call?.server),
    callId: first(seen, ({ call }) => call?.callId),
    args,
    result: fullest(seen.map(({ call }) => call?.result)),
    outcome,
    deniedBy: first(seen, ({ call }) => call?.deniedBy),
    delegatesTo,
    task: all.taskOf(start),
    session: first(seen, ({ session }) => session),
    user: first(seen, ({ user }) => user) ?? all.user,
    trace: first(seen, ({ place }) => place?.trace),
    at: start,
    until,
    observed: seen.length,
    channels: [...new Set(seen.map(({ channel }) => channel))].sort(),
    conventions: [...new Set(seen.map(({ convention }) => convention))].sort(),
    unresolved: unresolvedOf(
      { agentSource, args, outcome },
      spans.every((key) => all.tree.isRooted(key) || !all.tree.nodes.has(key)),
    ),
  };
  return { call, seen };
}

/** `services`: who runs in which service. */
export function concludeGroup(
  observations: readonly Observation[],
  services: ServiceAgents = new ServiceAgents(),
): readonly ConcludedCall[] {
  const ordered = canonical(observations);
  const all = new Conclusion(ordered, services);
  const calls = ordered.filter(({ call }) => call !== undefined);
  const found = clusterCalls(calls, all.tree).flatMap((cluster) => {
    const one = concluded(cluster, all);
    return one === undefined ? [] : [{ one, key: sortKey(one) }];
  });
  found.sort(
    (a, b) => a.one.call.at - b.one.call.at || (a.key < b.key ? -1 : Number(a.key > b.key)),
  );
  return identified(found.map(({ one }) => one));
}

export function concludeCalls(observations: readonly Observation[]): readonly Call[] {
  return concludeGroup(observations).map(({ call }) => call);
}
