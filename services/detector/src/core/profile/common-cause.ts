/**
 * What many agents alarm on at once is one thing that happened to them, not as many: a dependency that is
 * down makes all who call it try again, a tool that was rolled out is new to each, a release does more than
 * the one before, a gateway tells everything twice. From the third agent on within an hour it is one alert, whose
 * subject is the cause (the system, the release or model, the source) and which lists the agents; the alerts
 * of each are listed beside it and not queued, those of the first two from then on. Together they take one
 * place of the budget; else the outage of one system would buy silence for what another agent does.
 *
 * What comes again within a week of agents that it had goes on in its alert, and names those of this time
 * (`cause-members.ts`); it is told once a day, and who happens to be the first of them waits for the others
 * (`cause-rounds.ts`).
 *
 * Each agent keeps its alert, because one of them may have another reason: what becomes graver, comes again in
 * other work a day later, or goes on when the others have been silent for four hours, queues by itself (what was silent
 * like them, once an hour has shown that none follows), unless it is a tool that was given to many (`roll-out.ts`).
 * What is new and can't be undone takes no part (`held-back.ts`).
 * Alike is what one rule says, or several of one thing, and no graver than the others (`likeness.ts`); what is graver on
 * the same system queues by itself, and each of the two names the other. A source must
 * show six agents, since most fleets have few of them, and explains no act that is sensitive or goes outside. Limit: a partition sees its own agents only, so a cause is an
 * alert of each partition that has three of its agents; all of a day are one incident, with their parts.
 */
import {
  type Alert,
  type AuditEvent,
  assuranceAtLeast,
  epochMs,
  severityAtLeast,
  shortPrint,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { FacetAlarm } from '../facets/facet.ts';
import { shorten } from '../short-text.ts';
import { type Asking, countHeld, takeRoom } from './alert-budget.ts';
import { AGENTS_MIN, besideCause, type Cause, causeAlert, revisedCause } from './cause-alert.ts';
import { membersWith, partsOf, supersededWith, toTell } from './cause-members.ts';
import { scheduleCause } from './cause-rounds.ts';
import {
  type Beside,
  besideOf,
  COMMON_AGENTS_MAX,
  type Common,
  commonKey,
  formerCause,
  keepCause,
  levelNow,
  noteBeside,
  OPEN_MS,
  openCause,
  recentCause,
  weightOf,
} from './kept-causes.ts';
import {
  isWithin,
  levelOf,
  likenessOf,
  likenessOfSource,
  printsOfTool,
  type Weight,
} from './likeness.ts';
import type { Tracked } from './merge-alert.ts';
import { releasedOf } from './released.ts';
import { toldAs } from './told-alert.ts';

/** Alerts that a cause names and that are no part of it. */
const APART_MAX = 4;
const APART_LENGTH_MAX = 240;
const WITHIN_MS = 3_600_000;

export interface CommonCause {
  /** Of what is part of a cause: which, where that is kept, and how far from the usual a part is at most. */
  readonly part?: {
    readonly alertId: string;
    readonly incidentId: string;
    readonly cause: readonly [key: string, most: number];
  };
  /** Of what is no part of the cause that was told of the same at the same time: that, in words. */
  readonly apart?: string;
  /** What is told beside the agent's own alert: the cause, and the earlier ones that are part of it. */
  readonly told: readonly Alert[];
}

export interface Alike {
  readonly alarm: FacetAlarm;
  readonly alert: Alert;
  /** Where the alert will be kept. */
  readonly trackedKey: string;
  /** Who asks for a place in the budget. */
  readonly asking: Asking;
  /** The cause of which it was part until its other agents fell silent. */
  readonly left?: string | undefined;
}

/** Names that cost nothing have nothing in common with others. */
function candidatesOf(draft: Draft, event: AuditEvent, alarm: FacetAlarm): readonly Cause[] {
  const { tool, target, agent, source } = event;
  const trust = assuranceAtLeast(agent.assurance, 'authenticated') ? 'proven' : 'asserted';
  const likeness = likenessOf(event, alarm);
  const of = (what: Cause['what'], name: string | undefined, like = likeness): readonly Cause[] => {
    if (name === undefined || name === '') return [];
    const about = `${trust}|${what}|${name}`;
    return [{ what, name, print: shortPrint(`${like}|${about}`), about: shortPrint(about) }];
  };
  const ofSource = likenessOfSource(event, alarm);
  return [
    ...of('system', tool?.server ?? target?.system ?? tool?.name),
    ...of('release', releasedOf(draft, event)),
    ...(ofSource === undefined ? [] : of('source', source.instance, ofSource)),
  ];
}

function weightNow({ alarm, alert }: Alike): Weight {
  return { agent: alert.subject.agent_uid, severity: alert.severity, times: alarm.times ?? 1 };
}

/** Alerts of others within the hour of which this says something, and that are part of no cause, or wait for its others. */
function near(draft: Draft, tenant: string, print: string, { alert, trackedKey }: Alike) {
  const ms = epochMs(alert.detected_at);
  return besideOf(draft, tenant).flatMap((beside) => {
    const [prints, , at, key] = beside;
    if (key === trackedKey || !prints.includes(print) || Math.abs(ms - at) > WITHIN_MS) return [];
    const tracked = draft.get<Tracked>(key);
    const isFree = tracked?.part === undefined || tracked.waits !== undefined;
    return isFree ? [{ beside, tracked }] : [];
  });
}

/** What is part of another cause has its cause: a wider one that it also fits says nothing. */
function found(draft: Draft, tenant: string, cause: Cause, of: Alike) {
  const ms = epochMs(of.alert.detected_at);
  const open = openCause(draft, tenant, cause, { ms, left: of.left });
  const own = weightNow(of);
  const weighed = near(draft, tenant, cause.print, of).map(({ beside }) => ({
    beside,
    weights: weightOf(draft, beside[1], beside[3]),
  }));
  const all = [...weighed.flatMap(({ weights }) => weights), own];
  const level = open === undefined ? levelOf(all, AGENTS_MIN[cause.what]) : levelNow(draft, open);
  const same = weighed.flatMap(({ beside, weights }) =>
    weights.every((one) => isWithin(one, level)) ? [beside] : [],
  );
  const agents = new Set([...same.map(([, uid]) => uid), own.agent]);
  const isMany = open !== undefined || agents.size >= AGENTS_MIN[cause.what];
  const former = open === undefined ? formerCause(draft, tenant, cause, { ms, agents }) : undefined;
  return { cause, open, former, same, level, isPart: isMany && isWithin(own, level) };
}

type Found = ReturnType<typeof found>;

const apartWords = ({ alert_id: id, summary }: Alert) =>
  `${shorten(summary, APART_LENGTH_MAX)} (${id})`;

/** What is told at the same time of the same, and is no part of it. */
function apartFrom(
  draft: Draft,
  tenant: string,
  { cause, same }: Found,
  of: Alike,
): readonly string[] {
  const others = near(draft, tenant, cause.about, of).flatMap(({ beside, tracked }) =>
    tracked === undefined || tracked.waits !== undefined || same.includes(beside)
      ? []
      : [apartWords(tracked.alert)],
  );
  return others.slice(-APART_MAX);
}

/** The earlier alerts become parts: listed, and no longer queued. */
function demoted(
  draft: Draft,
  same: readonly Beside[],
  { alertId, incidentId, cause }: CommonCause['part'] & object,
  at: string,
): readonly Alert[] {
  return same.flatMap(([, , , key]) => {
    const tracked = draft.get<Tracked>(key);
    if (tracked === undefined) return [];
    const { apart: _, waits, ...others } = tracked;
    const { alert } = others;
    if (tracked.part !== undefined && waits === undefined) return [];
    if (tracked.part === alertId) {
      // It waited for this cause: of what it is nothing changes.
      const still: Tracked = { ...others, cause };
      draft.put(key, still);
      return [];
    }
    const revision = alert.revision + 1;
    const revised = { ...alert, revision, incident_id: incidentId, detected_at: at };
    const next: Tracked = { ...others, alert: revised, part: alertId, cause };
    draft.put(key, next);
    return [toldAs(next)];
  });
}

/** Whether this agent is told of at once: the cause never had it, or becomes graver. What only comes again waits. */
function isNews(
  { open, former }: Found,
  uid: string,
  { now, before }: { readonly now: Alert; readonly before: Alert },
): boolean {
  const { agents = [], earlier } = open ?? former ?? {};
  const isKnown = agents.includes(uid) || earlier?.agents.includes(uid) === true;
  const isFull = agents.length >= COMMON_AGENTS_MAX;
  const isGraver =
    now.severity !== before.severity && severityAtLeast(now.severity, before.severity);
  return isGraver || (!isKnown && !isFull);
}

/** The alert about the cause with this agent in it, and what else changes. */
function joined(draft: Draft, event: AuditEvent, looked: Found, of: Alike): CommonCause {
  const { tenant_id: tenant } = event;
  const { cause, open, former, same, level } = looked;
  const { alert } = of;
  const own = { uid: alert.subject.agent_uid, key: of.trackedKey };
  const members = membersWith(looked, same, own);
  const earlier = same.flatMap(([, , , key]) => draft.get<Tracked>(key)?.alert ?? []);
  const first = open?.first ?? (earlier[0] ?? alert).summary;
  const apart = open?.apart ?? apartFrom(draft, tenant, looked, of);
  const next = { cause, ...members, first, apart };
  const words = toTell(draft, next, of);
  const before = (open ?? former)?.alert;
  const now =
    open === undefined || open.earlier !== undefined
      ? causeAlert(cause, [...(open ? partsOf(draft, open) : earlier), alert], words, before)
      : revisedCause(cause, open.alert, alert, words);
  const { alert_id: alertId, incident_id: incidentId } = now;
  const part = { alertId, incidentId, cause: [commonKey(tenant, cause), level.times] } as const;
  const parts = demoted(draft, same, part, alert.detected_at);
  const ids = parts.map((one) => one.alert_id);
  const isTold = before === undefined || isNews(looked, own.uid, { now, before });
  const told = { ...(isTold ? now : before), ...supersededWith(looked, ids) };
  const held = open === undefined ? placeOf(draft, event, alertId, of) : (open.held ?? {});
  const lastMs = epochMs(alert.detected_at);
  const common = { ...next, alert: told, lastMs, held };
  keepCause(draft, tenant, common);
  if (former !== undefined) scheduleCause(draft, tenant, common);
  const ownFirst = isTold ? [toldAs({ alert: told, emittedCount: 1, ...held })] : [];
  return { part, told: [...ownFirst, ...parts] };
}

/** The cause takes one place of the budget; without one it is listed as held back. */
function placeOf(
  draft: Draft,
  event: AuditEvent,
  id: string,
  { asking }: Alike,
): Common['held'] & object {
  const of = { ...asking, cause: `cause|${id}` };
  const spent = takeRoom(draft, event, of);
  return spent === undefined ? {} : { held: countHeld(draft, event, of), spent };
}

/** What is graver than a cause of the same, or another thing: both say so, since whoever looks at one must see the other. */
function apart(
  draft: Draft,
  { tenant_id: tenant }: AuditEvent,
  abouts: readonly string[],
  { alert }: Alike,
): CommonCause | undefined {
  const ms = epochMs(alert.detected_at);
  const recent = recentCause(draft, tenant, { abouts, ms, within: OPEN_MS });
  const known = recent && draft.get<Common>(recent[1]);
  // Nobody looks again at what was found wrong.
  if (known === undefined || known.isAnswered) return undefined;
  const said = apartWords(alert);
  const next = { ...known, apart: [...known.apart, said].slice(-APART_MAX) };
  const told = besideCause(known.cause, known.alert, alert.detected_at, toTell(draft, next));
  keepCause(draft, tenant, { ...next, alert: told });
  const { alert_id: id, title } = known.alert;
  return {
    apart: `It is no part of what agents alarmed on alike at the same time (“${title}”, ${id}): it is another thing, or far graver.`,
    told: [toldAs({ alert: told, emittedCount: 1, ...known.held })],
  };
}

/** Notes an alert; what it has in common with those of other agents, where they are many. */
export function commonCause(draft: Draft, event: AuditEvent, of: Alike): CommonCause | undefined {
  const { alarm, alert, trackedKey } = of;
  const { tenant_id: tenant } = event;
  const candidates = candidatesOf(draft, event, alarm);
  const looked = candidates.map((cause) => found(draft, tenant, cause, of));
  const chosen =
    looked.find(({ open, isPart }) => open !== undefined && isPart) ??
    looked.find(({ isPart }) => isPart);
  noteBeside(draft, tenant, [
    [...candidates.flatMap(({ print, about }) => [print, about]), ...printsOfTool(event, alarm)],
    event.agent.uid,
    epochMs(alert.detected_at),
    trackedKey,
  ]);
  if (chosen !== undefined) return joined(draft, event, chosen, of);
  // Nothing is told of others at the same time: they are silent.
  if (of.left !== undefined) return undefined;
  const abouts = candidates.map(({ about }) => about);
  return apart(draft, event, abouts, of);
}
