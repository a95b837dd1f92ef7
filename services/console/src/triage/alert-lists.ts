/** Lists of alerts for the page and the API: a query in, a page of rows out; whole records come from the log. */
import type { EventLog } from '@waywarden/event-log';
import {
  type Alert,
  epochMs,
  type Registry,
  type SuppressionScope,
  TOPICS,
} from '@waywarden/schemas';
import {
  type AlertDefaults,
  type AlertQuery,
  type AlertSort,
  alertFilter,
} from '../core/triage/alert-query.ts';
import { type AlertList, cursorKey, cursorText, listAlerts } from '../core/triage/list-alerts.ts';
import type {
  AlertListAnswer,
  AlertListItem,
  SuppressionPreview,
  TriageAnswer,
} from '../core/triage/list-model.ts';
import { type SlaTargets, type SlaView, slaOf, slaView } from '../core/triage/sla.ts';
import { fitsScope } from '../core/triage/suppression.ts';
import type { BoardEntry } from '../core/triage/triage-board.ts';
import type { AlertFollower } from './alert-follower.ts';

const DECODER = new TextDecoder();
const DAY_MS = 86_400_000;
const LIMIT_DEFAULT = 50;
const INCIDENT_MAX = 50;
const EXAMPLES_MAX = 5;
const QUEUE = { state: 'open', hygiene: 'exclude', sort: 'severity' } as const;
export const PREVIEW_DAYS = 30;

export interface ListParts {
  readonly follower: AlertFollower;
  readonly log: EventLog;
  readonly registry: () => Registry | undefined;
  readonly now: () => string;
  readonly targets: SlaTargets;
}

interface Asking {
  /** Who asks: what `assignee=me` means. */
  readonly me: string | null;
  readonly defaults: AlertDefaults & { readonly sort: AlertSort };
}

/** Filter and order ask of one entry after the other, and each of the same. */
function askedOnce<T>(ask: (entry: BoardEntry) => T): (entry: BoardEntry) => T {
  let last: { readonly entry: BoardEntry; readonly answer: T } | undefined;
  return (entry) => {
    if (last?.entry !== entry) last = { entry, answer: ask(entry) };
    return last.answer;
  };
}

export class AlertLists {
  readonly #parts: ListParts;
  #owners: { readonly of: Registry | undefined; readonly by: ReadonlyMap<string, string> } = {
    of: undefined,
    by: new Map(),
  };

  constructor(parts: ListParts) {
    this.#parts = parts;
  }

  entries(): Iterable<BoardEntry> {
    return this.#parts.follower.board.entries();
  }

  /** Alerts that wait for somebody. */
  openCount(): number {
    let open = 0;
    for (const { row, state } of this.entries()) {
      if (!row.isHygiene && (state === 'new' || state === 'in_progress')) open += 1;
    }
    return open;
  }

  ownerOf(agent: string): string | undefined {
    return this.#ownerOf()(agent);
  }

  /** Undefined: the cursor is none of ours. */
  list(query: AlertQuery, { me, defaults }: Asking): AlertList | undefined {
    const { follower, now, targets } = this.#parts;
    const after = query.cursor === undefined ? undefined : cursorKey(query.cursor);
    if (query.cursor !== undefined && after === undefined) return undefined;
    const nowMs = Date.parse(now());
    return listAlerts(follower.board.entries(), {
      filter: alertFilter(query, { nowMs, me: me ?? '', defaults }),
      sort: query.sort ?? defaults.sort,
      group: query.group ?? 'none',
      limit: query.limit ?? LIMIT_DEFAULT,
      after,
      ownerOf: this.#ownerOf(),
      slaOf: askedOnce((entry) => slaOf(entry, targets, nowMs)),
    });
  }

  answer(list: AlertList): AlertListAnswer {
    return {
      as_of: this.#parts.now(),
      items: list.groups.map(({ lead, count, ids, revisions, agents }) => ({
        ...this.item(lead),
        group: { count, agents, ids, revisions },
      })),
      ...{ total: list.total, rows: list.rows, breakdown: list.breakdown },
      cursor: list.next === undefined ? null : cursorText(list.next),
      complete: this.#parts.follower.isComplete,
    };
  }

  item(entry: BoardEntry): AlertListItem {
    const { row, work } = entry;
    const { state: _, ...alert } = row.facts;
    return {
      ...{ alert_id: row.id, alert, hygiene: row.isHygiene, agents: row.agents },
      ...{ workflow: work?.workflow ?? '', tools: work?.tools ?? [] },
      owner: this.#ownerOf()(row.agents[0] ?? '') ?? null,
      triage: this.brief(entry),
      campaign: row.campaign,
      group: {
        ...{ count: 1, agents: row.agents.length },
        ...{ ids: [row.id], revisions: [row.facts.revision] },
      },
    };
  }

  brief(entry: BoardEntry): AlertListItem['triage'] {
    return { ...briefOf(entry), sla: this.#sla(entry) };
  }

  one(id: string): TriageAnswer | undefined {
    const entry = this.#parts.follower.board.entry(id);
    if (entry === undefined) return undefined;
    const { row, work, triage, state, reopened, suppression } = entry;
    const others: BoardEntry[] = [];
    let alike = 0;
    for (const other of this.#parts.follower.board.entries()) {
      if (other.row.campaign === row.campaign) alike += 1;
      const isOther = other.row.id !== id && other.row.facts.incident_id === row.facts.incident_id;
      if (isOther && others.length < INCIDENT_MAX) others.push(other);
    }
    return {
      ...{ alert_id: id, revision: row.facts.revision, state, reopened, triage },
      suppression: suppression ?? null,
      sla: this.#sla(entry),
      ...{ workflow: work?.workflow ?? '', tools: work?.tools ?? [] },
      incident: others.toSorted(graver).map((other) => this.item(other)),
      campaign: { key: row.campaign, count: alike },
    };
  }

  /** Alerts of the last days that a suppression of this scope would have hidden. */
  fitting(scope: SuppressionScope, days: number): readonly BoardEntry[] {
    const sinceMs = epochMs(this.#parts.now()) - days * DAY_MS;
    const hidden: BoardEntry[] = [];
    for (const entry of this.#parts.follower.board.entries()) {
      const { row, work } = entry;
      if (row.times.detected >= sinceMs && fitsScope(row, work, scope)) hidden.push(entry);
    }
    return hidden;
  }

  preview(scope: SuppressionScope): SuppressionPreview {
    const hidden = this.fitting(scope, PREVIEW_DAYS);
    const isOpen = ({ state }: BoardEntry) => state === 'new' || state === 'in_progress';
    const wasRight = ({ triage }: BoardEntry) => triage.closed?.classification === 'true_positive';
    const examples = hidden.toSorted(
      (a, b) =>
        Number(wasRight(b)) - Number(wasRight(a)) || b.row.severityRank - a.row.severityRank,
    );
    return {
      days: PREVIEW_DAYS,
      would_have_hidden: hidden.length,
      open: hidden.filter(isOpen).length,
      true_positives: hidden.filter(wasRight).length,
      examples: examples.slice(0, EXAMPLES_MAX).map((one) => this.item(one)),
    };
  }

  /** What waits for somebody, the gravest first: whole records, and how many there are. */
  async queue(
    limit: number,
  ): Promise<{ readonly alerts: readonly Alert[]; readonly total: number }> {
    const query = { limit };
    const list = this.list(query, { me: null, defaults: QUEUE });
    const entries = list?.groups.map(({ lead }) => lead) ?? [];
    return { alerts: await this.records(entries), total: list?.total ?? 0 };
  }

  /** Whole records, in the order of `entries`; one that the log keeps no longer is left out. */
  async records(entries: readonly BoardEntry[]): Promise<readonly Alert[]> {
    const read = entries.map(async ({ row: { place } }) => {
      const { partition, offset } = place;
      const [record] = await this.#parts.log
        .read(TOPICS.alerts.name, partition, offset, 1)
        .catch(() => []);
      return record?.value == null ? [] : [JSON.parse(DECODER.decode(record.value)) as Alert];
    });
    return (await Promise.all(read)).flat();
  }

  #sla(entry: BoardEntry): SlaView {
    const { targets, now } = this.#parts;
    return slaView(slaOf(entry, targets, Date.parse(now())));
  }

  #ownerOf(): (agent: string) => string | undefined {
    const registry = this.#parts.registry();
    if (registry !== this.#owners.of) {
      const owners = (registry?.agents ?? []).flatMap(({ uid, owner }) => {
        const name = owner?.person ?? owner?.team;
        return name === undefined ? [] : [[uid, name] as const];
      });
      this.#owners = { of: registry, by: new Map(owners) };
    }
    const { by } = this.#owners;
    return (agent) => by.get(agent);
  }
}

const graver = ({ row: a }: BoardEntry, { row: b }: BoardEntry): number =>
  b.severityRank - a.severityRank || (a.id < b.id ? -1 : 1);

function briefOf({ state, reopened, triage }: BoardEntry): Omit<AlertListItem['triage'], 'sla'> {
  return {
    ...{ state, reopened, assignee: triage.assignee, tags: triage.tags },
    classification: triage.closed?.classification ?? null,
    notes: triage.notes.length,
    last_act: triage.history.at(-1)?.act_id ?? null,
  };
}
