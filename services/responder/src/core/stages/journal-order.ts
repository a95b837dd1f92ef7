/** The order of a replay's journal: (log time, id), by content only. */
import { epochMs, type JournalEntry, parseLogTime } from '@waywarden/schemas';

interface Place {
  readonly rank: number;
  readonly ms: number;
  readonly ns: number;
  readonly id: string;
}

function placeOf(entry: JournalEntry): Place {
  switch (entry.kind) {
    case 'control': {
      const { control } = entry;
      // No alert is decided while never_revoke is unknown.
      const kind = control.kind === 'registry' ? 0 : 1;
      return { rank: 0, ms: control.seq, ns: kind, id: control.tenant_id };
    }
    case 'watermark':
      return { rank: 1, ms: epochMs(entry.watermark.time), ns: 0, id: '' };
    case 'alert': {
      const { alert } = entry;
      const time = parseLogTime(alert.detected_at) ?? { ms: 0, ns: 0 };
      const id = `${alert.alert_id}|${String(alert.revision).padStart(10, '0')}`;
      return { rank: 1, ms: time.ms, ns: time.ns, id };
    }
    case 'observation': {
      const { observation } = entry;
      const time = parseLogTime(observation.event_time) ?? { ms: 0, ns: 0 };
      return { rank: 1, ms: time.ms, ns: time.ns, id: observation.event_id };
    }
    case 'silence':
      return { rank: 1, ms: epochMs(entry.silence.until), ns: 0, id: entry.silence.agent_uid };
    case 'delivery': {
      const { delivery } = entry;
      return { rank: 1, ms: epochMs(delivery.at), ns: 0, id: delivery.command_id };
    }
    case 'unanswered': {
      const { unanswered } = entry;
      return { rank: 1, ms: epochMs(unanswered.at), ns: 0, id: unanswered.command_id };
    }
    case 'task_end': {
      const time = parseLogTime(entry.task_end.event_time) ?? { ms: 0, ns: 0 };
      return { rank: 1, ms: time.ms, ns: time.ns, id: entry.task_end.event_id };
    }
    case 'lineage': {
      const time = parseLogTime(entry.lineage.event_time) ?? { ms: 0, ns: 0 };
      return { rank: 1, ms: time.ms, ns: time.ns, id: entry.lineage.event_id };
    }
    case 'act':
      return { rank: 1, ms: epochMs(entry.act.at), ns: 0, id: entry.act.act_id };
    case 'receipt': {
      const { receipt, arrived_at: arrived } = entry;
      const claimedMs = epochMs(receipt.applied_at ?? receipt.received_at ?? '');
      const ms = arrived === undefined ? claimedMs : Math.min(claimedMs, epochMs(arrived));
      return { rank: 1, ms, ns: 0, id: `${receipt.command_id}|${receipt.receiver}` };
    }
  }
}

function comparePlaces(a: Place, b: Place): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.ms !== b.ms) return a.ms - b.ms;
  if (a.ns !== b.ns) return a.ns - b.ns;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

export function inReplayOrder(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  return entries
    .map((entry) => ({ entry, place: placeOf(entry) }))
    .sort((a, b) => comparePlaces(a.place, b.place))
    .map(({ entry }) => entry);
}
