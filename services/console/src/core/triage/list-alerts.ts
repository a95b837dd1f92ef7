/**
 * One page of alerts: filtered, grouped, sorted, counted, in one pass over the board. A cursor names the last row by
 * what it was sorted by, so that what comes meanwhile neither repeats a row nor skips one.
 */
import type { AlertFilter, AlertSort, GROUPINGS } from './alert-query.ts';
import type { SlaClocks } from './sla.ts';
import type { BoardEntry } from './triage-board.ts';

/** Values of one field that are counted; attackers choose names. */
const BREAKDOWN_VALUES_MAX = 500;
const BREAKDOWN_SHOWN_MAX = 25;
const GROUP_AGENTS_MAX = 64;
/** As many as one act may name. */
const GROUP_IDS_MAX = 500;

export interface ListRequest {
  readonly filter: AlertFilter;
  readonly sort: AlertSort;
  readonly group: (typeof GROUPINGS)[number];
  readonly limit: number;
  readonly after: SortKey | undefined;
  readonly ownerOf: (agent: string) => string | undefined;
  readonly slaOf: (entry: BoardEntry) => SlaClocks | null;
}

/** By which rows are ordered, the smaller first; the id makes it total. */
export type SortKey = readonly [number, number, string];

interface AlertGroup {
  readonly lead: BoardEntry;
  readonly count: number;
  /** Of the group, among what was asked for. */
  readonly ids: readonly string[];
  /** Of each of `ids`. */
  readonly revisions: readonly number[];
  readonly agents: number;
}

export interface AlertList {
  readonly groups: readonly AlertGroup[];
  /** Alerts that fit, and rows: groups of them. */
  readonly total: number;
  readonly rows: number;
  readonly next: SortKey | undefined;
  readonly breakdown: Breakdown;
}

export const BREAKDOWN_FIELDS = [
  'severity',
  'kind',
  'state',
  'assignee',
  'workflow',
  'owner',
] as const;
export type Breakdown = Readonly<
  Record<(typeof BREAKDOWN_FIELDS)[number], readonly (readonly [string, number])[]>
>;

type Rank = (entry: BoardEntry) => number;

const byLast: Rank = ({ row }) => -row.times.lastEvent;
const none: Rank = () => 0;

const RANKS: Readonly<Record<Exclude<AlertSort, 'due'>, readonly [Rank, Rank]>> = {
  severity: [({ row }) => -row.severityRank, byLast],
  newest: [byLast, none],
  oldest: [({ row }) => row.times.firstDetected, none],
  detected: [({ row }) => -row.times.detected, none],
  updated: [({ updatedMs }) => -updatedMs, byLast],
  count: [({ row }) => -row.facts.count, byLast],
};

/** What runs out next comes first; what has no clock that runs comes last. */
function byDue({ slaOf }: ListRequest): readonly [Rank, Rank] {
  const due: Rank = (entry) => {
    const clocks = slaOf(entry);
    return clocks?.next == null ? Number.MAX_SAFE_INTEGER : clocks[clocks.next].dueMs;
  };
  return [due, ({ row }) => -row.severityRank];
}

export function compareKeys(a: SortKey, b: SortKey): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  if (a[1] !== b[1]) return a[1] - b[1];
  return a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0;
}

function fitsNames({ row, work, triage }: BoardEntry, request: ListRequest): boolean {
  const { agent, owner, workflow, tool, assignee, incident, campaign } = request.filter.of;
  if (incident !== undefined && row.facts.incident_id !== incident) return false;
  if (campaign !== undefined && row.campaign !== campaign) return false;
  if (agent !== undefined && !row.agents.includes(agent)) return false;
  if (workflow !== undefined && work?.workflow !== workflow) return false;
  if (tool !== undefined && !(work?.tools.includes(tool) ?? false)) return false;
  if (assignee !== undefined) {
    const wanted = assignee === 'none' ? null : assignee;
    if (triage.assignee !== wanted) return false;
  }
  return owner === undefined || row.agents.some((one) => request.ownerOf(one) === owner);
}

function fitsText({ row, work, noted }: BoardEntry, words: readonly string[]): boolean {
  return words.every(
    (word) =>
      row.text.includes(word) ||
      noted.includes(word) ||
      (work !== undefined &&
        (work.workflow.toLowerCase().includes(word) ||
          work.tools.some((tool) => tool.toLowerCase().includes(word)))),
  );
}

function fits(entry: BoardEntry, request: ListRequest): boolean {
  const { filter } = request;
  const { row, triage } = entry;
  if (!filter.states.has(entry.state)) return false;
  if (filter.hygiene !== 'include' && row.isHygiene !== (filter.hygiene === 'only')) return false;
  if (filter.severities?.has(row.facts.severity) === false) return false;
  if (filter.kinds?.has(row.facts.kind) === false) return false;
  if (filter.rules?.has(row.facts.rule_id) === false) return false;
  if (row.times.lastEvent < filter.fromMs || row.times.firstEvent > filter.toMs) return false;
  if (filter.classifications !== undefined) {
    const found = entry.state === 'closed' ? triage.closed?.classification : undefined;
    if (found === undefined || !filter.classifications.has(found)) return false;
  }
  if (filter.sla?.has(request.slaOf(entry)?.state ?? 'none') === false) return false;
  if (filter.tags.some((tag) => !triage.tags.includes(tag))) return false;
  return fitsNames(entry, request) && fitsText(entry, filter.words);
}

/** Counted in place. */
type Counts = Map<string, { n: number }>;

function count(counts: Counts, value: string): void {
  if (value === '') return;
  const before = counts.get(value);
  if (before !== undefined) before.n += 1;
  else if (counts.size < BREAKDOWN_VALUES_MAX) counts.set(value, { n: 1 });
}

const most = (counts: Counts): Breakdown[keyof Breakdown] =>
  [...counts]
    .map(([value, { n }]) => [value, n] as const)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, BREAKDOWN_SHOWN_MAX);

class BreakdownCounts {
  readonly #severity: Counts = new Map();
  readonly #kind: Counts = new Map();
  readonly #state: Counts = new Map();
  readonly #assignee: Counts = new Map();
  readonly #workflow: Counts = new Map();
  readonly #owner: Counts = new Map();

  add({ row, work, triage, state }: BoardEntry, ownerOf: ListRequest['ownerOf']): void {
    count(this.#severity, row.facts.severity);
    count(this.#kind, row.facts.kind);
    count(this.#state, state);
    count(this.#assignee, triage.assignee ?? 'none');
    if (work !== undefined) count(this.#workflow, work.workflow);
    count(this.#owner, ownerOf(row.agents[0] ?? '') ?? '');
  }

  all(): Breakdown {
    return {
      ...{ severity: most(this.#severity), kind: most(this.#kind), state: most(this.#state) },
      ...{ assignee: most(this.#assignee), workflow: most(this.#workflow) },
      owner: most(this.#owner),
    };
  }
}

/** The first `limit` rows after the cursor and one more, without sorting all of them. */
class FirstRows<T extends { readonly key: SortKey }> {
  readonly rows: T[] = [];
  readonly #limit: number;
  readonly #after: SortKey | undefined;

  constructor({ limit, after }: Pick<ListRequest, 'limit' | 'after'>) {
    this.#limit = limit;
    this.#after = after;
  }

  /** False for what comes after the last that is kept: nothing need be made of it. */
  wants(key: SortKey): boolean {
    if (this.#after !== undefined && compareKeys(key, this.#after) <= 0) return false;
    const last = this.rows.length > this.#limit ? this.rows.at(-1) : undefined;
    return last === undefined || compareKeys(key, last.key) < 0;
  }

  /** Whether `first` alone says that a key comes after the last that is kept. */
  isBehind(first: number): boolean {
    const last = this.rows.length > this.#limit ? this.rows.at(-1) : undefined;
    return last !== undefined && first > last.key[0];
  }

  add(row: T): void {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.rows[middle];
      if (other !== undefined && compareKeys(other.key, row.key) < 0) low = middle + 1;
      else high = middle;
    }
    this.rows.splice(low, 0, row);
    if (this.rows.length > this.#limit + 1) this.rows.pop();
  }
}

interface Gathered {
  key: SortKey;
  lead: BoardEntry;
  count: number;
  readonly members: BoardEntry[];
}

class Groups {
  readonly all = new Map<string, Gathered>();
  readonly #by: Exclude<ListRequest['group'], 'none'>;

  constructor(by: Exclude<ListRequest['group'], 'none'>) {
    this.#by = by;
  }

  /** A key is made of who leads alone: most lead nobody. */
  add(entry: BoardEntry, first: number, second: number): void {
    const { row } = entry;
    const name = this.#by === 'incident' ? row.facts.incident_id : row.campaign;
    const known = this.all.get(name);
    if (known === undefined) {
      this.all.set(name, alone(entry, [first, second, row.id]));
      return;
    }
    known.count += 1;
    if (known.count <= GROUP_IDS_MAX) known.members.push(entry);
    if (first > known.key[0] || (first === known.key[0] && second > known.key[1])) return;
    const key: SortKey = [first, second, row.id];
    if (compareKeys(key, known.key) < 0) {
      known.key = key;
      known.lead = entry;
    }
  }
}

const alone = (entry: BoardEntry, key: SortKey): Gathered => ({
  ...{ key, lead: entry, count: 1, members: [entry] },
});

function groupOf({ lead, count: alike, members }: Gathered): AlertGroup {
  const agents = new Set<string>();
  for (const { row } of members) {
    for (const agent of row.agents) if (agents.size < GROUP_AGENTS_MAX) agents.add(agent);
  }
  const ids = members.map(({ row }) => row.id);
  const revisions = members.map(({ row }) => row.facts.revision);
  return { lead, count: alike, ids, revisions, agents: agents.size };
}

export function listAlerts(entries: Iterable<BoardEntry>, request: ListRequest): AlertList {
  const groups = request.group === 'none' ? undefined : new Groups(request.group);
  const first = new FirstRows<Gathered>(request);
  const breakdown = new BreakdownCounts();
  const [rank, then] = request.sort === 'due' ? byDue(request) : RANKS[request.sort];
  let total = 0;
  for (const entry of entries) {
    if (!fits(entry, request)) continue;
    total += 1;
    // Whoever turns the page has them.
    if (request.after === undefined) breakdown.add(entry, request.ownerOf);
    const ranked = rank(entry);
    if (groups === undefined && first.isBehind(ranked)) continue;
    if (groups !== undefined) {
      groups.add(entry, ranked, then(entry));
      continue;
    }
    const key: SortKey = [ranked, then(entry), entry.row.id];
    if (first.wants(key)) first.add(alone(entry, key));
  }
  for (const one of groups?.all.values() ?? []) if (first.wants(one.key)) first.add(one);
  const shown = first.rows.slice(0, request.limit);
  return {
    groups: shown.map(groupOf),
    total,
    rows: groups?.all.size ?? total,
    next: first.rows.length > request.limit ? shown.at(-1)?.key : undefined,
    breakdown: breakdown.all(),
  };
}

const NUMBER = /^-?\d{1,17}(\.\d{1,9})?$/;

export const cursorText = ([first, second, id]: SortKey): string => `${first}~${second}~${id}`;

export function cursorKey(text: string): SortKey | undefined {
  const [first = '', second = '', id = '', more] = text.split('~');
  if (more !== undefined || id === '' || !NUMBER.test(first) || !NUMBER.test(second))
    return undefined;
  return [Number(first), Number(second), id];
}
