/** The give-away report as text, and labels as what it counts. */
import {
  type Classifier,
  type EventLine,
  FeatureCounts,
  type Finding,
  type Marked,
  NEARLY,
  type Question,
  questionsOf,
} from './giveaway.ts';
import { type ReadLabel, readLabel, textOf, textsOf } from './label.ts';

/** So many features are listed; how many there were more is said. */
const LISTED_MAX = 40;
/** A label of behaviour names at most so many events. */
const NATIVE_IDS_MAX = 400;
const SLACK_MS = 120_000;

function markedOf(read: ReadLabel): readonly Marked[] {
  if ('label' in read) {
    const { incidentId, combination, verdict, nativeIds } = read.label;
    return [{ incidentId, group: combination, fires: verdict === 'fires', nativeIds }];
  }
  if (!('other' in read) || read.other.stream !== 'behavior') return [];
  const { incidentId, fields } = read.other;
  const nativeIds = textsOf(fields.get('native_ids')) ?? [];
  const marked = { incidentId, group: textOf(fields.get('family')) ?? '', fires: true, nativeIds };
  if (nativeIds.length < NATIVE_IDS_MAX) return [marked];
  const also = {
    agent: textOf(fields.get('agent_uid')) ?? '',
    fromMs: Date.parse(textOf(fields.get('onset')) ?? '') - SLACK_MS,
    toMs: Date.parse(textOf(fields.get('end')) ?? '') + SLACK_MS,
  };
  return [{ ...marked, also }];
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined;

function lineOf(event: unknown): EventLine {
  return {
    event,
    nativeId: textOf(memberOf(event, 'native_id')) ?? '',
    agent: textOf(memberOf(memberOf(event, 'agent'), 'uid')) ?? '',
    timeMs: Date.parse(textOf(memberOf(event, 'event_time')) ?? ''),
  };
}

function featureText({ feature, absent }: Finding): string {
  return `${absent ? 'no ' : ''}${feature.kind} ${feature.text}`;
}

function recall(finding: Finding | undefined, incidents: number): string {
  const share = (finding?.found.length ?? 0) / Math.max(1, incidents);
  return share.toFixed(2);
}

function classifierLine({ group, incidents, best, nearly }: Classifier): string {
  const text = (one: Finding | undefined) =>
    one === undefined ? 'none' : `${featureText(one)} (${one.otherEvents} other events)`;
  return [
    `  ${group}: ${incidents} incidents`,
    `    none: ${recall(best, incidents)} by ${text(best)}`,
    `    1 in ${1 / NEARLY}: ${recall(nearly, incidents)} by ${text(nearly)}`,
  ].join('\n');
}

function questionText(question: Question): string {
  const { onlyInLabelled, classifiers } = question;
  // What only one incident shows is its own name more often than a fault.
  const listed = onlyInLabelled.filter((one) => one.found.length > 1).slice(0, LISTED_MAX);
  const more = onlyInLabelled.length - listed.length;
  return [
    `${question.title}: ${question.labelledEvents} labelled events, ${question.otherEvents} others`,
    ` Only in labelled events: ${onlyInLabelled.length} features`,
    ...listed.map(
      (one) => `  ${featureText(one)}: ${one.labelledEvents} events, ${one.found.length} incidents`,
    ),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ' Best recall of one feature that no other event has, or at most 1 in 1000:',
    ...classifiers.map(classifierLine),
  ].join('\n');
}

function countsOf(events: Iterable<unknown>, labels: Iterable<unknown>): FeatureCounts {
  const marked = [...labels].flatMap((line) => markedOf(readLabel(line)));
  const counts = new FeatureCounts(marked);
  for (const event of events) counts.add(lineOf(event));
  return counts;
}

/** As text. */
export function giveawayReport(events: Iterable<unknown>, labels: Iterable<unknown>): string {
  return `${questionsOf(countsOf(events, labels)).map(questionText).join('\n\n')}\n`;
}

const findingJson = (one: Finding | undefined) =>
  one === undefined
    ? null
    : { feature: featureText(one), found: one.found.length, other_events: one.otherEvents };

/** The same as data: of features that only labelled events have, their number alone. */
export function giveawayJson(events: Iterable<unknown>, labels: Iterable<unknown>) {
  return questionsOf(countsOf(events, labels)).map((question) => ({
    title: question.title,
    labelled_events: question.labelledEvents,
    other_events: question.otherEvents,
    only_in_labelled: question.onlyInLabelled.length,
    classifiers: question.classifiers.map(({ group, incidents, best, nearly }) => ({
      ...{ group, incidents },
      ...{ best: findingJson(best), nearly: findingJson(nearly) },
    })),
  }));
}
