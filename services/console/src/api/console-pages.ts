/**
 * The pages as answers: which questions each asks of the store, and what the core makes of them.
 * Every page is read anew, except for the one wide question about shared chains.
 */
import {
  type Alert,
  type AuditEvent,
  epochMs,
  type Policy,
  type Registry,
} from '@waywarden/schemas';
import { pictureOf } from '../core/assembly-picture.ts';
import { doneWords, nextSteps } from '../core/done-words.ts';
import { toEventRow } from '../core/event-row.ts';
import { otherFinishers } from '../core/other-finishers.ts';
import {
  ORIGIN_CALLS_MAX,
  type OutsideOrigin,
  originSentence,
  outsideOrigins,
} from '../core/outside-origin.ts';
import { type ChainUse, quietWork } from '../core/quiet-work.ts';
import { splitSummary } from '../core/split-summary.ts';
import type {
  AgentFacts,
  AgentPage,
  AlertPage,
  ChainPage,
  ConsoleStatus,
  EventRow,
  NowPage,
  QuietChain,
} from '../core/view-model.ts';
import type { ConsoleStore } from './console-store.ts';
import type { EventTail } from './event-tail.ts';
import type { KeptAnswer } from './kept-answer.ts';
import { queueItems } from './queue-items.ts';
import { readContainments } from './read-containments.ts';

/** Containments of the first page; the agents' own pages have theirs. */
const CONTAINMENTS_SHOWN = 10;
const EVENTS_SHOWN = 25;

export interface ConsoleRules {
  readonly policy?: Policy | undefined;
  readonly registry?: Registry | undefined;
}

export interface PageParts {
  readonly store: ConsoleStore;
  readonly tail: EventTail;
  readonly rules: () => ConsoleRules;
  readonly status: () => Promise<ConsoleStatus>;
  readonly now: () => string;
  readonly tryIt: string;
  /** Chains that several agents share: a wide question, so its answer is kept for a while. */
  readonly sharedChains: KeptAnswer<readonly ChainUse[]>;
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

export async function nowPage(parts: PageParts): Promise<NowPage> {
  const { store, tail, now } = parts;
  const asOf = now();
  const [status, alerts, openCount, commands, events] = await Promise.all([
    parts.status(),
    store.openAlerts(),
    store.openCount(),
    store.recentCommands(),
    tail.newest(EVENTS_SHOWN),
  ]);
  const cited = [...new Set(commands.flatMap((one) => one.alert_ids))].filter(
    (id) => !alerts.some((one) => one.alert_id === id),
  );
  const [more, decisions, quiet] = await Promise.all([
    store.alertsByIds(cited.slice(0, CONTAINMENTS_SHOWN)),
    store.decisionsOf(ids(alerts)),
    quietOf(parts, alerts),
  ]);
  const containments = await readContainments(store, commands, [...alerts, ...more], asOf);
  return {
    as_of: asOf,
    status,
    queue: queueItems(alerts, decisions, containments),
    queue_more: Math.max(0, openCount - alerts.length),
    containments: containments.slice(0, CONTAINMENTS_SHOWN),
    quiet,
    events,
    try_it: parts.tryIt,
  };
}

function entryOf(registry: Registry | undefined, uid: string) {
  return registry?.agents.find((one) => one.uid === uid);
}

/** Where values of the proof stood before, among the calls of the same work that are stored. */
async function originsOf(
  { store }: PageParts,
  { assembly }: Alert,
  stored: readonly AuditEvent[],
  chain: readonly EventRow[],
): Promise<readonly OutsideOrigin[]> {
  const ids = new Set(assembly?.proof ?? []);
  const proof = stored.filter((one) => ids.has(one.event_id));
  const last = proof
    .map((one) => one.event_time)
    .toSorted(byTime)
    .at(-1);
  if (last === undefined) return [];
  const others = chain.filter(
    (row) =>
      row.outcome === 'success' && !ids.has(row.event_id) && epochMs(row.at) <= epochMs(last),
  );
  // The last ones: of a long piece of work the first page is not what the proof used.
  const read = await store.events(others.slice(-ORIGIN_CALLS_MAX).map((row) => row.event_id));
  return outsideOrigins(proof, [...proof, ...read]);
}

const byTime = (a: string, b: string) => epochMs(a) - epochMs(b);

export async function alertPage(parts: PageParts, id: string): Promise<AlertPage | undefined> {
  const { store, rules, now } = parts;
  const alert = await store.alert(id);
  if (alert === undefined) return undefined;
  const asOf = now();
  const chain = alert.subject.chain_id;
  const [decisions, commands, stored, calls] = await Promise.all([
    store.decisionsOf([id]),
    store.commandsOf([id]),
    store.events(alert.evidence.map((one) => one.event_id)),
    chain === undefined ? [] : store.callsOfChain(chain),
  ]);
  const containments = await readContainments(store, commands, [alert], asOf);
  const events = new Map(stored.map((event) => [event.event_id, event]));
  const { policy, registry } = rules();
  const combination = policy?.combinations.find((one) => one.id === alert.assembly?.combination);
  const runbook = combination?.runbook?.trim() ?? null;
  const proof = new Set(alert.assembly?.proof ?? ids([]));
  const origins = await originsOf(parts, alert, [...events.values()], calls);
  const { happened, believed } = splitSummary(alert.summary);
  const timeline = alert.evidence.flatMap((one) => {
    const event = events.get(one.event_id);
    if (event === undefined) return [];
    return [{ ...toEventRow(event), role: one.role, proof: proof.has(one.event_id) }];
  });
  const after = containments.flatMap(({ denied, leaked }) => [
    ...(denied === null ? [] : [{ ...denied, role: 'denied after the command', proof: false }]),
    ...(leaked === null ? [] : [{ ...leaked, role: 'went through after it', proof: false }]),
  ]);
  return {
    as_of: asOf,
    alert,
    happened: [happened, ...origins.map(originSentence)].join(' '),
    believed,
    matters: combination?.danger?.trim() ?? combination?.title?.trim() ?? null,
    done: doneWords(decisions, containments),
    next: nextSteps(alert, containments, {
      runbook,
      owner: factsOf(registry, alert.subject.agent_uid).owner,
    }),
    runbook,
    picture:
      alert.assembly === undefined
        ? null
        : pictureOf({
            alert,
            assembly: alert.assembly,
            events,
            chain: calls.filter((row) => row.capabilities.length > 0),
            containments,
            origins,
            others: otherFinishers(alert, registry),
            entryOf: (uid) => {
              const entry = entryOf(registry, uid);
              return {
                class: entry?.class ?? null,
                plane: entry?.plane ?? null,
                granted: entry?.grants ?? null,
              };
            },
          }),
    decisions,
    containments,
    timeline: [...timeline, ...after].toSorted((a, b) => (a.at < b.at ? -1 : 1)),
  };
}

function factsOf(registry: Registry | undefined, uid: string): AgentFacts {
  const entry = entryOf(registry, uid);
  const owner = [entry?.owner?.person, entry?.owner?.team].filter((one) => one !== undefined);
  const review = entry?.risk_review;
  return {
    agent_uid: uid,
    registered: entry !== undefined,
    class: entry?.class ?? 'unknown',
    role: entry?.role ?? null,
    plane: entry?.plane ?? null,
    owner: owner.length === 0 ? null : owner.join(', '),
    criticality: entry?.criticality ?? null,
    state: entry?.state ?? null,
    granted: entry?.grants ?? null,
    workflows: entry?.workflows ?? [],
    never_revoke: entry?.never_revoke ?? false,
    review: review === undefined ? null : `${review.by}, ${review.at} to ${review.expires}`,
  };
}

/** Undefined when neither the registry nor the store knows the agent. */
export async function agentPage(parts: PageParts, uid: string): Promise<AgentPage | undefined> {
  const { store, rules, now } = parts;
  const asOf = now();
  const facts = factsOf(rules().registry, uid);
  const [events, tools, alerts, commands] = await Promise.all([
    store.callsOfAgent(uid),
    store.toolsOfAgent(uid),
    store.alertsOfAgent(uid),
    store.commandsOfAgent(uid),
  ]);
  if (events.length === 0 && !facts.registered) return undefined;
  const [decisions, containments] = await Promise.all([
    store.decisionsOf(ids(alerts)),
    readContainments(store, commands, alerts, asOf),
  ]);
  const times = tools.flatMap((one) => [one.first, one.last]).toSorted();
  return {
    as_of: asOf,
    facts,
    calls: tools.reduce((sum, one) => sum + one.calls, 0),
    first: times[0] ?? null,
    last: times.at(-1) ?? null,
    tools,
    alerts: queueItems(alerts, decisions, containments),
    containments,
    events,
  };
}

function callsByAgent(events: readonly EventRow[]): ChainPage['agents'] {
  const calls = new Map<string, number>();
  for (const event of events) calls.set(event.agent_uid, (calls.get(event.agent_uid) ?? 0) + 1);
  return [...calls].map(([agent_uid, count]) => ({ agent_uid, calls: count }));
}

export async function chainPage(parts: PageParts, id: string): Promise<ChainPage | undefined> {
  const { store, now } = parts;
  const asOf = now();
  const [events, calls, alerts] = await Promise.all([
    store.callsOfChain(id),
    store.chainCalls(id),
    store.alertsOfChain(id),
  ]);
  if (events.length === 0) return undefined;
  const [decisions, commands, quiet] = await Promise.all([
    store.decisionsOf(ids(alerts)),
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
    alerts: queueItems(alerts, decisions, containments),
    quiet,
    events,
    events_more: Math.max(0, calls - events.length),
  };
}
