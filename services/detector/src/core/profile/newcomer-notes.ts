/**
 * What is noted of agents that nobody registered and that have no history yet: each thing that is new to one, under
 * the workload it comes from. Where every run brings a new uid no agent ever has a history; its workload has
 * (`notes/count-newcomers.ts`). Agents live in different partitions here, so what they have in common is looked
 * at there.
 *
 * The same is asked as of an agent with a history, by the same facets: tools, effects, counterparties, sensitivity,
 * environments, targets. What of it is told, in which words and how gravely is decided here, where the call is at
 * hand; the other side only counts. A deed that was only tried is another than the done one, and a tool that only
 * read another than the same with an effect, as what did nothing makes nothing known.
 *
 * Workload and issuer: the source; of a proven SPIFFE id its trust domain and path without the run's part; and
 * the label of who issued the credential, where its fingerprint has one. Not noted: what denied calls wanted,
 * what nobody's time is measured of, and who has a history of its own by now.
 *
 * Method: each first value of an agent without a history noted under its workload. Source: source, proven SPIFFE
 * id and issuer of the call.
 * Limits: until an agent has calls enough to be judged by; what it comes to later says nothing of its workload. Data
 * are judged by their sensitivity and kind, not tool by tool. What was declared or is in an envelope excuses nothing.
 */
import {
  type AuditEvent,
  ID_LENGTH_MAX,
  NAME_LENGTH_MAX,
  type NotedValue,
  shortPrint,
} from '@waywarden/schemas';
import type { Draft, Output } from '@waywarden/stage';
import { callEnding, endingWords } from '../call-ending.ts';
import { FIRST_COUNTERPARTY } from '../facets/first-counterparty.ts';
import { FIRST_EFFECT } from '../facets/first-effect.ts';
import { FIRST_ENVIRONMENT } from '../facets/first-environment.ts';
import { FIRST_SENSITIVITY } from '../facets/first-sensitivity.ts';
import { FIRST_TARGET } from '../facets/first-target.ts';
import { FIRST_TOOL } from '../facets/first-tool.ts';
import { EFFECTFUL, type NoveltyOptions } from '../facets/novelty-options.ts';
import { SETTLED_CALLS_MIN } from '../facets/value-novelty.ts';
import { hadEffect } from '../governance/finding.ts';
import { agentKey } from '../kept/agent-key.ts';
import { toolName } from '../kept/joined-names.ts';
import { findPrint } from '../kept/print-table.ts';
import { shorten } from '../short-text.ts';
import { workloadAndIssuer } from './churned-uids.ts';
import { isAct } from './score-call.ts';
import { NOTES, noteOutput } from './shared-note.ts';

/** What says most of a call comes first: the rest is told with it. */
const KINDS: readonly NoveltyOptions[] = [
  FIRST_EFFECT,
  FIRST_SENSITIVITY,
  FIRST_ENVIRONMENT,
  FIRST_COUNTERPARTY,
  FIRST_TARGET,
];
const PRINT = 8;

/** Calls, and what was noted: no more than these bring, and nothing once they are enough. */
type Newcomer = readonly [calls: number, noted: string];

const aboutOf = (draft: Draft, event: AuditEvent) =>
  `newcomers/${workloadAndIssuer(draft, event)}`.slice(0, ID_LENGTH_MAX);

const printOf = ({ name }: NoveltyOptions, value: string) => shortPrint(`${name}|${value}`, PRINT);

/** Undefined of what needs nobody's look. */
function toldOf(event: AuditEvent, value: string, kind: NoveltyOptions): NotedValue['told'] {
  if (!(kind.deserves?.(value, event) ?? EFFECTFUL.has(event.effect))) return undefined;
  const isDone = callEnding(event) === 'done';
  const what = kind.describe(value, event, isDone);
  const less = kind.toldLess?.(event);
  const isFailed = callEnding(event) === 'failed';
  return {
    what: shorten(isDone ? what : `tried ${what}, ${endingWords(event)}`, NAME_LENGTH_MAX),
    severity: typeof kind.severity === 'string' ? kind.severity : kind.severity(event),
    also: [...(isFailed ? [value] : []), ...(less === undefined ? [] : [less])].map((one) =>
      printOf(kind, one),
    ),
    after_days: kind.daysMin?.(event) ?? kind.wholeAfterDays ?? 0,
  };
}

/** A tool by its name and whether it had an effect: one that was only asked to look is not known to act. */
function ofTool(event: AuditEvent): NotedValue | undefined {
  if (event.tool === undefined) return undefined;
  const value = `${toolName(event.tool)}|${hadEffect(event)}`;
  return { kind: FIRST_TOOL.name, print: printOf(FIRST_TOOL, value) };
}

/** `isFailed`: it teaches nothing, and is told all the same. */
function newValue(
  event: AuditEvent,
  kind: NoveltyOptions,
  { noted, isFailed }: { readonly noted: string; readonly isFailed: boolean },
): NotedValue | undefined {
  const value = kind.valueOf(event);
  if (value === undefined) return undefined;
  const print = printOf(kind, isFailed ? `tried|${value}` : value);
  if (findPrint(noted, print, PRINT) >= 0) return undefined;
  const told = toldOf(event, value, kind);
  if (told !== undefined) return { kind: kind.name, print, told };
  return isFailed ? undefined : { kind: kind.name, print };
}

/** What of a call is new to its agent. */
function newValues(event: AuditEvent, noted: string): readonly NotedValue[] {
  const values: NotedValue[] = [];
  const tool = ofTool(event);
  if (tool !== undefined && findPrint(noted, tool.print, PRINT) < 0) values.push(tool);
  const ending = callEnding(event);
  const isFailed = ending === 'failed';
  // What failed to read brought nothing.
  if (ending === 'void' || (isFailed && event.effect === 'read')) return values;
  const before = { noted, isFailed };
  for (const kind of KINDS) {
    const value = newValue(event, kind, before);
    if (value !== undefined) values.push(value);
  }
  return values;
}

export function noteNewcomer(
  draft: Draft,
  event: AuditEvent,
  policyVersion: string,
): readonly Output[] {
  const { tool, outcome, agent, event_time_quality: quality } = event;
  if (!isAct(event) || outcome === 'denied') return [];
  if (quality !== 'measured' || agent.assurance === 'unresolved') return [];
  const key = agentKey(event, 'newcomer');
  const [before, noted] = draft.get<Newcomer>(key) ?? [0, ''];
  if (before >= SETTLED_CALLS_MIN) return [];
  const calls = before + 1;
  const values = newValues(event, noted);
  const prints = values.reduce((all, { print }) => all + print, noted);
  draft.put(key, [calls, calls < SETTLED_CALLS_MIN ? prints : ''] satisfies Newcomer);
  if (values.length === 0) return [];
  const kind = hadEffect(event) ? NOTES.newcomerActs : NOTES.newcomerReads;
  const about = aboutOf(draft, event);
  const { effect, event_time: time } = event;
  return [noteOutput(event, { kind, about, policyVersion, time, tool, effect, values })];
}
