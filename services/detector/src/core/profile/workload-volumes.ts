/**
 * How often and how much the agents of a workload call, where each run is a new uid: what the volume facets ask of an
 * agent is asked of all its agents together, as of one.
 *
 * The facets are the same, over a call whose agent is the workload; so are models, floors and what is not learnt. Only
 * days decide: before seven of them a workload's volumes abstain, since its windows hold one run now and five then,
 * and peers of a single agent say nothing of it. The alert is one for the workload; its subject is the agent
 * whose call it was, which is who can be stopped. Rejected: to hold each run against the largest run of
 * a day. Whoever changes its uid with each call would never be seen. Notes to where all partitions meet, as of
 * first values (`newcomer-notes.ts`), would take one for each call.
 *
 * Method: the volume facets over all agents of a workload as over one (`../facets/volume-facet.ts`). Source: as
 * of the facets; which workloads churn: `churned-uids.ts`.
 * Limits: each partition counts the agents that it sees, so a workload's days are a share of it; one run of many
 * at once may hide in what all of them make; tasks longer than ever are told among eight at a time.
 */
import type { AuditEvent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentName } from '../agent-name.ts';
import { byteVolume } from '../facets/byte-volume.ts';
import { callRate } from '../facets/call-rate.ts';
import { dayTotal } from '../facets/day-total.ts';
import { denialRate } from '../facets/denial-rate.ts';
import { errorRate } from '../facets/error-rate.ts';
import { type Facet, type FacetAlarm, type FacetScore, WordedScore } from '../facets/facet.ts';
import { recordVolume } from '../facets/record-volume.ts';
import { taskLength } from '../facets/task-length.ts';
import { tokenVolume } from '../facets/token-volume.ts';
import { toolRate } from '../facets/tool-rate.ts';
import { type StoredVolume, storedDays } from '../facets/volume-state.ts';
import { knownOf } from '../kept/known-of-agent.ts';
import { BLOCKS_MIN } from '../volume/day-score.ts';
import { adoptEarlier } from './adopt-earlier.ts';
import { isChurning, workloadAndIssuer, workloadName, workloadUid } from './churned-uids.ts';
import { facetsOf } from './score-call.ts';

const VOLUMES: ReadonlySet<Facet> = new Set([
  callRate,
  toolRate,
  recordVolume,
  byteVolume,
  tokenVolume,
  denialRate,
  errorRate,
  taskLength,
  dayTotal,
]);
const CALLS = 'volume|call_rate';

export interface WorkloadScore {
  /** The call as one of its workload. */
  readonly event: AuditEvent;
  readonly facets: readonly FacetScore[];
}

/** A workload has no clock of its own by which it could be moved from where earlier versions kept it. */
const isUnknown = (draft: Draft, workload: AuditEvent) =>
  knownOf(draft, workload, CALLS) === undefined;

/** Whether it has no history of its own. */
export function isYoung(draft: Draft, event: AuditEvent): boolean {
  const stored = knownOf<StoredVolume>(draft, event, CALLS);
  return stored === undefined || storedDays(stored) < BLOCKS_MIN;
}

function asWorkload(draft: Draft, event: AuditEvent): AuditEvent {
  const workload = workloadAndIssuer(draft, event);
  const uid = workloadUid(workload);
  // What its agents do in one day is one burst, whatever chains it has.
  const chain = `${workload}|${event.event_time.slice(0, 10)}`;
  return {
    ...event,
    chain_id: chain,
    agent: { ...event.agent, uid, name: workloadName(workload) },
  };
}

function toldOf(alarm: FacetAlarm, event: AuditEvent, workload: AuditEvent): FacetAlarm {
  const who = agentName(event);
  const all = `Agents of ${workload.agent.uid.trimStart()} have no history of their own, so all of them are counted together, and peers were not compared.`;
  return {
    ...alarm,
    summary: `${alarm.summary} Its agents are counted together, as none has a history of its own; this call is ${who}’s.`,
    notVisible: [all, 'Which of its agents had how much of it is not told apart.'],
  };
}

/** As the workload's; undefined where less than days decides. */
function ofWorkload(
  score: FacetScore | null,
  event: AuditEvent,
  workload: AuditEvent,
): FacetScore | undefined {
  if (score?.alarm === undefined || score.baseline?.level !== 'agent') return undefined;
  const { facet, points, weight, day, alarm, baseline } = score;
  if (day === undefined && alarm.isOfDay !== true) return undefined;
  const told = {
    ...{ facet, points, weight },
    more: {
      day,
      alarm: toldOf(alarm, event, workload),
      baseline: { ...baseline, level: 'workload' },
    },
  };
  return new WordedScore(told, () => score.reasons.map((one) => ({ ...one, level: 'workload' })));
}

/** What alarms of a workload's volumes; undefined where the agent is judged by itself. */
export function scoreWorkload(draft: Draft, event: AuditEvent): WorkloadScore | undefined {
  if (event.agent.assurance === 'unresolved' || !isYoung(draft, event)) return undefined;
  if (!isChurning(draft, event)) return undefined;
  const workload = asWorkload(draft, event);
  if (isUnknown(draft, workload)) adoptEarlier(draft, workload, CALLS);
  const facets = facetsOf(event).flatMap((facet) => {
    if (!VOLUMES.has(facet)) return [];
    const one = ofWorkload(facet.score(draft, workload), event, workload);
    return one === undefined ? [] : [one];
  });
  return { event: workload, facets };
}

export function learnWorkload(draft: Draft, { event }: WorkloadScore, isFlagged: boolean): void {
  for (const facet of facetsOf(event)) {
    if (VOLUMES.has(facet)) facet.learn(draft, event, isFlagged);
  }
}
