/** How a common cause is told (`common-cause.ts`): once, about what its agents have in common, with the worst of it. */
import { type Alert, alertId, incidentId, severityAtLeast } from '@waywarden/schemas';
import { counted, shorten, shortName } from '../short-text.ts';
import { confidenceNotes } from './alert-confidence.ts';
import { weakest } from './decisive-assurance.ts';

/** What alarms have in common: the system, the release or model, the source. */
export interface Cause {
  readonly what: 'system' | 'release' | 'source';
  readonly name: string;
  readonly print: string;
  /** Fingerprint of what it is about, whatever was told of that: of one outage calls and data may be told apart. */
  readonly about: string;
}

/** Agents that make it many. */
export const AGENTS_MIN = { system: 3, release: 3, source: 6 } as const;
const NAMED_MAX = 12;
const EVIDENCE_MAX = 16;
const TITLE_LENGTH_MAX = 90;
const NAME_LENGTH_MAX = 48;
const QUOTE_LENGTH_MAX = 300;
const SUMMARY_LENGTH_MAX = 2000;

const WORDS: Readonly<Record<Cause['what'], string>> = {
  system: 'work with',
  release: 'came to',
  source: 'are told of by',
};

/** Of what comes again: how many of its agents it had before, how many it had then, and on which day last. */
export interface Again {
  readonly now: number;
  readonly before: number;
  readonly last: string;
}

/** What a cause is made of, as it is told. */
export interface CauseParts {
  readonly agents: readonly string[];
  /** The summary of the first of them, and of the gravest. */
  readonly first: string;
  readonly worst: string;
  /** What was told at the same time and is no part of it. */
  readonly apart: readonly string[];
  readonly again?: Again;
  /** Who came later to the tool that it is about. */
  readonly later?: readonly string[];
}

function namesOf(agents: readonly string[]): string {
  const names = agents.slice(0, NAMED_MAX).map((uid) => shorten(shortName(uid), NAME_LENGTH_MAX));
  const rest = agents.length - names.length;
  return rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ');
}

const quoted = (summary: string) => shorten(summary, QUOTE_LENGTH_MAX);

/** Whom it had before is told as a number only: their names would stand among those that alarm now. */
function againWords({ now, before, last }: Again): string {
  return ` It comes again: it was told of ${counted(before, 'agent')} before, last on ${last}, and ${now} of those named here were among them.`;
}

function laterWords(later: readonly string[]): string {
  const are = later.length === 1 ? 'agent came' : 'agents came';
  return ` Since then ${later.length} more ${are} to the same tool in the same way and told so here only, the latest first: ${namesOf([...later].reverse())}.`;
}

const countOf = ({ agents, later = [] }: CauseParts) => agents.length + later.length;

function causeWords(cause: Cause, of: CauseParts) {
  const { agents, first, worst, apart, again, later = [] } = of;
  const name = shorten(cause.name, NAME_LENGTH_MAX);
  const beside = apart.map((one) => ` Told by itself and no part of it: ${one}`).join('');
  const gravest = worst === first ? '' : ` The gravest: ${quoted(worst)}`;
  const summary = `Within hours ${counted(agents.length, 'agent')} that ${WORDS[cause.what]} ${name} alarmed alike, so it is told once, about what they have in common: ${namesOf(agents)}.${again === undefined ? '' : againWords(again)}${later.length === 0 ? '' : laterWords(later)} Of the first: ${quoted(first)}${gravest}${beside}`;
  return {
    title: shorten(
      `${name}: ${agents.length} agents alarm alike${again === undefined ? '' : ' again'}${later.length === 0 ? '' : `, ${later.length} more since`}`,
      TITLE_LENGTH_MAX,
    ),
    summary: shorten(summary, SUMMARY_LENGTH_MAX),
  };
}

function causeReason(cause: Cause, agents: readonly string[]): Alert['reasons'][number] {
  const name = shorten(cause.name, NAME_LENGTH_MAX);
  return {
    feature: 'common_cause',
    text: `${counted(agents.length, 'agent')} that ${WORDS[cause.what]} ${name} within hours.`,
    expected: `fewer than ${AGENTS_MIN[cause.what]} agents alarm alike within an hour`,
    observed: counted(agents.length, 'agent'),
    threshold: AGENTS_MIN[cause.what],
    threshold_source: 'static',
  };
}

/**
 * By the cause and the day on which it was told first, and not by whose alert came first: partitions see other
 * agents of one cause, and what each of them tells is one incident.
 */
function incidentOf({ about }: Cause, { tenant_id: tenant, detected_at: at }: Alert): string {
  return incidentId(tenant, `common|${about}|${at.slice(0, 10)}`);
}

/**
 * The alert about a cause of which these alerts are part, the earliest first; with `former` the same that goes on. By
 * the first as it is then: it may be the first of another cause, later.
 */
export function causeAlert(
  cause: Cause,
  parts: readonly Alert[],
  of: CauseParts,
  former?: Alert,
): Alert {
  const [first] = parts;
  if (first === undefined) throw new Error('A common cause was told, and nothing is part of it.');
  const { tenant_id: tenantId, kind } = first;
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
      alertKey: `${cause.print}|${first.alert_id}|${first.revision}`,
    }),
    ...{ revision: 1, rule_id: 'common-cause', count: countOf(of) },
    incident_id: incidentOf(cause, last),
    severity: worst.severity,
    evaluable: parts.every((one) => one.evaluable),
    score: Math.max(...parts.map((one) => one.score)),
    subject: { agent_uid: cause.name },
    subject_class: 'unknown',
    last_event_time: times.sort().at(-1) ?? first.last_event_time,
    first_detected_at: last.detected_at,
    detected_at: last.detected_at,
    ...causeWords(cause, of),
    reasons: [causeReason(cause, of.agents), ...first.reasons.slice(0, 4)],
    evidence: parts.flatMap(({ evidence }) => evidence.slice(0, 1)).slice(0, EVIDENCE_MAX),
    not_visible: [
      'Whether one of them has another reason is not known: see the alerts of each.',
      ...confidenceNotes(first.reasons),
    ],
    decisive_assurance: assurances.reduce(weakest),
    ...(former && goingOn(former)),
  };
}

function goingOn({ alert_id, incident_id, revision, first_event_time, first_detected_at }: Alert) {
  return { alert_id, incident_id, revision: revision + 1, first_event_time, first_detected_at };
}

/** The same with one more alert in it. */
export function revisedCause(cause: Cause, open: Alert, added: Alert, of: CauseParts): Alert {
  const { evidence, reasons } = open;
  return {
    ...causeAlert(cause, [open, added], of, open),
    reasons: [causeReason(cause, of.agents), ...reasons.slice(1)],
    evidence: [...evidence, ...added.evidence.slice(0, 1)].slice(0, EVIDENCE_MAX),
  };
}

/** The same with an agent that came later to its tool, whose call is among the evidence. */
export function laterCause(cause: Cause, open: Alert, added: Alert, of: CauseParts): Alert {
  const revised = revisedCause(cause, open, added, of);
  const kept = open.evidence.slice(0, EVIDENCE_MAX - 1);
  return { ...revised, evidence: [...kept, ...added.evidence.slice(0, 1)] };
}

/** The same, beside something that is no part of it. */
export function besideCause(cause: Cause, open: Alert, at: string, of: CauseParts): Alert {
  const revision = open.revision + 1;
  return { ...open, revision, detected_at: at, count: countOf(of), ...causeWords(cause, of) };
}
