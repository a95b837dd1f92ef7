/**
 * What is noted of agents that nobody registered and that have no history yet: each tool that one calls first,
 * under the workload it comes from. Where every run brings a new uid no agent ever has a history; its workload
 * has (`assembly/count-newcomers.ts`). Agents live in different partitions here, so what they have in common is
 * looked at there.
 *
 * Workload and issuer: the source; of a proven SPIFFE id its trust domain and path without the run's part; and
 * the label of who issued the credential, where its fingerprint has one. Not noted: what denied calls wanted,
 * what nobody's time is measured of, and who has a history of its own by now.
 *
 * Method: each first tool of an agent without a history noted under its workload. Source: source, proven SPIFFE
 * id and issuer of the call.
 * Limits: the first sixteen tools of an agent, until it has calls enough to be judged by.
 */
import { type AuditEvent, ID_LENGTH_MAX, shortPrint } from '@waywarden/schemas';
import type { Draft, Output } from '@waywarden/stage';
import { SETTLED_CALLS_MIN } from '../facets/value-novelty.ts';
import { hadEffect } from '../governance/finding.ts';
import { agentKey } from '../kept/agent-key.ts';
import { findPrint } from '../kept/print-table.ts';
import { workloadAndIssuer } from './churned-uids.ts';
import { isAct } from './score-call.ts';
import { NOTES, noteOutput } from './shared-note.ts';

/** Tools of a new agent that are noted: who calls more before it has a history is judged by these. */
const TOOLS_MAX = 16;
const PRINT = 8;

/** Calls, and the tools that were noted. */
type Newcomer = readonly [calls: number, tools: string];

const aboutOf = (draft: Draft, event: AuditEvent) =>
  `newcomers/${workloadAndIssuer(draft, event)}`.slice(0, ID_LENGTH_MAX);

export function noteNewcomer(
  draft: Draft,
  event: AuditEvent,
  policyVersion: string,
): readonly Output[] {
  const { tool, outcome, agent, event_time_quality: quality } = event;
  if (tool === undefined || !isAct(event) || outcome === 'denied') return [];
  if (quality !== 'measured' || agent.assurance === 'unresolved') return [];
  const key = agentKey(event, 'newcomer');
  const [calls, tools] = draft.get<Newcomer>(key) ?? [0, ''];
  if (calls >= SETTLED_CALLS_MIN) return [];
  // Its name and whether it had an effect: a tool that was only asked to look is not known to act.
  const isEffect = hadEffect(event);
  const name = `${tool.server ?? ''}/${tool.name}`;
  const print = shortPrint(`${name}|${isEffect}`, PRINT);
  const isNew = findPrint(tools, print, PRINT) < 0 && tools.length < TOOLS_MAX * PRINT;
  draft.put(key, [calls + 1, isNew ? tools + print : tools] satisfies Newcomer);
  if (!isNew) return [];
  const kind = isEffect ? NOTES.newcomerActs : NOTES.newcomerReads;
  const about = aboutOf(draft, event);
  const { effect, event_time: time } = event;
  return [noteOutput(event, { kind, about, policyVersion, time, tool, effect })];
}
