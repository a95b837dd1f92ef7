/**
 * An agent's own source is silent while others show it at work, against days on which that happened before
 * (Laplace). Both must name the agent alike; else `../../correlation/fleet-signals/count-silence.ts`.
 */
import { type AuditEvent, epochMs, sourceNameOf } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { type FindingRule, finding, nameOf } from '../../alerting/finding.ts';
import { DAY_MS, DAYS_KNOWN_MIN, dayOf, HOUR_MS } from '../../domain/day.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { knownOf, storeKnown } from '../../state/agent/agent-key.ts';
import { lostNumbersWords, missedBeatsWords, telemetryGapWords } from '../../wording/silence.ts';
import { silentBefore } from './silence.ts';

const UNHEARD_MIN = 3;
const UNHEARD_MAX = 32;
const CALLS_MIN = 30;
const CHANCE_MAX = 1 / 6;
const SOURCES_MAX = 8;

interface Sources {
  readonly since: number;
  readonly lastSeen: readonly (readonly [source: string, lastMs: number, calls: number])[];
  readonly unheard: readonly (readonly [ms: number, eventId: string])[];
  /** Latest days. */
  readonly days: number;
  readonly day: number;
  readonly oddDays: number;
  readonly oddDay: number;
}

const NOTHING: Omit<Sources, 'since'> = {
  ...{ lastSeen: [], unheard: [], days: 0, day: 0, oddDays: 0, oddDay: 0 },
};

function lastSeenWith(
  lastSeen: Sources['lastSeen'],
  source: string,
  ms: number,
): Sources['lastSeen'] {
  const before = lastSeen.find(([one]) => one === source);
  const own = [source, Math.max(ms, before?.[1] ?? ms), (before?.[2] ?? 0) + 1] as const;
  const others = lastSeen.filter(([one]) => one !== source);
  return [...others.slice(1 - SOURCES_MAX), own];
}

const mainOf = (lastSeen: Sources['lastSeen']) =>
  lastSeen.reduce<Sources['lastSeen'][number] | undefined>(
    (most, one) => (most === undefined || one[2] > most[2] ? one : most),
    undefined,
  );

function ofMain(of: Sources, source: string, ms: number): Sources {
  const unheard = of.unheard.filter(([at]) => Math.abs(ms - at) > HOUR_MS);
  return { ...of, lastSeen: lastSeenWith(of.lastSeen, source, ms), unheard };
}

function ofOther(of: Sources, event: AuditEvent, lastMs: number): Sources {
  const ms = epochMs(event.event_time);
  const day = dayOf(event);
  const lastSeen = lastSeenWith(of.lastSeen, sourceNameOf(event), ms);
  const isSeen = Math.abs(ms - lastMs) <= HOUR_MS;
  const unheard = isSeen ? of.unheard : [...of.unheard, [ms, event.event_id] as const];
  const isNewDay = day > of.day;
  return {
    ...of,
    ...{ lastSeen, unheard: unheard.slice(-UNHEARD_MAX) },
    ...(isNewDay ? { day, days: of.days + 1 } : {}),
  };
}

const missing = ({ unheard }: Sources, ms: number) =>
  unheard.filter(([at]) => ms - at >= HOUR_MS || at === ms);

export const telemetryGap: FindingRule = (transaction, event) => {
  if (event.event_time_quality !== 'measured') return undefined;
  const ms = epochMs(event.event_time);
  const source = sourceNameOf(event);
  const before = knownOf<Sources>(transaction, event, 'sources') ?? {
    since: dayOf(event),
    ...NOTHING,
  };
  const main = mainOf(before.lastSeen);
  if (main === undefined || main[0] === source) {
    storeKnown(transaction, event, 'sources', ofMain(before, source, ms));
    return undefined;
  }
  const now = ofOther(before, event, main[1]);
  const lacking = missing(now, ms);
  const [first] = lacking;
  const isGap =
    first !== undefined && lacking.length >= UNHEARD_MIN && ms - first[0] >= 2 * HOUR_MS;
  const isNewOdd = isGap && dayOf(event) > now.oddDay;
  const chance = (1 + now.oddDays) / (2 + now.days);
  const isWarm = main[2] >= CALLS_MIN && dayOf(event) - now.since >= DAYS_KNOWN_MIN;
  const isReported = isGap && isWarm && chance <= CHANCE_MAX;
  const odd = isNewOdd && !isReported ? { oddDays: now.oddDays + 1, oddDay: dayOf(event) } : {};
  storeKnown(transaction, event, 'sources', { ...now, ...odd } satisfies Sources);
  if (!isReported || first === undefined) return undefined;
  const { oddDays, days } = now;
  const gap = { source, silentMs: ms - main[1], lacking: lacking.length, oddDays, days };
  return finding({
    kind: 'telemetry_gap',
    ruleId: 'source-silent',
    threshold: 'learned',
    severity: RULE_SEVERITIES['source-silent'].plain,
    dedupeKey: `silent|${main[0]}`,
    ...telemetryGapWords({ who: nameOf(event), silent: main[0], ...gap }),
    evidence: lacking.slice(0, 8).map(([, eventId]) => ({
      ...{ eventId, role: 'unheard_call', assurance: event.agent.assurance },
    })),
    causeKey: `silent|${main[0]}`,
    quarantines: true,
    standsBy: [main[0]],
    taxonomy: { attack: ['T1562.008'] },
  });
};

/** As ingest notes it; no body can. */
function lostNumbers({ unmapped, source }: AuditEvent): readonly string[] {
  const missing = unmapped?.['ingest.missing'];
  if (typeof missing !== 'object' || missing === null) return [];
  const { numbers, since, until } = missing as Readonly<Record<string, unknown>>;
  if (typeof numbers !== 'number' || typeof since !== 'string' || typeof until !== 'string') {
    return [];
  }
  return [lostNumbersWords({ numbers, source: source.instance, since, until })];
}

function missedBeats(transaction: Transaction, event: AuditEvent): readonly string[] {
  const silent = silentBefore(transaction, event);
  if (silent === undefined) return [];
  if (epochMs(event.event_time) - epochMs(silent.until) > DAY_MS) return [];
  return [missedBeatsWords(silent)];
}

/**
 * What was not heard in the day before a call, a sentence each: missing source numbers (ingest's
 * `source-numbers.ts`) and gaps of heartbeats.
 */
export function telemetryGapsBefore(
  transaction: Transaction,
  event: AuditEvent,
): readonly string[] {
  return [...lostNumbers(event), ...missedBeats(transaction, event)];
}
