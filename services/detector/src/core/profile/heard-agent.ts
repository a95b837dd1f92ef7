/** When an agent was heard of last, as it is kept while it is listened for, and what is noted of its silence. */
import {
  ASSURANCES,
  type Assurance,
  type AuditEvent,
  CLAIMS,
  type Claim,
  eachClaim,
  epochMs,
} from '@waywarden/schemas';
import type { Draft, Output } from '@waywarden/stage';
import { agentKeyOf } from '../kept/agent-key.ts';
import { NOTES, type Note, type Noted, noteOutput } from './shared-note.ts';

/** Credentials that an agent showed last, by which its silence is noted. */
export const TOKENS_MAX = 8;

/** Of the last event that was heard, what a note needs of it; claims by digit, as in `CLAIMS`. */
export type Last = readonly [
  eventId: string,
  outcome: AuditEvent['outcome'],
  agent: Assurance,
  claims: string,
  /** Left out in what earlier versions kept. */
  sourceKind?: string,
  sourceInstance?: string,
];

export interface Heard {
  readonly tenant: string;
  readonly uid: string;
  readonly last: Last;
  readonly ms: number;
  readonly time: string;
  readonly tokens: readonly string[];
  /** Within what time it is heard of again: its heartbeat, or what is usual; 0 where nothing says so. */
  readonly withinMs: number;
  readonly isDeclared: boolean;
  readonly policyVersion: string;
  readonly silent: boolean;
  /** By what the registry says that it is told of. */
  readonly toldBy?: string | undefined;
  /** The latest stretch without a heartbeat that has ended, in milliseconds. */
  readonly gap?: readonly [sinceMs: number, untilMs: number] | undefined;
  /** It is looked at when its time is up. */
  readonly isDue: boolean;
}

/** As it is stored; the later fields are missing in what earlier versions stored. */
type Stored = readonly [
  tenant: string,
  uid: string,
  last: Last,
  time: string,
  tokens: readonly string[],
  withinMs: number,
  policyVersion: string,
  silent: 0 | 1,
  toldBy?: string,
  gap?: readonly [number, number] | 0,
  marks?: number,
];

export function keepHeard(draft: Draft, key: string, heard: Omit<Heard, 'ms'>): void {
  const { tenant, uid, last, time, tokens, withinMs, policyVersion, silent } = heard;
  const marks = (heard.isDeclared ? 0 : 1) + (heard.isDue ? 2 : 0);
  const stored: Stored = [
    ...([tenant, uid, last, time, tokens, withinMs, policyVersion, silent ? 1 : 0] as const),
    ...([heard.toldBy ?? '', heard.gap ?? 0, marks] as const),
  ];
  draft.put(key, stored);
}

export function heardAt(draft: Draft, key: string): Heard | undefined {
  const stored = draft.get<Stored>(key);
  if (stored === undefined) return undefined;
  const [tenant, uid, last, time, tokens, withinMs, policyVersion, silent] = stored;
  const [, , , , , , , , toldBy = '', gap = 0, marks = 0] = stored;
  return {
    ...{ tenant, uid, last, time, ms: epochMs(time), tokens, withinMs, policyVersion },
    ...{ silent: silent === 1, isDeclared: marks % 2 === 0, isDue: marks >= 2 },
    ...(toldBy === '' ? {} : { toldBy }),
    ...(gap === 0 ? {} : { gap }),
  };
}

/** Not under the name of earlier versions, which kept more of the event. */
export const heardKey = (tenant: string, uid: string) => agentKeyOf(tenant, uid, 'alive');

export function lastOf({ event_id, outcome, agent, claims, source }: AuditEvent): Last {
  const digits = CLAIMS.map((claim) => ASSURANCES.indexOf(claims[claim])).join('');
  return [event_id, outcome, agent.assurance, digits, source.kind, source.instance];
}

function notedOf({ tenant, uid, last }: Heard): Noted {
  const [event_id, outcome, assurance, claims, kind, instance] = last;
  const of = (claim: Claim) =>
    ASSURANCES[Number(claims.charAt(CLAIMS.indexOf(claim)))] ?? 'unresolved';
  return {
    event_id,
    tenant_id: tenant,
    claims: eachClaim(of),
    event_time_quality: 'measured',
    outcome,
    agent: { uid, assurance },
    ...(kind === undefined || instance === undefined ? {} : { source: { kind, instance } }),
  };
}

/** By whom it is told of: what the registry says, else the source of its last event. */
function sourceOf({ toldBy, last: [, , , , , instance] }: Heard): string | undefined {
  return toldBy ?? instance;
}

/** Under each of its credentials, and under the source that tells of it (`assembly/count-silence.ts`). */
export function silenceNotes(
  heard: Heard,
  kind: 'silenceBegun' | 'silenceEnded',
): readonly Output[] {
  const { time, policyVersion, tokens, withinMs, isDeclared } = heard;
  if (tokens.length === 0) return [];
  const event = notedOf(heard);
  const source = sourceOf(heard);
  const note: Omit<Note, 'about'> = {
    ...{ kind: NOTES[kind], time, policyVersion },
    ...(isDeclared ? {} : { usualMs: withinMs }),
    ...(source === undefined ? {} : { toldBy: source }),
  };
  const about = tokens.map((token) => `token/${token}`);
  if (source !== undefined) about.push(`outage/${source}`);
  return about.map((one) => noteOutput(event, { ...note, about: one }));
}
