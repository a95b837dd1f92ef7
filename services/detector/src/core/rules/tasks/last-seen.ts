/** When an agent was last seen, and the notes of its silence. */
import { type Assurance, type AuditEvent, assuranceAtLeast } from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { NOTES, type Note, noteOutput } from '../../alerting/shared-note.ts';
import { agentKeyOf } from '../../state/agent/agent-key.ts';
import { keepWorthiest } from '../../state/agent/bounded-lists.ts';

/** Asserted ones make room first. */
const TOKENS_MAX = 8;

export interface ShownToken {
  readonly uid: string;
  readonly isProven: boolean;
}

/** Its last call, as far as a note of silence names it. */
interface LastCall extends Pick<AuditEvent, 'event_id' | 'outcome' | 'claims'> {
  readonly assurance: Assurance;
  readonly source: { readonly kind: AuditEvent['source']['kind']; readonly instance: string };
}

/** Silent alone, or with it: never are both marked. */
export interface Acts {
  readonly last: LastCall;
  readonly time: string;
  readonly ms: number;
  /** 0 where nothing says so. */
  readonly withinMs: number;
  readonly silent: boolean;
}

export interface LastSeen extends Acts {
  readonly tenant: string;
  readonly uid: string;
  readonly isDeclared: boolean;
  readonly isDue: boolean;
  readonly tokens: readonly ShownToken[];
  readonly policyVersion: string;
  readonly reportedBy?: string | undefined;
  readonly gap?: readonly [sinceMs: number, untilMs: number] | undefined;
  /** Of one with heartbeats. */
  readonly acts?: Acts | undefined;
}

/** The same list where nothing changes. */
export function withToken(
  tokens: readonly ShownToken[],
  uid: string,
  isProven: boolean,
): readonly ShownToken[] {
  const before = tokens.find((one) => one.uid === uid);
  if (before !== undefined && (before.isProven || !isProven)) return tokens;
  const own = { uid, isProven };
  const all = [...tokens.filter((one) => one !== before), own];
  const retained = keepWorthiest(all, TOKENS_MAX, (one) => (one.isProven ? 1 : 0));
  return retained.includes(own) ? retained : tokens;
}

export const wasProven = ({ last }: Pick<LastSeen, 'last'>): boolean =>
  assuranceAtLeast(last.assurance, 'authenticated');

export const lastSeenKey = (tenant: string, uid: string) => agentKeyOf(tenant, uid, 'alive');

export const lastSeenAt = (transaction: Transaction, key: string): LastSeen | undefined =>
  transaction.get<LastSeen>(key);

export const storeLastSeen = (transaction: Transaction, key: string, lastSeen: LastSeen): void =>
  transaction.put(key, lastSeen);

export const lastCallOf = ({ event_id, outcome, agent, claims, source }: AuditEvent): LastCall => ({
  ...{ event_id, outcome, claims, assurance: agent.assurance },
  source: { kind: source.kind, instance: source.instance },
});

/** And under its source (`fleet-signals/count-silence.ts`). */
export function silenceNotes(
  lastSeen: LastSeen,
  kind: 'silenceBegun' | 'silenceEnded',
): readonly Output[] {
  const { policyVersion, tokens, withinMs, isDeclared, tenant, uid, last, time } = lastSeen;
  if (tokens.length === 0) return [];
  const { event_id, outcome, claims, source, assurance } = last;
  const event = {
    ...{ event_id, tenant_id: tenant, claims, outcome, source },
    ...{ event_time_quality: 'measured' as const, agent: { uid, assurance } },
  };
  // The registry's word, else its last event's source.
  const reportedBy = lastSeen.reportedBy ?? source.instance;
  const note: Omit<Note, 'about'> = {
    ...{ kind: NOTES[kind], time, policyVersion, reportedBy },
    ...(isDeclared ? {} : { usualMs: withinMs }),
  };
  const about = tokens.map((one) => `token/${one.uid}`);
  return [...about, `outage/${reportedBy}`].map((one) =>
    noteOutput(event, { ...note, about: one }),
  );
}
