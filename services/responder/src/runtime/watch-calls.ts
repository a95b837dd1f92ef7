/** Reads the live stream: calls, silences and lineage of the contained go into the journal. It decides nothing. */
import type { LogRecord } from '@waywarden/event-log';
import {
  type AuditEvent,
  agentKey,
  assuranceAtLeast,
  canonicalJson,
  epochMs,
  formatLogTime,
  HEADERS,
  type MacKeyRing,
  type ObservedCall,
  sourceNameOf,
  TOPICS,
  validateAuditEvent,
  verifyMac,
  type Watermark,
  watermarkSchema,
} from '@waywarden/schemas';
import {
  type Output,
  type Parsed,
  parseJson,
  Stage,
  type StageRecord,
  type Transaction,
} from '@waywarden/stage';
import { learnRhythm, type UsualRhythm, usualRhythm } from '../core/containment/agent-rhythm.ts';
import { ReportedLineage, reportedOf } from '../core/containment/reported-facts.ts';
import { AUTOMATIC_ASSURANCE_MIN } from '../core/guards/withheld-reasons.ts';
import { latestMs } from '../core/model/called-at.ts';
import { toJournal } from '../core/model/journal-output.ts';
import { isUsingAccess, observationOf } from '../core/model/watched-subject.ts';
import { type StageSetup, sha256Hex } from './responder-stages.ts';
import type { WatchedAgents } from './watched-agents.ts';

const STORED_MAX = 1_000;

const secondOf = ({ event_time: time }: ObservedCall) => Math.floor(epochMs(time) / 1000);

function isLater(one: ObservedCall, than: ObservedCall): boolean {
  const aheadMs = epochMs(one.event_time) - epochMs(than.event_time);
  return aheadMs === 0 ? latestMs(one) >= latestMs(than) : aheadMs > 0;
}

/** The last call of a kind within a second, in memory: mid-second orders must see it. */
class LastOfKind {
  readonly #stored = new Map<string, ObservedCall>();

  /** Returns what is to be noted now. */
  keep(kind: string, call: ObservedCall): readonly ObservedCall[] {
    const known = this.#stored.get(kind);
    const isSame = known !== undefined && secondOf(known) === secondOf(call);
    if (isSame && isLater(known, call)) return [];
    const reported = known === undefined || isSame ? [] : [known];
    const all = known === undefined && this.#stored.size >= STORED_MAX ? this.#takeAll() : [];
    this.#stored.set(kind, call);
    return [...reported, ...all];
  }

  #takeAll(): readonly ObservedCall[] {
    const all = [...this.#stored.values()];
    this.#stored.clear();
    return all;
  }

  take(nowMs: number): readonly ObservedCall[] {
    const over: ObservedCall[] = [];
    for (const [kind, call] of this.#stored) {
      if (secondOf(call) >= Math.floor(nowMs / 1000)) continue;
      over.push(call);
      this.#stored.delete(kind);
    }
    return over;
  }
}

const WATCH_STAGE = 'responder-watch';
/** At the soonest. */
const REPORTED_EVERY_MS = 5_000;
const SOURCES_MAX = 10_000;
const REPORTED_SECOND = 'told_second';
/** Number of the last watermark; one below is a repeat, or of a sequencer that was replaced. */
const SEQUENCE = 'sequence';

/** Due items must not wait for an alert. */
function reportTime(transaction: Transaction, { partition }: StageRecord, watermark: Watermark) {
  const second = Math.floor(epochMs(watermark.time) / 1000);
  if (partition !== 0 || second <= (transaction.get<number>(REPORTED_SECOND) ?? 0)) return [];
  transaction.put(REPORTED_SECOND, second);
  const { seq, time } = watermark;
  return [toJournal({ kind: 'watermark', watermark }, `watermark|live|${seq}`, time)];
}

function isProven({ agent }: AuditEvent): boolean {
  return assuranceAtLeast(agent.assurance, AUTOMATIC_ASSURANCE_MIN);
}

/** Shorter calls count as instant. */
const LONG_CALL_MS = 1_000;

function kindOf(observation: ObservedCall): string {
  const { event_id: _id, event_time: _time, observed_time: _seen, ...asked } = observation;
  const { duration_ms: took = 0, ...rest } = asked;
  return sha256Hex(canonicalJson({ ...rest, isLong: took >= LONG_CALL_MS }));
}

function noted(observation: ObservedCall): Output {
  const { event_id: id, event_time: time } = observation;
  return toJournal({ kind: 'observation', observation: observation }, `observation|${id}`, time);
}

export class CallWatch {
  readonly #watched: WatchedAgents;
  /** By agent; someone else's is needed. */
  readonly #lastSeen = new Map<string, ReadonlyMap<string, number>>();
  readonly #reportedMs = new Map<string, number>();
  readonly #last = new LastOfKind();
  readonly #lineage = new ReportedLineage();

  constructor(watched: WatchedAgents) {
    this.#watched = watched;
  }

  decide(transaction: Transaction, record: StageRecord): readonly Output[] {
    if (record.value === null) return [];
    if (record.type === 'watermark') {
      const watermark = record.value as Watermark;
      if (watermark.seq <= (transaction.get<number>(SEQUENCE) ?? 0)) return [];
      transaction.put(SEQUENCE, watermark.seq);
      const reported = reportTime(transaction, record, watermark);
      const last = this.#last.take(epochMs(watermark.time)).map(noted);
      if (this.#watched.size === 0) return [...reported, ...last];
      return [...reported, ...last, ...this.#quiet(transaction, watermark)];
    }
    return record.type === 'event' ? this.#call(transaction, record.value as AuditEvent) : [];
  }

  #observe(tenantId: string, source: string, agentUid: string, atMs: number): void {
    const key = agentKey(tenantId, source);
    const known = this.#lastSeen.get(key);
    if ((known?.get(agentUid) ?? 0) >= atMs) return;
    const other = [...(known ?? [])].filter(([uid]) => uid !== agentUid).at(-1);
    this.#lastSeen.delete(key);
    this.#lastSeen.set(key, new Map([...(other ? [other] : []), [agentUid, atMs]]));
    const [oldest] = this.#lastSeen.keys();
    if (this.#lastSeen.size > SOURCES_MAX && oldest !== undefined) this.#lastSeen.delete(oldest);
  }

  #call(transaction: Transaction, event: AuditEvent): readonly Output[] {
    const { tenant_id: tenantId, agent, event_time: time } = event;
    // Anybody may assert an agent.
    if (isProven(event)) {
      // A fast clock must not vouch for later.
      const lastSeenMs = Math.min(epochMs(time), epochMs(event.observed_time));
      this.#observe(tenantId, sourceNameOf(event), agent.uid, lastSeenMs);
    }
    return [...reportedOf(event, this.#lineage), ...this.#observation(transaction, event)];
  }

  #observation(transaction: Transaction, event: AuditEvent): readonly Output[] {
    const { tenant_id: tenantId, agent, event_time: time } = event;
    if (!isUsingAccess(event)) return [];
    learnRhythm(transaction, {
      ...{ tenantId, agentUid: agent.uid, time, lastSeenAt: event.observed_time },
      ...{ source: sourceNameOf(event), isProven: isProven(event) },
    });
    // Only breaks a silence.
    if (this.#watched.size === 0 || event.phase === 'requested') return [];
    const observation = observationOf(event);
    if (!this.#concerns(observation)) return [];
    const kind = kindOf(observation);
    if (this.#watched.isWorthNoting(kind, epochMs(time))) return [noted(observation)];
    return this.#last.keep(kind, observation).map(noted);
  }

  #concerns({
    tenant_id: tenantId,
    agent_uid,
    acts_for = [],
    credential_uid,
  }: ObservedCall): boolean {
    const isOfAgent = [agent_uid, ...acts_for].some((uid) =>
      this.#watched.isWatched(tenantId, uid),
    );
    if (isOfAgent || credential_uid === undefined) return isOfAgent;
    return this.#watched.isTaken(tenantId, credential_uid);
  }

  #quiet(transaction: Transaction, { time }: Watermark): readonly Output[] {
    const untilMs = epochMs(time);
    return this.#watched.inForce(untilMs).flatMap(({ tenantId, uid: agentUid }) => {
      const rhythm = usualRhythm(transaction, tenantId, agentUid);
      if (rhythm === undefined || untilMs - rhythm.lastMs < rhythm.usualMs) return [];
      const key = agentKey(tenantId, agentUid);
      const every = Math.max(REPORTED_EVERY_MS, rhythm.usualMs);
      if (untilMs - (this.#reportedMs.get(key) ?? 0) < every) return [];
      if (this.#reportedMs.size >= SOURCES_MAX) this.#reportedMs.clear();
      this.#reportedMs.set(key, untilMs);
      const lastSeenMs = this.#seenUntil(tenantId, agentUid, rhythm);
      const at = (ms: number) => formatLogTime({ ms, ns: 0 });
      const silence = {
        tenant_id: tenantId,
        agent_uid: agentUid,
        until: time,
        last_call: at(rhythm.lastMs),
        usual_ms: rhythm.usualMs,
        ...(lastSeenMs === undefined ? {} : { seen_until: at(lastSeenMs) }),
      };
      return [toJournal({ kind: 'silence', silence }, `silence|${key}|${time}`, time)];
    });
  }

  #seenUntil(tenantId: string, agentUid: string, { sources, isProven }: UsualRhythm) {
    if (!isProven || sources === undefined) return undefined;
    const each = sources.map((source) => this.#othersOf(tenantId, source, agentUid));
    const lastSeen = each.filter((ms) => ms !== undefined);
    return lastSeen.length < each.length ? undefined : Math.min(...lastSeen);
  }

  #othersOf(tenantId: string, source: string, agentUid: string): number | undefined {
    const lastSeen = this.#lastSeen.get(agentKey(tenantId, source)) ?? new Map<string, number>();
    const others = [...lastSeen].filter(([uid]) => uid !== agentUid).map(([, ms]) => ms);
    return others.length === 0 ? undefined : Math.max(...others);
  }
}

/** The detector sets these aside, with a reason. */
function parseCall(sequencerKeys: MacKeyRing) {
  return (record: LogRecord): Parsed => {
    const type = record.headers[HEADERS.type];
    const parsed = type === 'control' ? { refused: 'not_asked' } : parseJson(record);
    if ('refused' in parsed) return { value: null };
    const isGood =
      type === 'watermark'
        ? verifyMac(record, sequencerKeys) === 'ok' &&
          watermarkSchema.safeParse(parsed.value).success
        : validateAuditEvent(parsed.value);
    return isGood ? parsed : { value: null };
  };
}

export function watchStage(
  setup: StageSetup,
  watched: WatchedAgents,
  options: { readonly sequencerKeys: MacKeyRing; readonly gate: () => Promise<boolean> },
): Stage {
  const watch = new CallWatch(watched);
  return new Stage({
    ...setup,
    name: WATCH_STAGE,
    topics: [TOPICS.auditEvents.name],
    decide: (transaction, record) => watch.decide(transaction, record),
    parse: parseCall(options.sequencerKeys),
    gate: options.gate,
  });
}
