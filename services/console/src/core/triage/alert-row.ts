/**
 * An alert as a row that is filtered, sorted and searched: the few fields of its latest revision that a list needs,
 * and where the whole record stands in the log. Texts are folded once, when the row is made.
 */
import { type Alert, epochMs, SEVERITIES } from '@waywarden/schemas';
import { kindWords } from '../words.ts';

/** Calls of the evidence by which tool and workflow are looked up. */
const EVIDENCE_MAX = 8;
const AGENTS_MAX = 64;
const SHAPE_LENGTH_MAX = 200;

/** What its calls say of it, once they were looked up. */
export interface AlertWork {
  readonly workflow: string;
  readonly tools: readonly string[];
}

export interface RowTimes {
  readonly firstEvent: number;
  readonly lastEvent: number;
  readonly firstDetected: number;
  readonly detected: number;
}

/** Where the revision stands in the log. */
export interface LogPlace {
  readonly partition: number;
  readonly offset: number;
}

export interface AlertRow {
  readonly id: string;
  /** Fields of the record that are shown as they are. */
  readonly facts: Pick<
    Alert,
    | 'incident_id'
    | 'revision'
    | 'state'
    | 'kind'
    | 'rule_id'
    | 'severity'
    | 'count'
    | 'title'
    | 'evaluable'
    | 'last_event_time'
    | 'first_detected_at'
  >;
  readonly severityRank: number;
  readonly isHygiene: boolean;
  readonly agents: readonly string[];
  readonly chainId: string;
  readonly times: RowTimes;
  /** Folded: what full-text search looks at. */
  readonly text: string;
  /** Equal for alerts that differ in names and numbers alone. */
  readonly campaign: string;
  readonly evidenceIds: readonly string[];
  readonly place: LogPlace;
}

export const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

/** The part of a uid by which people know an agent. */
const shortName = (uid: string) => uid.slice(uid.lastIndexOf('/') + 1);

const VARIABLE = /[\p{L}\p{N}]*\p{N}[\p{L}\p{N}]*/gu;

/** One row for 180 equal hijacks: the title without the names of agents, ids and numbers. */
export function campaignOf({ kind, rule_id: rule, title }: Alert, agents: readonly string[]) {
  let shape = title;
  for (const agent of agents) {
    const name = shortName(agent);
    if (name !== '') shape = shape.replaceAll(agent, '*').replaceAll(name, '*');
  }
  return `${kind}|${rule}|${shape.replace(VARIABLE, '*').slice(0, SHAPE_LENGTH_MAX)}`;
}

function agentsOf({ subject, assembly, evidence }: Alert): readonly string[] {
  const named = assembly?.contributors.map((one) => one.agent_uid) ?? [];
  const cited = evidence.map((one) => one.agent_uid);
  return [...new Set([subject.agent_uid, ...named, ...cited])].slice(0, AGENTS_MAX);
}

export function alertRow(alert: Alert, place: LogPlace): AlertRow {
  const { incident_id, revision, state, kind, rule_id, severity, count, title } = alert;
  const { evaluable, last_event_time, first_detected_at, subject } = alert;
  const agents = agentsOf(alert);
  const words = [title, alert.summary, kindWords(kind), kind, rule_id, ...agents];
  return {
    id: alert.alert_id,
    facts: {
      ...{ incident_id, revision, state, kind, rule_id, severity, count, title, evaluable },
      ...{ last_event_time, first_detected_at },
    },
    severityRank: SEVERITIES.indexOf(severity),
    isHygiene: alert.hygiene === true,
    agents,
    chainId: subject.chain_id ?? '',
    times: {
      firstEvent: epochMs(alert.first_event_time),
      lastEvent: epochMs(last_event_time),
      firstDetected: epochMs(first_detected_at),
      detected: epochMs(alert.detected_at),
    },
    text: fold([...words, alert.alert_id, subject.chain_id ?? ''].join('\n')),
    campaign: campaignOf(alert, agents),
    evidenceIds: alert.evidence.slice(0, EVIDENCE_MAX).map((one) => one.event_id),
    place,
  };
}
