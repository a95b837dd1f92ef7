/** When an agent was last seen, as stored, and the notes of its silence. */
import {
  ASSURANCES,
  type Assurance,
  type AuditEvent,
  assuranceAtLeast,
  CLAIMS,
  type Claim,
  eachClaim,
  epochMs,
  formatLogTime,
  longUuid,
  OUTCOMES,
  shortUuid,
} from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { NOTES, type Note, type Noted, noteOutput } from '../../alerting/shared-note.ts';
import { agentKeyOf } from '../../state/agent/agent-key.ts';
import { commonBeginning } from '../../state/agent/common-beginning.ts';
import { keepWorthiest } from '../../state/agent/keep-worthiest.ts';

const WHOLE_MS = '000000Z';
/** Asserted ones make room first. */
const TOKENS_MAX = 8;
/** No token ends so. */
const ASSERTED = '\u007f';

/** Digits: outcome, assurance of the agent and of `CLAIMS`. */
export type Last = readonly [
  eventId: string,
  digits: string,
  sourceKind?: string,
  sourceInstance?: string,
];

interface SeenAgain {
  /** 0 where nothing says so. */
  readonly withinMs: number;
  readonly isDeclared: boolean;
  readonly silent: boolean;
  /** In milliseconds. */
  readonly gap?: readonly [sinceMs: number, untilMs: number] | undefined;
  readonly isDue: boolean;
}

export interface LastSeen extends SeenAgain {
  readonly tenant: string;
  readonly uid: string;
  readonly last: Last;
  readonly ms: number;
  /** As text where finer than a millisecond. */
  readonly time: string | number;
  readonly tokens: readonly string[];
  readonly policyVersion: string;
  readonly reportedBy?: string | undefined;
  /** Of one with heartbeats. */
  readonly acts?: Acts | undefined;
}

/** The same list where nothing changes. */
export function withToken(tokens: readonly string[], token: string, isProven: boolean) {
  const doubted = token + ASSERTED;
  if (tokens.includes(token) || (!isProven && tokens.includes(doubted))) return tokens;
  const own = isProven ? token : doubted;
  const all = [...tokens.filter((one) => one !== doubted), own];
  const retained = keepWorthiest(all, TOKENS_MAX, (one) => (one.endsWith(ASSERTED) ? 0 : 1));
  return retained.includes(own) ? retained : tokens;
}

/** Silent alone, or with it: never are both marked. */
export type Acts = Pick<LastSeen, 'last' | 'time' | 'ms' | 'withinMs' | 'silent'>;

type EarlierLast = readonly [
  eventId: string,
  outcome: AuditEvent['outcome'],
  agent: Assurance,
  claims: string,
  sourceKind?: string,
  sourceInstance?: string,
];

const REPORTED_APART = 4;

/** As it is stored. */
type Stored = readonly [
  tenant: string,
  uid: string,
  last: Last | EarlierLast,
  time: string | number,
  tokens: readonly string[],
  withinMs: number,
  policyVersion: string,
  silent: 0 | 1,
  /** 1: the source of its last event. */
  reportedBy?: string | 1,
  gap?: readonly [number, number] | 0,
  marks?: number,
  beginning?: string,
  acts?: StoredActs,
];

type StoredActs = readonly [
  /** 0: as it was last seen. */
  last: Last | 0,
  time: string | number,
  withinMs: number,
  silent: 0 | 1,
];

function storedTime(time: string | number): string | number {
  return typeof time === 'string' && time.endsWith(WHOLE_MS) ? epochMs(time) : time;
}

const timeMs = (time: string | number) => (typeof time === 'number' ? time : epochMs(time));

export function storeLastSeen(
  transaction: Transaction,
  key: string,
  lastSeen: Omit<LastSeen, 'ms'>,
): void {
  const {
    tenant,
    uid,
    last,
    time,
    tokens,
    withinMs,
    policyVersion,
    silent,
    reportedBy = '',
  } = lastSeen;
  const marks = (lastSeen.isDeclared ? 0 : 1) + (lastSeen.isDue ? 2 : 0) + REPORTED_APART;
  const reported = reportedBy !== '' && reportedBy === last[3] ? 1 : reportedBy;
  const at = storedTime(time);
  const beginning = commonBeginning(tokens);
  const ends = beginning === '' ? tokens : tokens.map((one) => one.slice(beginning.length));
  const head = [tenant, uid, last, at, ends, withinMs, policyVersion, silent ? 1 : 0] as const;
  const end = [reported, lastSeen.gap ?? 0, marks] as const;
  transaction.put(key, [...head, ...end, ...restOf(lastSeen, beginning)] satisfies Stored);
}

function restOf(
  { acts, last }: Pick<LastSeen, 'acts' | 'last'>,
  beginning: string,
): readonly [beginning?: string, acts?: StoredActs] {
  if (acts === undefined) return beginning === '' ? [] : [beginning];
  const act = acts.last[0] === last[0] ? 0 : acts.last;
  return [beginning, [act, storedTime(acts.time), acts.withinMs, acts.silent ? 1 : 0]];
}

function actsOf(stored: StoredActs, lastSeen: Last): Acts {
  const [last, time, withinMs, silent] = stored;
  const act = last === 0 ? lastSeen : last;
  return { last: act, time, ms: timeMs(time), withinMs, silent: silent === 1 };
}

export function lastSeenAt(transaction: Transaction, key: string): LastSeen | undefined {
  const stored = transaction.get<Stored>(key);
  if (stored === undefined) return undefined;
  const [tenant, uid, , time, ends, withinMs, policyVersion, silent] = stored;
  const [reported = '', gap = 0, marks = 0] = [stored[8], stored[9], stored[10]];
  const beginning = stored[11];
  const whole = beginning === undefined ? ends : ends.map((one) => beginning + one);
  const tokens = marks >= REPORTED_APART ? whole : whole.map((one) => one + ASSERTED);
  const last = presentLast(stored[2]);
  const reportedBy = reported === 1 ? (last[3] ?? '') : reported;
  const acts = stored[12];
  return {
    ...{ tenant, uid, last, time, ms: timeMs(time), tokens, withinMs, policyVersion },
    ...{ silent: silent === 1, isDeclared: marks % 2 === 0, isDue: marks % 4 >= 2 },
    ...(reportedBy === '' ? {} : { reportedBy }),
    ...(gap === 0 ? {} : { gap }),
    ...(acts === undefined ? {} : { acts: actsOf(acts, last) }),
  };
}

export function wasProven({ last: [, digits] }: Pick<LastSeen, 'last'>): boolean {
  return assuranceAtLeast(ASSURANCES[Number(digits.charAt(1))] ?? 'unresolved', 'authenticated');
}

export const lastSeenKey = (tenant: string, uid: string) => agentKeyOf(tenant, uid, 'alive');

export function lastCallOf({ event_id, outcome, agent, claims, source }: AuditEvent): Last {
  let digits = `${OUTCOMES.indexOf(outcome)}${ASSURANCES.indexOf(agent.assurance)}`;
  for (const claim of CLAIMS) digits += ASSURANCES.indexOf(claims[claim]);
  return [shortUuid(event_id), digits, source.kind, source.instance];
}

function isEarlier(last: Last | EarlierLast): last is EarlierLast {
  return !Number.isInteger(Number(last[1]));
}

function presentLast(last: Last | EarlierLast): Last {
  if (!isEarlier(last)) return last;
  const [eventId, outcome, agent, claims, kind, instance] = last;
  const digits = `${OUTCOMES.indexOf(outcome)}${ASSURANCES.indexOf(agent)}${claims}`;
  const head = [shortUuid(eventId), digits] as const;
  return kind === undefined || instance === undefined ? head : [...head, kind, instance];
}

function notedOf({ tenant, uid, last }: LastSeen): Noted {
  const [eventId, digits, kind, instance] = last;
  const level = (at: number) => ASSURANCES[Number(digits.charAt(at))] ?? 'unresolved';
  const of = (claim: Claim) => level(2 + CLAIMS.indexOf(claim));
  return {
    event_id: longUuid(eventId),
    tenant_id: tenant,
    claims: eachClaim(of),
    event_time_quality: 'measured',
    outcome: OUTCOMES[Number(digits.charAt(0))] ?? 'unknown',
    agent: { uid, assurance: level(1) },
    ...(kind === undefined || instance === undefined ? {} : { source: { kind, instance } }),
  };
}

/** The registry's word, else its last event's source. */
function sourceOf({ reportedBy, last: [, , , instance] }: LastSeen): string | undefined {
  return reportedBy ?? instance;
}

/** And under its source (`notes/count-silence.ts`). */
export function silenceNotes(
  lastSeen: LastSeen,
  kind: 'silenceBegun' | 'silenceEnded',
): readonly Output[] {
  const { policyVersion, tokens, withinMs, isDeclared } = lastSeen;
  if (tokens.length === 0) return [];
  const time =
    typeof lastSeen.time === 'string' ? lastSeen.time : formatLogTime({ ms: lastSeen.time, ns: 0 });
  const event = notedOf(lastSeen);
  const source = sourceOf(lastSeen);
  const note: Omit<Note, 'about'> = {
    ...{ kind: NOTES[kind], time, policyVersion },
    ...(isDeclared ? {} : { usualMs: withinMs }),
    ...(source === undefined ? {} : { reportedBy: source }),
  };
  const about = tokens.map((one) => `token/${one.endsWith(ASSERTED) ? one.slice(0, -1) : one}`);
  if (source !== undefined) about.push(`outage/${source}`);
  return about.map((one) => noteOutput(event, { ...note, about: one }));
}
