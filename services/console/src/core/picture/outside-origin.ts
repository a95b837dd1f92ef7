/**
 * Where a value of the proof stood before: in outside text that an agent of this work had read. No part of the proof,
 * yet what a person wants to know first: who chose the account. Said only where the value's earliest stored result in
 * this work came from outside.
 */
import { type AuditEvent, epochMs } from '@waywarden/schemas';
import { clockOf, shortName, valueWords } from '../words.ts';
import { mostTelling } from './flow-label.ts';

/** Earlier calls of the work whose results are looked at. */
export const ORIGIN_CALLS_MAX = 64;
const ORIGINS_MAX = 3;

export interface OutsideOrigin {
  readonly source: AuditEvent;
  /** The call of the proof that was given the value. */
  readonly user: AuditEvent;
  readonly kind: string;
}

const inOrder = (a: AuditEvent, b: AuditEvent) =>
  epochMs(a.event_time) - epochMs(b.event_time) || (a.event_id < b.event_id ? -1 : 1);

const returned = (event: AuditEvent, fp: string): boolean =>
  event.result?.values?.some((value) => value.fp === fp) === true;

function originsOf(user: AuditEvent, earlier: readonly AuditEvent[]): readonly OutsideOrigin[] {
  return (user.args?.values ?? []).flatMap(({ fp, kind }) => {
    const source = earlier.find(
      (one) => epochMs(one.event_time) <= epochMs(user.event_time) && returned(one, fp),
    );
    return source?.result?.trust === 'untrusted' ? [{ source, user, kind }] : [];
  });
}

/**
 * One a source, into the first call of the proof that was given something of it. `calls`: of the same
 * work, the proof's own included.
 */
export function outsideOrigins(
  proof: readonly AuditEvent[],
  calls: readonly AuditEvent[],
): readonly OutsideOrigin[] {
  const inProof = new Set(proof.map((one) => one.event_id));
  const earlier = calls.toSorted(inOrder);
  const bySource = new Map<string, OutsideOrigin>();
  for (const user of proof.toSorted(inOrder)) {
    const found = originsOf(
      user,
      earlier.filter((one) => one.event_id !== user.event_id),
    );
    const kind = mostTelling(found.map((one) => one.kind));
    for (const one of found.filter((origin) => origin.kind === kind)) {
      const { event_id: id } = one.source;
      if (!inProof.has(id) && !bySource.has(id)) bySource.set(id, one);
    }
  }
  return [...bySource.values()].slice(0, ORIGINS_MAX);
}

/** `The bank account stood before in outside text that intake-2 had read (mail/read_email, 22:38:19).` */
export function originSentence({ source, user, kind }: OutsideOrigin): string {
  const tool = (event: AuditEvent) => event.tool?.name ?? event.activity;
  return `The ${valueWords(kind)} in ${shortName(user.agent.uid)}’s ${tool(user)} stood before in outside text, which ${shortName(source.agent.uid)} had read by ${tool(source)} at ${clockOf(source.event_time)}.`;
}
