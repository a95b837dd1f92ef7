/**
 * A credential older than its class may hold, or used after expiry; by its dates, else by its first use. Limit: the
 * last eight tokens.
 */
import {
  type AuditEvent,
  assuranceAtLeast,
  type ClassRow,
  classRow,
  durationMs,
  epochMs,
  PRINT_LENGTH,
  type RegistryAgent,
  shortPrint,
  sourceNameOf,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import {
  credentialCause,
  type Finding,
  type FindingRule,
  finding,
  nameOf,
  thresholdOf,
} from '../../alerting/finding.ts';
import { CLOCK_SKEW_MAX_MS, DAY_MS } from '../../domain/day.ts';
import { areaOf, clientName, networkOf, networkText } from '../../domain/network-name.ts';
import { print, recordTable } from '../../domain/record-table.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { shorten } from '../../domain/short-text.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { credentialExpiredWords, credentialOverAgeWords } from '../../wording/credentials.ts';

/** Of an agent; the oldest is forgotten. */
export const CREDENTIAL_TOKENS_MAX = 8;
const UNBOUND_LIFE = '24h';

/** Of one without an issue date. */
function firstUseMs(transaction: Transaction, event: AuditEvent): number {
  const at = epochMs(event.event_time);
  const uid = event.credential?.uid ?? event.credential?.fp;
  if (uid === undefined) return at;
  const token = shortPrint(uid);
  const key = agentStateKey(event, 'since');
  const known = transaction.get<readonly (readonly [token: string, ms: number])[]>(key) ?? [];
  const first = known.find(([one]) => one === token);
  if (first === undefined)
    transaction.put(key, [...known, [token, at] as const].slice(-CREDENTIAL_TOKENS_MAX));
  return first?.[1] ?? at;
}

/** All tokens renewed so late have one cause. */
const RENEWED_MS = 7 * DAY_MS;

export function reportedAs({ credential }: AuditEvent, lateMs: number): string {
  return lateMs > RENEWED_MS ? (credential?.uid ?? '') : 'renewed';
}

interface UsedAt {
  readonly key: string;
  readonly places: readonly string[];
  readonly beyondFirst?: number;
}

function placeOf({ src }: AuditEvent): UsedAt {
  const network = networkOf(src?.ip);
  const client = src?.user_agent;
  const places = [
    ...(network === undefined ? [] : [networkText(network)]),
    ...(client === undefined ? [] : [shorten(client, 64)]),
  ];
  const area = network === undefined ? '' : areaOf(network);
  return {
    key: `${area}|${client === undefined ? '' : clientName(client)}`,
    places,
  };
}

/** As many again for asserted ones. */
const PLACES_MAX = 8;
const PLACES = recordTable({ place: print(PRINT_LENGTH) }, 2 * PLACES_MAX);
const FURTHER = 'further';
/** No print begins so. */
const CLAIMED = '~';

function isFull(known: string, isClaimed: boolean): boolean {
  const alike = PLACES.all(known).filter(({ place }) => place.startsWith(CLAIMED) === isClaimed);
  return alike.length >= PLACES_MAX;
}

function reportedPlace(transaction: Transaction, event: AuditEvent): UsedAt {
  const place = placeOf(event);
  const proven = shortPrint(place.key);
  const isClaimed = !assuranceAtLeast(event.agent.assurance, 'authenticated');
  const own = isClaimed ? CLAIMED + proven.slice(1) : proven;
  const key = agentStateKey(event, 'expired-at');
  const known = transaction.get<string>(key) ?? '';
  if ([own, proven].some((one) => PLACES.has(known, one))) return place;
  if (isFull(known, isClaimed)) return { ...place, key: FURTHER, beyondFirst: PLACES_MAX };
  transaction.put(key, PLACES.add(known, { place: own }));
  return place;
}

function expired(transaction: Transaction, event: AuditEvent, overMs: number): Finding {
  const { key, places, beyondFirst } = reportedPlace(transaction, event);
  const { expires_at: expiresAt } = event.credential ?? {};
  return finding({
    kind: 'credential_misuse',
    ruleId: 'credential-expired',
    severity: RULE_SEVERITIES['credential-expired'].plain,
    dedupeKey: `expired|${reportedAs(event, overMs)}|${key}`,
    renews: 'credential',
    ...credentialExpiredWords({ who: nameOf(event), places, expiresAt, overMs }, beyondFirst),
    causeKey: credentialCause(event),
    threshold: 'static',
    quarantines: true,
    standsBy: ['expired'],
    sources: [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI03'], attack: ['T1550.001'] },
  });
}

interface Age {
  readonly age: number;
  readonly life: string;
  readonly cls: string;
  readonly isSeen: boolean;
  readonly threshold: 'static' | 'operator';
}

/**
 * A day, which is longer than usual slots and tasks; else a key of years would be in order for who declares no
 * schedule.
 */
function lifeOfUnbound(
  { credential, task }: AuditEvent,
  { credential_bound: bound }: ClassRow,
  { profile }: RegistryAgent,
): string | undefined {
  if (credential?.issued_at === undefined) return undefined;
  const isOfTask = credential.task_id !== undefined && credential.task_id === task?.id;
  if (bound === 'task') return isOfTask ? undefined : UNBOUND_LIFE;
  return bound === 'window' && profile?.schedule === undefined ? UNBOUND_LIFE : undefined;
}

function overAge(event: AuditEvent, { age, life, cls, isSeen, threshold }: Age) {
  return finding({
    kind: 'credential_static',
    ruleId: 'credential-over-age',
    severity: RULE_SEVERITIES['credential-over-age'].plain,
    dedupeKey: `age|${reportedAs(event, age)}`,
    ...credentialOverAgeWords({ who: nameOf(event), cls, life, ageMs: age, isSeen }),
    causeKey: credentialCause(event),
    renews: 'work',
    threshold,
    sources: isSeen ? undefined : [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI03'], attack: ['T1528'] },
  });
}

export const credentialAge: FindingRule = (transaction, event, { registered, classes }) => {
  const { credential, event_time_quality: quality } = event;
  if (credential === undefined || quality !== 'measured' || event.outcome === 'denied') {
    return undefined;
  }
  const cls = registered?.class ?? 'unknown';
  const at = epochMs(event.event_time);
  if (credential.expires_at !== undefined) {
    const over = at - epochMs(credential.expires_at);
    if (over > CLOCK_SKEW_MAX_MS) return expired(transaction, event, over);
  }
  if (registered === undefined) return undefined;
  const row = classRow(classes, cls, event.target?.environment);
  const life = row.credential_life ?? lifeOfUnbound(event, row, registered);
  if (life === undefined) return undefined;
  const { issued_at: issued } = credential;
  const isSeen = issued === undefined;
  const age = at - (isSeen ? firstUseMs(transaction, event) : epochMs(issued));
  if (age <= durationMs(life) + CLOCK_SKEW_MAX_MS) return undefined;
  const threshold = thresholdOf(row, cls, 'credential_life');
  return overAge(event, { age, life, cls, isSeen, threshold });
};
