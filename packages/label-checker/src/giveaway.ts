/**
 * Whether a labelled stream gives its labels away: which single features (a field, a tool, the
 * beginning of a name …) occur in labelled events and in no other, and how many incidents somebody
 * would find who looked at that feature alone. A benchmark whose attacks are told from ordinary work
 * by one field measures who found the field.
 *
 * Two questions. *Plots and attacks against ordinary work*: near-misses count as labelled, for they are
 * made by the same hand. *What fires against all else*: near-misses count as ordinary. An incident is
 * found when one of its events has the feature.
 */
import { type Feature, featuresOf } from './event-feature.ts';

/** A field with more shapes than this is free text, and its shapes separate nothing worth knowing. */
const SHAPES_MAX = 400;

/** "and of nearly none": this share of other events may have the feature too. */
export const NEARLY = 0.001;

export interface Marked {
  readonly incidentId: string;
  /** Family of an attack, combination of a plot. */
  readonly group: string;
  readonly fires: boolean;
  readonly nativeIds: readonly string[];
  /** Where a label lists fewer events than there were: whose events of which time are its own too. */
  readonly also?: {
    readonly agent: string;
    readonly fromMs: number;
    readonly toMs: number;
  };
}

interface Count {
  readonly feature: Feature;
  /** Events of no label. */
  ordinary: number;
  /** Events of near-misses only. */
  quiet: number;
  firing: number;
  /** How many events of each incident have it. */
  readonly incidents: Map<string, number>;
}

export interface Finding {
  readonly feature: Feature;
  /** Absent where others have it. */
  readonly absent: boolean;
  readonly labelledEvents: number;
  readonly otherEvents: number;
  /** Names of the incidents that would be found. */
  readonly found: readonly string[];
}

export interface Classifier {
  readonly group: string;
  readonly incidents: number;
  readonly best: Finding | undefined;
  readonly nearly: Finding | undefined;
}

export interface Question {
  readonly title: string;
  readonly labelledEvents: number;
  readonly otherEvents: number;
  readonly onlyInLabelled: readonly Finding[];
  readonly classifiers: readonly Classifier[];
}

export interface EventLine {
  readonly nativeId: string;
  readonly agent: string;
  readonly timeMs: number;
  readonly event: unknown;
}

/** Counts of every feature, and of its absence, by whose events have it. */
export class FeatureCounts {
  readonly #marks: ReadonlyMap<string, readonly Marked[]>;
  readonly #partly: readonly Marked[];
  readonly #counts = new Map<string, Count>();
  readonly #shapes = new Map<string, Set<string>>();
  readonly totals = { ordinary: 0, quiet: 0, firing: 0 };
  readonly eventsOf = new Map<string, number>();
  readonly marked: readonly Marked[];

  constructor(marked: readonly Marked[]) {
    this.marked = marked;
    const marks = new Map<string, Marked[]>();
    for (const one of marked) {
      for (const id of one.nativeIds) marks.set(id, [...(marks.get(id) ?? []), one]);
    }
    this.#marks = marks;
    this.#partly = marked.filter((one) => one.also !== undefined);
  }

  add(line: EventLine): void {
    const own = this.#marks.get(line.nativeId) ?? [];
    if (own.length === 0 && this.#partly.some((one) => isAlso(one, line))) return;
    const side = own.length === 0 ? 'ordinary' : own.some((one) => one.fires) ? 'firing' : 'quiet';
    this.totals[side] += 1;
    for (const one of own) {
      this.eventsOf.set(one.incidentId, (this.eventsOf.get(one.incidentId) ?? 0) + 1);
    }
    for (const feature of featuresOf(line.event)) {
      const count = this.#countOf(feature);
      if (count === undefined) continue;
      count[side] += 1;
      for (const { incidentId } of own) {
        count.incidents.set(incidentId, (count.incidents.get(incidentId) ?? 0) + 1);
      }
    }
  }

  #countOf(feature: Feature): Count | undefined {
    const key = `${feature.kind} ${feature.text}`;
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    if (feature.path !== undefined) {
      const shapes = this.#shapes.get(feature.path) ?? new Set<string>();
      this.#shapes.set(feature.path, shapes);
      if (shapes.size > SHAPES_MAX) return undefined;
      shapes.add(feature.text);
    }
    const made = {
      feature,
      ordinary: 0,
      quiet: 0,
      firing: 0,
      incidents: new Map<string, number>(),
    };
    this.#counts.set(key, made);
    return made;
  }

  /** Without the shapes of fields that turned out to be free text. */
  counts(): readonly Count[] {
    return [...this.#counts.values()].filter(
      ({ feature }) =>
        feature.path === undefined || (this.#shapes.get(feature.path)?.size ?? 0) <= SHAPES_MAX,
    );
  }
}

function isAlso({ also }: Marked, { agent, timeMs }: EventLine): boolean {
  return also !== undefined && agent === also.agent && timeMs >= also.fromMs && timeMs <= also.toMs;
}

/** Every feature and, of fields, the lack of it, as seen by one question. */
function findingsOf(
  counts: FeatureCounts,
  isQuietLabelled: boolean,
  sought: readonly string[],
): readonly Finding[] {
  const { ordinary, quiet, firing } = counts.totals;
  const totals = isQuietLabelled ? [firing + quiet, ordinary] : [firing, ordinary + quiet];
  return counts.counts().flatMap((count) => {
    const labelledEvents = count.firing + (isQuietLabelled ? count.quiet : 0);
    const otherEvents = count.ordinary + (isQuietLabelled ? 0 : count.quiet);
    const { feature, incidents } = count;
    const found = sought.filter((id) => incidents.has(id));
    const present = { feature, absent: false, labelledEvents, otherEvents, found };
    if (feature.kind !== 'field') return [present];
    const lacking = {
      feature,
      absent: true,
      labelledEvents: (totals[0] ?? 0) - labelledEvents,
      otherEvents: (totals[1] ?? 0) - otherEvents,
      found: sought.filter((id) => (incidents.get(id) ?? 0) < (counts.eventsOf.get(id) ?? 0)),
    };
    return [present, lacking];
  });
}

function bestOf(findings: readonly Finding[], group: ReadonlySet<string>, most: number) {
  const scored = findings
    .filter((one) => one.otherEvents <= most)
    .map((one) => ({ ...one, found: one.found.filter((id) => group.has(id)) }))
    .filter((one) => one.found.length > 0);
  return scored.sort(
    (a, b) =>
      b.found.length - a.found.length ||
      a.otherEvents - b.otherEvents ||
      (a.feature.text < b.feature.text ? -1 : 1),
  )[0];
}

function questionOf(title: string, counts: FeatureCounts, isQuietLabelled: boolean): Question {
  const sought = counts.marked.filter((one) => one.fires || isQuietLabelled);
  const findings = findingsOf(
    counts,
    isQuietLabelled,
    sought.map((one) => one.incidentId),
  );
  const { ordinary, quiet, firing } = counts.totals;
  const otherEvents = ordinary + (isQuietLabelled ? 0 : quiet);
  const classifierOf = (group: string, members: readonly Marked[]): Classifier => {
    const ids = new Set(members.map((one) => one.incidentId));
    return {
      group,
      incidents: ids.size,
      best: bestOf(findings, ids, 0),
      nearly: bestOf(findings, ids, otherEvents * NEARLY),
    };
  };
  const groups = [...new Set(sought.map((one) => one.group))].sort();
  return {
    title,
    labelledEvents: firing + (isQuietLabelled ? quiet : 0),
    otherEvents,
    onlyInLabelled: findings
      .filter((one) => one.otherEvents === 0 && one.labelledEvents > 0)
      .sort((a, b) => b.found.length - a.found.length || b.labelledEvents - a.labelledEvents),
    classifiers: [
      classifierOf('all', sought),
      ...groups.map((group) =>
        classifierOf(
          group,
          sought.filter((one) => one.group === group),
        ),
      ),
    ],
  };
}

export function questionsOf(counts: FeatureCounts): readonly Question[] {
  const both = questionOf('Labelled events against ordinary work', counts, true);
  if (counts.totals.quiet === 0) return [both];
  return [both, questionOf('What fires against all else, near-misses too', counts, false)];
}
