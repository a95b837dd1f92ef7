/**
 * The answer of an alert's page: which questions it asks of the store, and what the core makes of them.
 */
import { type Alert, type AuditEvent, epochMs, type Registry } from '@waywarden/schemas';
import type { Containment } from '../core/containment-model.ts';
import { behalfWords, breaksWords, doneWords, nextSteps } from '../core/done-words.ts';
import { toEventRow } from '../core/event-row.ts';
import { pictureOf } from '../core/picture/assembly-picture.ts';
import {
  ORIGIN_CALLS_MAX,
  type OutsideOrigin,
  originSentence,
  outsideOrigins,
} from '../core/picture/outside-origin.ts';
import { otherFinishers } from '../core/picture/picture-lanes.ts';
import type { Picture } from '../core/picture-model.ts';
import { verdictsClaimed } from '../core/said-verdict.ts';
import type { AlertPage, EventRow, TimelineCall } from '../core/view-model.ts';
import { agentFactsOf, registryEntryOf } from './agent-facts.ts';
import type { PageParts } from './console-pages.ts';
import { readContainments } from './read-containments.ts';

/**
 * An alert's summary in two parts: what happened, and why it is believed. The detector writes the
 * story first and what it rests on after it, so the first sentence is the story.
 */
export function splitSummary(summary: string): {
  readonly happened: string;
  readonly believed: string;
} {
  const end = summary.search(/[.!?]\s/);
  if (end === -1) return { happened: summary, believed: '' };
  return { happened: summary.slice(0, end + 1), believed: summary.slice(end + 1).trim() };
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

interface Drawing {
  readonly alert: Alert;
  readonly events: ReadonlyMap<string, AuditEvent>;
  readonly calls: readonly EventRow[];
  readonly containments: readonly Containment[];
  readonly origins: readonly OutsideOrigin[];
  readonly registry: Registry | undefined;
}

/** Of what was approved nothing needs to be cut, undone or kept from happening again. */
function drawn({ alert, calls, registry, ...rest }: Drawing): Picture | null {
  const { assembly, approved } = alert;
  if (assembly === undefined) return null;
  const isApproved = approved !== undefined;
  return pictureOf({
    ...rest,
    alert,
    assembly: isApproved ? { ...assembly, cut: [], residual_access: [] } : assembly,
    chain: calls.filter((row) => row.capabilities.length > 0),
    others: isApproved ? null : otherFinishers(alert, registry),
    entryOf: (uid) => {
      const entry = registryEntryOf(registry, uid);
      return {
        class: entry?.class ?? null,
        plane: entry?.plane ?? null,
        granted: entry?.grants ?? null,
      };
    },
  });
}

/** The calls of the evidence and those that show what became of the order, each once. */
function timelineOf(
  { evidence, assembly }: Alert,
  events: ReadonlyMap<string, AuditEvent>,
  containments: readonly Containment[],
): readonly TimelineCall[] {
  const proof = new Set(assembly?.proof ?? []);
  const cited = evidence.flatMap((one) => {
    const event = events.get(one.event_id);
    if (event === undefined) return [];
    return [{ ...toEventRow(event), role: one.role, proof: proof.has(one.event_id) }];
  });
  const after = containments.flatMap(({ denied, leaked }) => [
    ...(denied === null ? [] : [{ ...denied, role: 'denied after the command', proof: false }]),
    ...(leaked === null ? [] : [{ ...leaked, role: 'went through after it', proof: false }]),
  ]);
  const later = after.filter((call) => !events.has(call.event_id));
  return [...cited, ...later].toSorted((a, b) => epochMs(a.at) - epochMs(b.at));
}

/** How far back it is told what an access was in use for. */
const IN_USE_DAYS = 7;
const byTime = (a: string, b: string) => epochMs(a) - epochMs(b);

/** What was commanded of the alert's subject for other reasons. */
async function readElsewhere(store: PageParts['store'], { subject }: Alert, asOf: string) {
  return readContainments(store, await store.commandsOfAgent(subject.agent_uid), [], asOf);
}

export async function alertPage(parts: PageParts, id: string): Promise<AlertPage | undefined> {
  const { store, rules, now } = parts;
  const alert = await store.alert(id);
  if (alert === undefined) return undefined;
  const asOf = now();
  const chain = alert.subject.chain_id;
  const [decisions, verdicts, reported, commands, stored, calls, inUse] = await Promise.all([
    store.decisionsOf([id]),
    store.verdictsOf([id]),
    store.revisionsOf(id),
    store.commandsOf([id]),
    store.events(alert.evidence.map((one) => one.event_id)),
    chain === undefined ? [] : store.callsOfChain(chain),
    store.inUse(alert.subject.agent_uid, IN_USE_DAYS),
  ]);
  const containments = await readContainments(store, commands, [alert], asOf);
  const elsewhere = containments.length > 0 ? [] : await readElsewhere(store, alert, asOf);
  const events = new Map(stored.map((event) => [event.event_id, event]));
  const { policy, registry } = rules();
  const combination = policy?.combinations.find((one) => one.id === alert.assembly?.combination);
  const runbook = combination?.runbook?.trim() ?? null;
  const origins = await originsOf(parts, alert, [...events.values()], calls);
  const isApproved = alert.approved !== undefined;
  const { happened, believed } = splitSummary(alert.summary);
  return {
    as_of: asOf,
    alert,
    happened: [happened, ...origins.map(originSentence)].join(' '),
    believed,
    matters: combination?.danger?.trim() ?? combination?.title?.trim() ?? null,
    done: doneWords(decisions, containments, { isApproved, elsewhere }),
    behalf: behalfWords(alert, decisions),
    breaks: breaksWords(alert, decisions, { calls: inUse, days: IN_USE_DAYS }, containments),
    next: nextSteps(alert, containments, {
      runbook,
      owner: agentFactsOf(registry, alert.subject.agent_uid).owner,
    }),
    runbook,
    picture: drawn({ alert, events, calls, containments, origins, registry }),
    decisions,
    containments,
    timeline: timelineOf(alert, events, containments),
    reported,
    verdicts: verdictsClaimed(verdicts, alert, asOf),
    operators: (registry?.operators ?? []).map((one) => one.uid),
  };
}
