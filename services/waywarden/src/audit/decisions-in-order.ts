/** Decisions of a log in chain order: partitions merged by number, in bounded memory. */
import type { EventLog, LogRecord } from '@waywarden/event-log';
import type { RecordedDecision } from '@waywarden/responder';
import { decisionSchema, TOPICS } from '@waywarden/schemas';
import { parseJson } from '@waywarden/stage';

const DECISIONS = TOPICS.decisions.name;
const READ_RECORDS_MAX = 200;

export interface PlacedDecision {
  /** `topic/partition/offset`. */
  readonly where: string;
  readonly key: string | null;
  readonly decision: RecordedDecision | undefined;
}

/** Unknown fields are in the hash too. */
function placed(record: LogRecord): PlacedDecision {
  const { topic, partition, offset, key } = record;
  const parsed = parseJson(record);
  const value = 'value' in parsed ? parsed.value : undefined;
  const isDecision = decisionSchema.safeParse(value).success;
  return {
    where: `${topic}/${partition}/${offset}`,
    key,
    decision: isDecision ? (value as RecordedDecision) : undefined,
  };
}

async function* ofPartition(
  log: EventLog,
  partition: number,
  [start, end]: readonly [number, number],
): AsyncGenerator<PlacedDecision> {
  for (let at = start; at < end; ) {
    const records = await log.read(DECISIONS, partition, at, Math.min(READ_RECORDS_MAX, end - at));
    if (records.length === 0) return;
    for (const record of records) yield placed(record);
    at = (records.at(-1)?.offset ?? at) + 1;
  }
}

interface Lane {
  readonly rest: AsyncGenerator<PlacedDecision>;
  next: PlacedDecision;
}

/** Its place in the chain is unknown. */
const numberOf = ({ next }: Lane): number => next.decision?.seq ?? 0;

export async function* decisionsInOrder(log: EventLog): AsyncGenerator<PlacedDecision> {
  const starts = await log.startOffsets(DECISIONS);
  const ends = await log.endOffsets(DECISIONS);
  const lanes = new Set<Lane>();
  for (const [partition, end] of ends.entries()) {
    const rest = ofPartition(log, partition, [starts[partition] ?? 0, end]);
    const first = await rest.next();
    if (first.done !== true) lanes.add({ rest, next: first.value });
  }
  while (lanes.size > 0) {
    const [first, ...others] = lanes;
    if (first === undefined) return;
    const lane = others.reduce((a, b) => (numberOf(b) < numberOf(a) ? b : a), first);
    yield lane.next;
    const next = await lane.rest.next();
    if (next.done === true) lanes.delete(lane);
    else lane.next = next.value;
  }
}
