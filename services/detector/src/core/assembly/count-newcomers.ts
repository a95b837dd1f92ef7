/**
 * Whether an agent without a history does what no agent of its workload did: the judgement of those whose every
 * run is a new uid. A tool with an effect that none of fifty sightings before its first day knew, where a new
 * one comes in one of fifty at most, is told: k tools in n sightings make the next a new one with probability
 * k / (n + k) (Witten, Bell 1991), as of one agent's own tools (`facets/value-novelty.ts`).
 *
 * By days of event time and counts, so that it is the same in whichever order the partitions' notes come. Only
 * of workloads that had new agents on several days: where all began together, and stay, one more agent with a
 * work of its own is nothing odd. Limit: what was told is not counted among what is usual.
 */
import { type Alert, allSources, epochMs, type PrivilegeStep } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { NEW_PROBABILITY_MAX } from '../facets/novelty-words.ts';
import { SETTLED_CALLS_MIN } from '../facets/value-novelty.ts';
import { effectDeed } from '../governance/finding.ts';
import { rememberInRing } from '../kept/remember-in-ring.ts';
import { NOTES } from '../profile/shared-note.ts';
import { noteAlert, revisedAlert, shortAgent } from './note-alert.ts';

/** Workloads of a partition whose new agents are counted; the oldest begins anew. */
export const NEWCOMERS_MAX = 1000;
/** Days on which a workload had new agents, of which each is counted; earlier ones together. */
const DAYS_MAX = 30;
/** Tools of a workload; with as many nothing is new. */
const TOOLS_MAX = 96;
/** Days with new agents before their work is judged. */
const CHURN_DAYS_MIN = 3;
const RING = 'newcomers';
const DAY_MS = 86_400_000;

interface Tool {
  readonly name: string;
  /** The earliest call of it, in how many agents it was sighted, and what was told. */
  readonly first: PrivilegeStep;
  readonly agents: number;
  readonly told?: Alert;
}

interface Workload {
  /** Of the days with sightings, the latest last: how many there were. */
  readonly days: readonly (readonly [day: number, sightings: number])[];
  readonly tools: readonly Tool[];
}

const dayOf = (step: PrivilegeStep) => Math.floor(epochMs(step.event_time) / DAY_MS);
/** A tool that only read is another than the same with an effect. */
const nameOf = ({ tool, activity }: PrivilegeStep) =>
  `${activity}|${tool?.server ?? ''}/${tool?.name ?? ''}`;

function isEarlier(a: PrivilegeStep, b: PrivilegeStep): boolean {
  const byTime = epochMs(a.event_time) - epochMs(b.event_time);
  return byTime !== 0 ? byTime < 0 : a.event_id < b.event_id;
}

function withDay(days: Workload['days'], day: number): Workload['days'] {
  const known = days.find(([one]) => one === day)?.[1] ?? 0;
  const all = [...days.filter(([one]) => one !== day), [day, known + 1] as const];
  const rising = all.sort(([a], [b]) => a - b);
  const beyond = rising.slice(0, Math.max(0, rising.length - DAYS_MAX + 1));
  if (beyond.length < 2) return rising;
  const [last] = beyond.at(-1) ?? [day];
  const together = beyond.reduce((sum, [, n]) => sum + n, 0);
  return [[last, together], ...rising.slice(beyond.length)];
}

function withTool(tools: readonly Tool[], step: PrivilegeStep): readonly Tool[] {
  const name = nameOf(step);
  const known = tools.find((one) => one.name === name);
  if (known === undefined) {
    return [...tools, { name, first: step, agents: 1 }].slice(-TOOLS_MAX);
  }
  const first = isEarlier(step, known.first) ? step : known.first;
  const now = { ...known, first, agents: known.agents + 1 };
  return tools.map((one) => (one === known ? now : one));
}

interface Usual {
  readonly sightings: number;
  readonly tools: number;
}

/** What its workload had before the day on which this tool came; undefined where that says nothing of it. */
function usualBefore({ days, tools }: Workload, { first }: Tool): Usual | undefined {
  const day = dayOf(first);
  const before = days.filter(([one]) => one < day);
  const sightings = before.reduce((sum, [, n]) => sum + n, 0);
  const known = tools.filter((one) => one.told === undefined && dayOf(one.first) < day).length;
  if (before.length < CHURN_DAYS_MIN || sightings < SETTLED_CALLS_MIN) return undefined;
  if (tools.length >= TOOLS_MAX) return undefined;
  return known / (sightings + known) <= NEW_PROBABILITY_MAX
    ? { sightings, tools: known }
    : undefined;
}

function describe({ first, agents }: Tool, usual: Usual, about: string, at: string): Alert {
  const who = shortAgent(first.agent_uid);
  const from = about.slice('newcomers/'.length);
  const what = `${effectDeed(first.effect)} by ${first.tool?.name ?? 'a tool'}`;
  const alert = noteAlert({
    kind: 'behavior_deviation',
    ruleId: 'workload-first-tool',
    severity: 'medium',
    alertKey: `${about}|${nameOf(first)}`,
    causeKey: about,
    subject: first,
    evidence: [[first, 'first_of_workload']],
    count: agents,
    title: `${who} ${what}, which no agent of its workload did`,
    summary: `${who}, which has no history of its own, ${what} at ${first.event_time.slice(0, 19).replace('T', ' ')} UTC. Agents from ${from} had called ${usual.tools} tools in ${usual.sightings} sightings before that day, and not this one. ${agents === 1 ? 'One agent does' : `${agents} agents do`} so now.`,
    expected: `one of ${usual.tools} tools that agents from ${from} call`,
    observed: `${first.tool?.name ?? 'a tool'}, new to all of them`,
    notVisible: ['Whether these agents are one under many names is not visible.'],
    taxonomy: { owasp: ['ASI02'] },
    detectedAt: at,
  });
  const sources = allSources([first.source]);
  return {
    ...alert,
    reasons: alert.reasons.map((one) => ({
      ...one,
      threshold_source: 'learned' as const,
      level: 'workload',
      baseline_n: usual.sightings,
      p_value: usual.tools / (usual.sightings + usual.tools),
    })),
    ...(sources === undefined ? {} : { sources: [...sources] }),
  };
}

/** The tool's alert to tell: new, about an earlier call, or of twice as many agents. */
function revision(last: Alert | undefined, fresh: Alert): Alert | undefined {
  if (last === undefined) return fresh;
  const isSame = last.subject.agent_uid === fresh.subject.agent_uid;
  return isSame && fresh.count < last.count * 2 ? undefined : revisedAlert(last, fresh);
}

/** Those of which something is to be told: the one that was called, and after a late note the others too. */
function judged(workload: Workload, step: PrivilegeStep): readonly Tool[] {
  const name = nameOf(step);
  const isLate = workload.days.some(([day]) => day > dayOf(step));
  return workload.tools.filter(
    (one) =>
      one.first.activity === NOTES.newcomerActs &&
      (one.name === name || (isLate && one.told === undefined)),
  );
}

export function countNewcomer(draft: Draft, step: PrivilegeStep, at: string): readonly Alert[] {
  const about = step.workload ?? '';
  const key = `newcomers/${JSON.stringify([step.tenant_id, about])}`;
  const before = draft.get<Workload>(key);
  if (before === undefined) rememberInRing(draft, RING, key, NEWCOMERS_MAX);
  const days = withDay(before?.days ?? [], dayOf(step));
  const workload = { days, tools: withTool(before?.tools ?? [], step) };
  const told = new Map<string, Alert>();
  for (const tool of judged(workload, step)) {
    const usual = usualBefore(workload, tool);
    if (usual === undefined) continue;
    const alert = revision(tool.told, describe(tool, usual, about, at));
    if (alert !== undefined) told.set(tool.name, alert);
  }
  const tools = workload.tools.map((one) => {
    const alert = told.get(one.name);
    return alert === undefined ? one : { ...one, told: alert };
  });
  draft.put(key, { days, tools } satisfies Workload);
  return [...told.values()];
}
