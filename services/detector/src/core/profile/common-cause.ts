/**
 * What many agents alarm on at once is one thing that happened to them, not as many: a dependency that is
 * down makes all who call it try again, a tool that was rolled out is new to each, a release does more than
 * the one before, a gateway tells everything twice. From the third agent on within an hour it is one alert, whose
 * subject is the cause (the system, the release or model, the source) and which lists the agents; the alerts
 * of each are listed beside it and not queued, those of the first two from then on. Together they take one
 * place of the budget; else the outage of one system would buy silence for what another agent does.
 *
 * Each agent keeps its alert, because one of them may have another reason: what becomes graver, or comes again in
 * other work a day later, queues by itself. What is new and can't be undone takes no part (`held-back.ts`).
 * Alike is what one rule says, or several of one thing (`alike`: more than ever, something new). A source must
 * show six agents, since most fleets have few of them. Limit: a partition sees its own agents only, so a cause is an
 * alert of each partition that has three of its agents.
 */
import {
  type Alert,
  type AuditEvent,
  alertId,
  assuranceAtLeast,
  epochMs,
  severityAtLeast,
  shortPrint,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { FacetAlarm } from '../facets/facet.ts';
import { counted, shorten, shortName } from '../short-text.ts';
import { type Asking, countHeld, takeRoom } from './alert-budget.ts';
import { weakest } from './decisive-assurance.ts';
import type { Tracked } from './merge-alert.ts';
import { releasedOf } from './released.ts';
import { toldAs } from './told-alert.ts';

/** Latest alerts of a tenant that are held beside each other. */
const BESIDE_MAX = 64;
/** Agents of one cause that are listed; of the rest there is the count. */
export const COMMON_AGENTS_MAX = 64;
const NAMED_MAX = 12;
const EVIDENCE_MAX = 16;
const TITLE_LENGTH_MAX = 90;
const NAME_LENGTH_MAX = 48;
const WITHIN_MS = 3_600_000;
/** How long after the last of its agents another one is of the same cause still. */
const OPEN_MS = 4 * WITHIN_MS;
/** Agents that make it many. */
const AGENTS_MIN = { system: 3, release: 3, source: 6 } as const;

interface Candidate {
  readonly what: keyof typeof AGENTS_MIN;
  readonly name: string;
  readonly print: string;
}

/** Of an alert: what its cause may be, agent, when, and where it is kept. */
type Beside = readonly [prints: readonly string[], agent: string, ms: number, trackedKey: string];

/** A cause that was told. */
interface Common {
  readonly alert: Alert;
  readonly agents: readonly string[];
  readonly lastMs: number;
  /** For want of a place in the budget it is listed only. */
  readonly held?: Pick<Tracked, 'held' | 'spent'>;
}

export interface CommonCause {
  /** The alert about the cause, of which the agent's own is a part. */
  readonly alertId: string;
  readonly incidentId: string;
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
}

/** Names that cost nothing have nothing in common with others. */
function candidatesOf(draft: Draft, event: AuditEvent, alarm: FacetAlarm): readonly Candidate[] {
  const { tool, target, agent, source } = event;
  const trust = assuranceAtLeast(agent.assurance, 'authenticated') ? 'proven' : 'asserted';
  const of = (what: Candidate['what'], name: string | undefined): readonly Candidate[] => {
    if (name === undefined || name === '') return [];
    const print = shortPrint(`${alarm.alike ?? alarm.ruleId}|${trust}|${what}|${name}`);
    return [{ what, name, print }];
  };
  return [
    ...of('system', tool?.server ?? target?.system ?? tool?.name),
    ...of('release', releasedOf(draft, event)),
    ...of('source', source.instance),
  ];
}

const WORDS: Readonly<Record<Candidate['what'], string>> = {
  system: 'work with',
  release: 'came to',
  source: 'are told of by',
};

function namesOf(agents: readonly string[]): string {
  const names = agents.slice(0, NAMED_MAX).map((uid) => shorten(shortName(uid), NAME_LENGTH_MAX));
  const rest = agents.length - names.length;
  return rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ');
}

function evidenceOf(parts: readonly Alert[]): Alert['evidence'] {
  return parts.flatMap(({ evidence }) => evidence.slice(0, 1)).slice(0, EVIDENCE_MAX);
}

/** How it is told of so many agents; `first`: the earliest of what is part of it. */
function wordsOf(cause: Candidate, agents: readonly string[], first: Alert) {
  const name = shorten(cause.name, NAME_LENGTH_MAX);
  const summary = `Within hours ${counted(agents.length, 'agent')} that ${WORDS[cause.what]} ${name} alarmed alike, so it is told once, about what they have in common: ${namesOf(agents)}. Of the first: ${first.summary}`;
  return {
    title: shorten(`${name}: ${agents.length} agents alarm alike`, TITLE_LENGTH_MAX),
    summary: shorten(summary, 2000),
    reasons: [
      {
        feature: 'common_cause',
        text: `${counted(agents.length, 'agent')} that ${WORDS[cause.what]} ${name} within hours.`,
        expected: `fewer than ${AGENTS_MIN[cause.what]} agents alarm alike within an hour`,
        observed: counted(agents.length, 'agent'),
        threshold: AGENTS_MIN[cause.what],
        threshold_source: 'static' as const,
      },
      ...first.reasons.slice(0, 4),
    ],
  };
}

function causeAlert(cause: Candidate, parts: readonly Alert[], agents: readonly string[]): Alert {
  const [first] = parts;
  if (first === undefined) throw new Error('A common cause was told, and nothing is part of it.');
  const { tenant_id: tenantId, kind, incident_id } = first;
  const last = parts.at(-1) ?? first;
  const worst = parts.reduce((a, b) => (severityAtLeast(b.severity, a.severity) ? b : a));
  const { baseline: _, sources: __, origins: ___, ...rest } = first;
  const times = parts.map((one) => one.last_event_time);
  const assurances = parts.map((one) => one.decisive_assurance ?? 'unresolved');
  return {
    ...rest,
    alert_id: alertId({
      tenantId,
      kind,
      ruleId: 'common-cause',
      alertKey: `${cause.print}|${first.alert_id}`,
    }),
    ...{ revision: 1, incident_id, rule_id: 'common-cause', count: agents.length },
    severity: worst.severity,
    evaluable: parts.every((one) => one.evaluable),
    score: Math.max(...parts.map((one) => one.score)),
    subject: { agent_uid: cause.name },
    subject_class: 'unknown',
    last_event_time: times.sort().at(-1) ?? first.last_event_time,
    first_detected_at: last.detected_at,
    detected_at: last.detected_at,
    ...wordsOf(cause, agents, first),
    evidence: evidenceOf(parts),
    not_visible: ['Whether one of them has another reason is not known: see the alerts of each.'],
    decisive_assurance: assurances.reduce(weakest),
  };
}

/** The earlier alerts become parts: listed, and no longer queued. */
function demoted(
  draft: Draft,
  same: readonly Beside[],
  part: string,
  incidentId: string,
): readonly Alert[] {
  return same.flatMap(([, , , key]) => {
    const tracked = draft.get<Tracked>(key);
    if (tracked === undefined || tracked.part !== undefined) return [];
    const { alert } = tracked;
    const revised = { ...alert, revision: alert.revision + 1, incident_id: incidentId };
    const next: Tracked = { ...tracked, alert: revised, part };
    draft.put(key, next);
    return [toldAs(next)];
  });
}

/** Not under the name of earlier versions, which kept other things of them. */
const besideKey = (tenant: string) => `alike|${tenant}`;
const commonKey = (tenant: string, { print }: Candidate) => `common|${tenant}|${print}`;

function noteBeside(draft: Draft, tenant: string, own: Beside): void {
  const all = draft.get<readonly Beside[]>(besideKey(tenant)) ?? [];
  draft.put(besideKey(tenant), [...all, own].slice(-BESIDE_MAX));
}

/** What is part of another cause has its cause: a wider one that it also fits says nothing. */
function found(draft: Draft, event: AuditEvent, cause: Candidate, ms: number) {
  const { tenant_id: tenant, agent } = event;
  const isNear = (at: number) => Math.abs(ms - at) <= WITHIN_MS;
  const known = draft.get<Common>(commonKey(tenant, cause));
  const open = known !== undefined && Math.abs(ms - known.lastMs) <= OPEN_MS ? known : undefined;
  const same = (draft.get<readonly Beside[]>(besideKey(tenant)) ?? []).filter(
    ([prints, , at, key]) =>
      prints.includes(cause.print) && isNear(at) && draft.get<Tracked>(key)?.part === undefined,
  );
  const agents = new Set([...same.map(([, uid]) => uid), agent.uid]);
  const isMany = open !== undefined || agents.size >= AGENTS_MIN[cause.what];
  return { cause, open, same, isMany };
}

type Found = ReturnType<typeof found>;

/** The alert about the cause with this agent in it, and what else changes. */
function joined(
  draft: Draft,
  event: AuditEvent,
  { cause, open, same }: Found,
  of: Alike,
): CommonCause {
  const { alert } = of;
  const uid = event.agent.uid;
  const before = open?.agents ?? [
    ...new Set(same.map(([, one]) => one).filter((one) => one !== uid)),
  ];
  const agents = before.includes(uid) ? before : [...before, uid].slice(0, COMMON_AGENTS_MAX);
  const earlier = same.flatMap(([, , , key]) => draft.get<Tracked>(key)?.alert ?? []);
  const fresh = causeAlert(
    cause,
    open === undefined ? [...earlier, alert] : [open.alert, alert],
    agents,
  );
  const incidentId = open?.alert.incident_id ?? fresh.incident_id;
  const now =
    open === undefined ? fresh : revisedCause(open.alert, fresh, { cause, agents, alert });
  const id = now.alert_id;
  const parts = demoted(draft, same, id, incidentId);
  const supersedes = [...(open?.alert.supersedes ?? []), ...parts.map((one) => one.alert_id)];
  const isTold =
    open === undefined ||
    agents.length > open.agents.length ||
    now.severity !== open.alert.severity;
  const told = isTold ? { ...now, ...(supersedes.length === 0 ? {} : { supersedes }) } : open.alert;
  const held = open === undefined ? placeOf(draft, event, id, of) : (open.held ?? {});
  const lastMs = epochMs(alert.detected_at);
  draft.put(commonKey(event.tenant_id, cause), {
    alert: told,
    agents,
    lastMs,
    held,
  } satisfies Common);
  const first = isTold ? [toldAs({ alert: told, emittedCount: 1, ...held })] : [];
  return { alertId: id, incidentId, told: [...first, ...parts] };
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

function revisedCause(
  open: Alert,
  fresh: Alert,
  { cause, agents, alert }: { cause: Candidate; agents: readonly string[]; alert: Alert },
): Alert {
  const { alert_id, revision, first_detected_at, first_event_time, evidence, reasons, summary } =
    open;
  const [, told = ''] = summary.split(' Of the first: ');
  const first = { ...open, summary: told, reasons: reasons.slice(1) };
  return {
    ...fresh,
    ...{ alert_id, revision: revision + 1, first_detected_at, first_event_time },
    ...wordsOf(cause, agents, first),
    evidence: [...evidence, ...alert.evidence.slice(0, 1)].slice(0, EVIDENCE_MAX),
  };
}

/** Notes a new alert; what it has in common with those of other agents, where they are many. */
export function commonCause(draft: Draft, event: AuditEvent, of: Alike): CommonCause | undefined {
  const { alarm, alert, trackedKey } = of;
  const ms = epochMs(alert.detected_at);
  const candidates = candidatesOf(draft, event, alarm);
  const looked = candidates.map((cause) => found(draft, event, cause, ms));
  const chosen =
    looked.find(({ open }) => open !== undefined) ?? looked.find(({ isMany }) => isMany);
  noteBeside(draft, event.tenant_id, [
    candidates.map(({ print }) => print),
    event.agent.uid,
    ms,
    trackedKey,
  ]);
  return chosen === undefined ? undefined : joined(draft, event, chosen, of);
}
