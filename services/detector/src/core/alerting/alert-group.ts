/**
 * What many agents alarm on at once is one alert, whose subject is the cause; the agents' own are inhibited. Open
 * for a week.
 */
import {
  type Alert,
  type AuditEvent,
  alertId,
  epochMs,
  incidentId,
  type RegistryAgent,
  severityAtLeast,
  shortPrint,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { DAY_MS, HOUR_MS, laterTime } from '../domain/day.ts';
import { weakerAssurance } from '../domain/decisive-assurance.ts';
import { releasedOf } from '../state/agent/declarations.ts';
import {
  type CauseInCommon,
  GROUP_UNSEEN,
  groupReasonWords,
  groupWords,
} from '../wording/groups-and-budget.ts';
import { type Alarm, EVIDENCE_MAX } from './alarm.ts';
import { type Asking, takePlace } from './budget.ts';
import { asReported, type TrackedAlert } from './revise.ts';
import { nextRevision } from './standing-alert.ts';

const AGENTS_MIN = 3;
const OPEN_MS = 4 * HOUR_MS;
const REOPENS_MS = 7 * DAY_MS;
const RECENT_MAX = 64;
const MEMBERS_MAX = 64;

type Recent = readonly [causes: readonly string[], agent: string, ms: number, key: string];

interface SharedCause extends CauseInCommon {
  readonly print: string;
}

interface AlertGroup {
  readonly alert: Alert;
  readonly cause: SharedCause;
  readonly agents: readonly string[];
  readonly keys: readonly string[];
  readonly lastMs: number;
  readonly state: TrackedAlert['state'];
  readonly by?: string;
}

interface Member {
  readonly alert: Alert;
  readonly key: string;
  readonly alarm: Alarm;
  readonly registered: RegistryAgent | undefined;
  readonly asking: Asking;
}

interface Grouped {
  readonly alertId: string;
  readonly incidentId: string;
  readonly reported: readonly Alert[];
}

/** The same kind of alarm on the same system or after the same release, with an effect and data as sensitive. */
function causesOf(
  transaction: Transaction,
  event: AuditEvent,
  { alarm: { ruleId, grouping }, registered }: Member,
): readonly SharedCause[] {
  const { tool, target, effect } = event;
  const alike = `${grouping?.alike ?? ruleId}|${effect === 'send' ? effect : ''}|${target?.sensitivity ?? ''}`;
  const role = registered?.role ?? registered?.class;
  const causes = [
    ['system', tool?.server ?? target?.system ?? tool?.name, alike],
    ['release', releasedOf(transaction, event), alike],
    ['role', grouping?.spanMs === undefined ? undefined : role, 'amounts'],
  ] as const;
  return causes.flatMap(([what, name, of]) =>
    name === undefined ? [] : [{ what, name, print: shortPrint(`${of}|${what}|${name}`) }],
  );
}

const spanOf = ({ grouping }: Alarm) => Math.max(HOUR_MS, grouping?.spanMs ?? 0);

const groupKey = (tenant: string, { print }: SharedCause) => `group|${tenant}|${print}`;
const recentKey = (tenant: string) => `recent|${tenant}`;

/** The open group of this cause and agent. */
function openGroup(
  transaction: Transaction,
  tenant: string,
  cause: SharedCause,
  { alert, alarm }: Member,
) {
  const known = transaction.get<AlertGroup>(groupKey(tenant, cause));
  if (known === undefined || known.state === 'silenced') return undefined;
  if (!severityAtLeast(known.alert.severity, alert.severity)) return undefined;
  const since = Math.abs(epochMs(alert.detected_at) - known.lastMs);
  const isMember = known.agents.includes(alert.subject.agent_uid);
  return since <= (isMember ? REOPENS_MS : Math.max(OPEN_MS, spanOf(alarm))) ? known : undefined;
}

function groupAlert(
  cause: SharedCause,
  members: readonly Alert[],
  agents: readonly string[],
  at: string,
): Alert {
  const [first] = members;
  if (first === undefined) throw new Error('An alert group has no members.');
  const { tenant_id: tenantId, kind } = first;
  const { baseline: _, sources: __, origins: ___, ...rest } = first;
  const worst = members.reduce((a, b) => (severityAtLeast(b.severity, a.severity) ? b : a));
  return {
    ...rest,
    alert_id: alertId({
      tenantId,
      kind,
      ruleId: 'common-cause',
      alertKey: `${cause.print}|${first.alert_id}`,
    }),
    ...{ revision: 1, rule_id: 'common-cause', count: agents.length },
    incident_id: incidentId(tenantId, `common|${cause.what}|${cause.name}|${at.slice(0, 10)}`),
    severity: worst.severity,
    evaluable: members.every((one) => one.evaluable),
    subject: { agent_uid: cause.name },
    subject_class: 'unknown',
    first_detected_at: at,
    detected_at: at,
    ...groupWords(cause, agents, first.summary),
    reasons: [
      {
        feature: 'common_cause',
        ...groupReasonWords(cause, { agents: agents.length, fewest: AGENTS_MIN }),
        threshold: AGENTS_MIN,
        threshold_source: 'static',
      },
      ...first.reasons.slice(0, 4),
    ],
    evidence: members.flatMap(({ evidence }) => evidence.slice(0, 1)).slice(0, EVIDENCE_MAX),
    not_visible: [GROUP_UNSEEN],
    decisive_assurance: members
      .map((one) => one.decisive_assurance ?? 'unresolved')
      .reduce(weakerAssurance),
  };
}

function inhibit(
  transaction: Transaction,
  keys: readonly string[],
  group: Alert,
): readonly Alert[] {
  return keys.flatMap((key) => {
    const tracked = transaction.get<TrackedAlert>(key);
    if (tracked === undefined || tracked.state === 'inhibited') return [];
    const { alert_id: by, incident_id, detected_at } = group;
    const alert = nextRevision(tracked.alert, { incident_id, detected_at });
    const next: TrackedAlert = { ...tracked, alert, state: 'inhibited', by };
    transaction.put(key, next);
    return [asReported(next)];
  });
}

function begin(
  transaction: Transaction,
  tenant: string,
  cause: SharedCause,
  { others, member }: { readonly others: readonly Recent[]; readonly member: Member },
): Grouped {
  const { alert, key, asking } = member;
  const keys = [...new Set([...others.map(([, , , one]) => one), key])].slice(-MEMBERS_MAX);
  const agents = [...new Set([...others.map(([, uid]) => uid), alert.subject.agent_uid])];
  const known = keys.flatMap((one) => transaction.get<TrackedAlert>(one)?.alert ?? []);
  const whole = groupAlert(cause, [...known, alert], agents, alert.detected_at);
  const by = takePlace(transaction, { ...asking, taker: `group|${cause.print}` });
  const state = by === undefined ? 'active' : 'throttled';
  const parts = inhibit(transaction, keys, whole);
  const superseded = parts.map((one) => one.alert_id);
  const named = superseded.length === 0 ? whole : { ...whole, supersedes: superseded };
  const group: AlertGroup = {
    ...{ alert: named, cause, agents, keys, lastMs: epochMs(alert.detected_at), state },
    ...(by === undefined ? {} : { by }),
  };
  return keep(transaction, tenant, group, [reportGroup(group), ...parts]);
}

const reportGroup = ({ alert, state, by }: AlertGroup): Alert =>
  asReported({
    ...{ alert, state, amounts: [], reported: { count: 1, amounts: [], day: '', led: [] } },
    ...(by === undefined ? {} : { by }),
  });

function keep(
  transaction: Transaction,
  tenant: string,
  group: AlertGroup,
  reported: readonly Alert[],
): Grouped {
  transaction.put(groupKey(tenant, group.cause), group);
  const { alert_id: id, incident_id: incident } = group.alert;
  return { alertId: id, incidentId: incident, reported };
}

/** With one more member; reported for a new agent or on another day. */
function join(
  transaction: Transaction,
  tenant: string,
  group: AlertGroup,
  { alert, key }: Member,
): Grouped {
  const uid = alert.subject.agent_uid;
  const isNew = !group.agents.includes(uid) && group.agents.length < MEMBERS_MAX;
  const isAnotherDay = group.alert.detected_at.slice(0, 10) !== alert.detected_at.slice(0, 10);
  const agents = isNew ? [...group.agents, uid] : group.agents;
  const next = {
    ...group,
    agents,
    keys: [...group.keys.filter((one) => one !== key), key].slice(-MEMBERS_MAX),
    lastMs: Math.max(group.lastMs, epochMs(alert.detected_at)),
  };
  if (!isNew && !isAnotherDay) return keep(transaction, tenant, next, []);
  const { evidence, reasons } = group.alert;
  const revised = nextRevision(group.alert, {
    detected_at: alert.detected_at,
    last_event_time: laterTime(group.alert.last_event_time, alert.last_event_time),
    count: agents.length,
    ...groupWords(group.cause, agents, reasons[1]?.text ?? group.alert.summary),
    evidence: [...alert.evidence.slice(0, 1), ...evidence].slice(0, EVIDENCE_MAX),
  });
  const revisedGroup = { ...next, alert: revised };
  return keep(transaction, tenant, revisedGroup, [reportGroup(revisedGroup)]);
}

/** The group that an alert is part of, and what is reported of it. */
export function groupOf(
  transaction: Transaction,
  event: AuditEvent,
  member: Member,
): Grouped | undefined {
  const { alert, key } = member;
  const { tenant_id: tenant } = event;
  const causes = causesOf(transaction, event, member);
  const ms = epochMs(alert.detected_at);
  const recent = transaction.get<readonly Recent[]>(recentKey(tenant)) ?? [];
  const own: Recent = [causes.map(({ print }) => print), event.agent.uid, ms, key];
  transaction.put(recentKey(tenant), [...recent.slice(1 - RECENT_MAX), own]);
  for (const cause of causes) {
    const open = openGroup(transaction, tenant, cause, member);
    if (open !== undefined) return join(transaction, tenant, open, member);
  }
  for (const cause of causes) {
    const others = recent.filter(
      ([prints, uid, at]) =>
        prints.includes(cause.print) &&
        uid !== event.agent.uid &&
        Math.abs(ms - at) <= spanOf(member.alarm),
    );
    const agents = new Set(others.map(([, uid]) => uid));
    if (agents.size + 1 >= AGENTS_MIN) return begin(transaction, tenant, cause, { others, member });
  }
  return undefined;
}

export function groupById(
  transaction: Transaction,
  tenant: string,
  id: string,
): AlertGroup | undefined {
  const recent = transaction.get<readonly Recent[]>(recentKey(tenant)) ?? [];
  for (const print of new Set(recent.flatMap(([causes]) => causes))) {
    const known = transaction.get<AlertGroup>(`group|${tenant}|${print}`);
    if (known?.alert.alert_id === id) return known;
  }
  return undefined;
}

export function silenceGroup(transaction: Transaction, tenant: string, group: AlertGroup): void {
  transaction.put(groupKey(tenant, group.cause), {
    ...group,
    state: 'silenced',
  } satisfies AlertGroup);
}
