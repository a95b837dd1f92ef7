/**
 * The aggregate stage: once a day a snapshot of each group (docs/adr/0020). A day closes two hours after its end by
 * the slowest partition, and serves the day after the next.
 */
import {
  type BaselinePartial,
  type BaselineSnapshot,
  epochMs,
  peerGroupKey,
  TOPICS,
  type Watermark,
} from '@waywarden/schemas';
import type { Output, StageRecord, Transaction } from '@waywarden/stage';
import { closeDay, type Group, membersOf, takeReported } from '../baselines/peers/group-members.ts';
import { commonOf } from '../baselines/peers/make-snapshot.ts';
import {
  GROUPS_PER_TENANT_MAX,
  MEMBER_IDLE_DAYS,
  OPEN_DAYS_MAX,
} from '../baselines/peers/peer-groups.ts';
import { DAY_MS, dateOfDay, HOUR_MS } from '../domain/day.ts';
import { schedule, takeDue } from '../state/due-items.ts';
import { acceptNumber, advanceClock } from '../state/stage-clock.ts';

/** `takeDue` takes whole hours. */
const DUE_AFTER_MS = HOUR_MS;
const CLOSED_AFTER_MS = DUE_AFTER_MS + HOUR_MS;
/** Until the first day that uses it. */
const EFFECTIVE_AFTER_DAYS = 2;

const CLOSED = 'closed';

interface DueDay extends Group {
  readonly day: number;
}

interface AggregateCounters {
  /** For want of room, or too far ahead. */
  readonly refused: number;
}
const COUNTERS = 'counters';

export function aggregateCounters(transaction: Transaction): AggregateCounters {
  return transaction.get<AggregateCounters>(COUNTERS) ?? { refused: 0 };
}

const groupsKey = (tenant: string) => `groups/${tenant}`;
const openKey = ({ tenant, group }: Group) => `open/${JSON.stringify([tenant, group])}`;

function openGroup(transaction: Transaction, of: Group): boolean {
  if (transaction.get(openKey(of)) !== undefined) return true;
  const groups = transaction.get<number>(groupsKey(of.tenant)) ?? 0;
  if (groups >= GROUPS_PER_TENANT_MAX) return false;
  transaction.put(groupsKey(of.tenant), groups + 1);
  return true;
}

function refuse(transaction: Transaction): readonly Output[] {
  transaction.put(COUNTERS, { refused: aggregateCounters(transaction).refused + 1 });
  return [];
}

function takePartial(transaction: Transaction, partial: BaselinePartial): readonly Output[] {
  const { tenant_id: tenant, peer_group: group, reported_at: reported } = partial;
  const of = { tenant, group };
  const reportedDay = Math.floor(epochMs(reported ?? partial.window_start) / DAY_MS);
  const closed = transaction.get<number>(CLOSED);
  const day = closed === undefined ? reportedDay : Math.max(reportedDay, closed + 1);
  if (closed !== undefined && day > closed + OPEN_DAYS_MAX) return refuse(transaction);
  if (!openGroup(transaction, of)) return refuse(transaction);
  if (takeReported(transaction, partial, day)) {
    schedule(transaction, { ...of, day } satisfies DueDay, (day + 1) * DAY_MS + DUE_AFTER_MS);
  }
  transaction.put(openKey(of), Math.max(day, transaction.get<number>(openKey(of)) ?? day));
  return [];
}

function snapshotOf(transaction: Transaction, { tenant, group, day }: DueDay): readonly Output[] {
  const found = commonOf(membersOf(transaction, { tenant, group }));
  if (found === undefined) return [];
  const { sinceDay = day, ...common } = found;
  const at = (of: number) => `${dateOfDay(of)}T00:00:00Z`;
  const version = dateOfDay(day);
  return [
    {
      topic: TOPICS.baselineSnapshots.name,
      key: peerGroupKey(tenant, group),
      type: 'event',
      value: {
        tenant_id: tenant,
        peer_group: group,
        version,
        effective_from: at(day + EFFECTIVE_AFTER_DAYS),
        since: at(sinceDay),
        ...common,
      } satisfies BaselineSnapshot,
      id: `${tenant}|${group}|${version}`,
      time: at(day + 1),
    },
  ];
}

function forgetIdle(transaction: Transaction, due: DueDay): void {
  const last = transaction.get<number>(openKey(due));
  if (last === undefined || last > due.day) return;
  closeDay(transaction, due, due.day + MEMBER_IDLE_DAYS + 1);
  transaction.delete(openKey(due));
  const groups = transaction.get<number>(groupsKey(due.tenant)) ?? 1;
  transaction.put(groupsKey(due.tenant), groups - 1);
}

const IDLE = 'idle';
const inOrder = (a: DueDay, b: DueDay) =>
  a.day - b.day ||
  (JSON.stringify([a.tenant, a.group]) < JSON.stringify([b.tenant, b.group]) ? -1 : 1);

function closeDays(transaction: Transaction, nowMs: number): readonly Output[] {
  const day = Math.floor((nowMs - CLOSED_AFTER_MS) / DAY_MS) - 1;
  if (day <= (transaction.get<number>(CLOSED) ?? Number.MIN_SAFE_INTEGER)) return [];
  transaction.put(CLOSED, day);
  const outputs = [...takeDue<DueDay>(transaction, nowMs)].sort(inOrder).flatMap((due) => {
    closeDay(transaction, due, due.day);
    schedule(transaction, due, (due.day + MEMBER_IDLE_DAYS + 1) * DAY_MS, IDLE);
    return snapshotOf(transaction, due);
  });
  for (const due of [...takeDue<DueDay>(transaction, nowMs, IDLE)].sort(inOrder))
    forgetIdle(transaction, due);
  return outputs;
}

export function decideAggregate(transaction: Transaction, record: StageRecord): readonly Output[] {
  switch (record.type) {
    case 'event':
      return takePartial(transaction, record.value as BaselinePartial);
    case 'control':
      return [];
    case 'watermark': {
      const { seq, time } = record.value as Watermark;
      if (!acceptNumber(transaction, record.source, seq)) return [];
      const nowMs = advanceClock(transaction, record.source, time);
      return nowMs === undefined ? [] : closeDays(transaction, nowMs);
    }
  }
}
