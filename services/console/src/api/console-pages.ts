/**
 * The pages as answers: which questions each asks of the store, and what the core makes of them.
 * Every page is read anew, except for the one wide question about shared chains.
 */
import type { Alert, Policy, Registry } from '@waywarden/schemas';
import { type AgentProfile, baselinesOf } from '../core/agent-profile.ts';
import type { ContainmentPage } from '../core/containment-model.ts';
import { containmentHistory } from '../core/containment-model.ts';
import { type ChainUse, quietWork } from '../core/quiet-work.ts';
import { EVENTS_SHOWN, mergeEvents } from '../core/reported-events.ts';
import type { BoardEntry } from '../core/triage/triage-board.ts';
import type {
  AgentPage,
  ChainPage,
  ConsoleStatus,
  EventRow,
  NowPage,
  QuietChain,
  SeenSource,
  UsedTool,
} from '../core/view-model.ts';
import { type ConsoleStore, QUEUE_MAX } from '../store/console-store.ts';
import type { ProfileStore } from '../store/profile-store.ts';
import { agentFactsOf, grantUse } from './agent-facts.ts';
import type { EventTail } from './change-feed.ts';
import { queueItems } from './queue-items.ts';
import { readContainments } from './read-containments.ts';
import type { StoredAnswer } from './stored-answer.ts';

/** What these calls used, for calls that stand only in the log; the most used first, then by name. */
export function usedTools(calls: readonly EventRow[]): readonly UsedTool[] {
  return [...new Set(calls.map((one) => one.tool))]
    .map((tool) => {
      const used = calls.filter((one) => one.tool === tool);
      const times = used.map((one) => one.at).toSorted();
      return {
        tool,
        capabilities: [...new Set(used.flatMap((one) => one.capabilities))].toSorted(),
        calls: used.length,
        denied: used.filter((one) => one.outcome === 'denied').length,
        first: times[0] ?? '',
        last: times.at(-1) ?? '',
      };
    })
    .toSorted((a, b) => b.calls - a.calls || (a.tool < b.tool ? -1 : 1));
}

/** Containments of the first page; the agents' own pages have theirs. */
const CONTAINMENTS_SHOWN = 10;

export interface ConsoleRules {
  readonly policy?: Policy | undefined;
  readonly registry?: Registry | undefined;
}

export interface AlertQueue {
  entries(): Iterable<BoardEntry>;
  queue(limit: number): Promise<{ readonly alerts: readonly Alert[]; readonly total: number }>;
  one(
    id: string,
  ): { readonly state: string; readonly triage: { readonly assignee: string | null } } | undefined;
}

export interface PageParts {
  readonly queue?: AlertQueue | undefined;
  readonly store: ConsoleStore;
  readonly profiles: ProfileStore;
  readonly tail: EventTail;
  readonly rules: () => ConsoleRules;
  readonly status: () => Promise<ConsoleStatus>;
  readonly now: () => string;
  readonly tryIt: string;
  readonly connect: readonly string[];
  readonly sources: () => readonly SeenSource[];
  readonly absent: readonly string[];
  /** Chains that several agents share: a wide question, so its answer is kept for a while. */
  readonly sharedChains: StoredAnswer<readonly ChainUse[]>;
}

const ids = (alerts: readonly Alert[]) => alerts.map((one) => one.alert_id);

/** Of one chain, or of all. */
async function quietOf(
  parts: PageParts,
  open: readonly Alert[],
  only?: string,
): Promise<readonly QuietChain[]> {
  const { store, rules } = parts;
  const [approved, chains] = await Promise.all([
    store.approvedAssemblies(),
    parts.sharedChains.read(),
  ]);
  const concluded = new Set([
    ...open.map((one) => `${one.subject.chain_id}|${one.assembly?.combination}`),
    ...approved.map((one) => `${one.subject.chain_id}|${one.approved?.combination}`),
  ]);
  const isAsked = (chain: string | undefined) => only === undefined || chain === only;
  return quietWork({
    approved: approved.filter((one) => isAsked(one.subject.chain_id)),
    chains: chains.filter((one) => isAsked(one.chain_id)),
    concluded,
    policy: rules().policy,
  });
}

/** What waits for somebody: without what people closed, where that is known. */
async function waiting({ queue, store }: PageParts) {
  if (queue !== undefined) return queue.queue(QUEUE_MAX);
  const [alerts, total] = await Promise.all([store.openAlerts(), store.openCount()]);
  return { alerts, total };
}

/** The log's end shows at once what is stored later, and holds little else than time when it is quiet. */
async function newestCalls({ tail, store }: PageParts): Promise<readonly EventRow[]> {
  const atEnd = await tail.newest(EVENTS_SHOWN);
  if (atEnd.length === EVENTS_SHOWN) return atEnd;
  return mergeEvents(atEnd, await store.newestCalls(2 * EVENTS_SHOWN));
}

export async function nowPage(parts: PageParts): Promise<NowPage> {
  const { store, now } = parts;
  const asOf = now();
  const [status, { alerts, total }, commands, events] = await Promise.all([
    parts.status(),
    waiting(parts),
    store.recentCommands(),
    newestCalls(parts),
  ]);
  const cited = [...new Set(commands.flatMap((one) => one.alert_ids))].filter(
    (id) => !alerts.some((one) => one.alert_id === id),
  );
  const [more, decisions, verdicts, quiet] = await Promise.all([
    store.alertsByIds(cited.slice(0, CONTAINMENTS_SHOWN)),
    store.decisionsOf(ids(alerts)),
    store.verdictsOf(ids(alerts)),
    quietOf(parts, alerts),
  ]);
  const containments = await readContainments(store, commands, [...alerts, ...more], asOf);
  return {
    as_of: asOf,
    status,
    queue: queueItems(alerts, { decisions, verdicts, containments, asOf }),
    queue_more: Math.max(0, total - alerts.length),
    containments: containments.slice(0, CONTAINMENTS_SHOWN),
    quiet,
    events,
    absent: parts.absent,
    try_it: parts.tryIt,
    connect: parts.connect,
    // Only an empty page tells of them: what they sent stands there as calls.
    sources: events.length === 0 ? parts.sources() : [],
  };
}

/** Undefined when neither the registry nor the store nor the end of the log knows the agent. */
export async function agentPage(parts: PageParts, uid: string): Promise<AgentPage | undefined> {
  const { store, tail, rules, now } = parts;
  const asOf = now();
  const facts = agentFactsOf(rules().registry, uid);
  const [stored, storedTools, alerts, commands] = await Promise.all([
    store.callsOfAgent(uid),
    store.toolsOfAgent(uid),
    store.alertsOfAgent(uid),
    store.commandsOfAgent(uid),
  ]);
  // The first page shows calls before they are stored: what it links to must answer.
  const unstored =
    stored.length > 0 ? [] : await tail.newest(EVENTS_SHOWN, (one) => one.agent_uid === uid);
  const events = stored.length > 0 ? stored : unstored;
  const tools = stored.length > 0 ? storedTools : usedTools(unstored);
  if (events.length === 0 && !facts.registered) return undefined;
  const [decisions, verdicts, containments, profile] = await Promise.all([
    store.decisionsOf(ids(alerts)),
    store.verdictsOf(ids(alerts)),
    readContainments(store, commands, alerts, asOf),
    profileOf(parts, uid),
  ]);
  const times = tools.flatMap((one) => [one.first, one.last]).toSorted();
  return {
    as_of: asOf,
    facts,
    calls: tools.reduce((sum, one) => sum + one.calls, 0),
    first: times[0] ?? null,
    last: times.at(-1) ?? null,
    tools,
    alerts: queueItems(alerts, { decisions, verdicts, containments, asOf }),
    containments,
    profile,
    grants: grantUse(facts.granted, tools),
  };
}

async function profileOf({ profiles }: PageParts, uid: string): Promise<AgentProfile | null> {
  const [{ days, hours }, targets, credentials] = await Promise.all([
    profiles.days(uid),
    profiles.targets(uid),
    profiles.credentials(uid),
  ]);
  const baselines = baselinesOf(days, hours);
  return baselines === null ? null : { baselines, targets, credentials };
}

export async function containmentPage(
  { store, now }: PageParts,
  id: string,
): Promise<ContainmentPage | undefined> {
  const asOf = now();
  const commands = await store.commandAndUndo(id);
  const command = commands.find((one) => one.command_id === id);
  if (command === undefined) return undefined;
  const [alerts, receipts] = await Promise.all([
    store.alertsByIds(command.alert_ids),
    store.receiptsOf(commands.map((one) => one.command_id)),
  ]);
  const [containment] = await readContainments(store, commands, alerts, asOf);
  if (containment === undefined) return undefined;
  const undo = commands.find((one) => one.restores === id);
  const history = containmentHistory({ containment, receipts, undo, asOf });
  return { as_of: asOf, containment, history };
}

function callsByAgent(events: readonly EventRow[]): ChainPage['agents'] {
  const calls = new Map<string, number>();
  for (const event of events) calls.set(event.agent_uid, (calls.get(event.agent_uid) ?? 0) + 1);
  return [...calls].map(([agent_uid, count]) => ({ agent_uid, calls: count }));
}

export async function chainPage(parts: PageParts, id: string): Promise<ChainPage | undefined> {
  const { store, tail, now } = parts;
  const asOf = now();
  const [stored, storedCalls, alerts] = await Promise.all([
    store.callsOfChain(id),
    store.chainCalls(id),
    store.alertsOfChain(id),
  ]);
  const unstored =
    stored.length > 0 ? [] : await tail.newest(EVENTS_SHOWN, (one) => one.chain_id === id);
  const events = stored.length > 0 ? stored : unstored.toReversed();
  const calls = Math.max(storedCalls, unstored.length);
  if (events.length === 0) return undefined;
  const [decisions, verdicts, commands, quiet] = await Promise.all([
    store.decisionsOf(ids(alerts)),
    store.verdictsOf(ids(alerts)),
    store.commandsOf(ids(alerts)),
    quietOf(parts, alerts, id),
  ]);
  const containments = await readContainments(store, commands, alerts, asOf);
  return {
    as_of: asOf,
    chain_id: id,
    workflow: events.find((one) => one.workflow !== '')?.workflow ?? '',
    task_ids: [...new Set(events.flatMap((one) => (one.task_id === '' ? [] : [one.task_id])))],
    agents: callsByAgent(events),
    calls,
    // What was approved stands under `quiet`.
    alerts: queueItems(
      alerts.filter((one) => one.approved === undefined),
      { decisions, verdicts, containments, asOf },
    ),
    quiet,
    events,
    events_more: Math.max(0, calls - events.length),
  };
}
