/** Who holds access, and from whom, in any order of events. Asserted holders have their own room. */
import { epochMs, type LineageFact } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { noteUse, noteUseForgotten } from './credential-users.ts';
import {
  anchorsOf,
  credentialAnchors,
  type Holder,
  holderKey,
  holderKeyOf,
  isProven,
} from './holder.ts';
import { mergeHolder } from './merge-holder.ts';
import { keepLease, takeStoredLease } from './stored-lease.ts';

const HOLDERS_MAX = 50_000;
const HOLDERS_ASSERTED_MAX = 10_000;
/** Task after task displaces nobody else. */
const HOLDERS_OF_AGENT_MAX = 256;
const BELOW_MAX = 128;

const ofAgentKey = (tenantId: string, agentUid: string) =>
  `lineage|agent|${JSON.stringify([tenantId, agentUid])}`;
const belowKey = (anchor: string) => `lineage|below|${anchor}`;
const atKey = (anchor: string) => `lineage|at|${anchor}`;

export function holderAt(transaction: Transaction, key: string): Holder | undefined {
  return transaction.get<Holder>(key);
}

function forgetUses(
  transaction: Transaction,
  holder: Holder,
  isLost: (anchor: string) => boolean,
): void {
  for (const one of credentialAnchors(holder)) {
    if (isLost(one.anchor)) noteUseForgotten(transaction, one, holder);
  }
}

function forget(transaction: Transaction, key: string): void {
  const holder = holderAt(transaction, key);
  if (holder === undefined) return;
  keepLease(transaction, holder);
  forgetUses(transaction, holder, () => true);
  transaction.delete(key);
  takeFrom(transaction, ofAgentKey(holder.tenantId, holder.agentUid), key);
  for (const { anchor } of holder.edges) takeFrom(transaction, belowKey(anchor), key);
  for (const { anchor } of anchorsOf(holder)) takeFrom(transaction, atKey(anchor), key);
}

function takeSlot(transaction: Transaction, key: string, isSure: boolean): string {
  const ring = isSure ? 'lineage' : 'lineage|asserted';
  const next = transaction.get<number>(ring) ?? 0;
  const slot = `${ring}|slot|${next % (isSure ? HOLDERS_MAX : HOLDERS_ASSERTED_MAX)}`;
  const evicted = transaction.get<string>(slot);
  if (evicted !== undefined && evicted !== key) {
    const from = holderAt(transaction, evicted)?.slot;
    if (from === undefined || from === slot) forget(transaction, evicted);
  }
  transaction.put(slot, key);
  transaction.put(ring, next + 1);
  return slot;
}

/** Undefined: no room. */
function makeRoom(transaction: Transaction, key: string, fact: LineageFact): string | undefined {
  const own = ofAgentKey(fact.tenant_id, fact.agent_uid);
  const isSure = isProven(fact.assurance);
  const dropped = addTo(transaction, own, key, { isProven: isSure, most: HOLDERS_OF_AGENT_MAX });
  if (dropped.includes(key)) return undefined;
  for (const one of dropped) forget(transaction, one);
  return takeSlot(transaction, key, isSure);
}

function tieBelow(transaction: Transaction, holder: Holder, known: Holder | undefined): void {
  const retained = new Set(holder.edges.map((edge) => edge.anchor));
  for (const { anchor } of known?.edges ?? []) {
    if (!retained.has(anchor)) takeFrom(transaction, belowKey(anchor), holder.key);
  }
  for (const { anchor, assurance } of holder.edges) {
    addTo(transaction, belowKey(anchor), holder.key, {
      isProven: isProven(assurance),
      most: BELOW_MAX,
    });
  }
}

function tieAt(transaction: Transaction, holder: Holder, known: Holder | undefined): void {
  const anchors = anchorsOf(holder);
  const retained = new Set(anchors.map((one) => one.anchor));
  if (known !== undefined) {
    const isLost = (anchor: string) => !retained.has(anchor);
    forgetUses(transaction, known, isLost);
    for (const { anchor } of anchorsOf(known)) {
      if (isLost(anchor)) takeFrom(transaction, atKey(anchor), holder.key);
    }
  }
  const before = holderKeyOf(holder.tenantId, holder.agentUid);
  for (const { anchor, isProven: isSure } of anchors) {
    const place = { isProven: isSure, most: BELOW_MAX, before };
    for (const key of addTo(transaction, atKey(anchor), holder.key, place)) {
      const gone = key === holder.key ? holder : holderAt(transaction, key);
      if (gone !== undefined) forgetUses(transaction, gone, (lost) => lost === anchor);
    }
  }
}

function noteCredential(transaction: Transaction, fact: LineageFact): void {
  const { tenant_id: tenantId, agent_uid: agentUid, credential_uid: uid, event_time } = fact;
  if (uid === undefined) return;
  const rest = { isProven: isProven(fact.assurance), atMs: epochMs(event_time) };
  noteUse(transaction, { tenantId, uid, agentUid, ...rest });
}

/** Undefined: no room. */
export function noteLineage(transaction: Transaction, fact: LineageFact): Holder | undefined {
  noteCredential(transaction, fact);
  const key = holderKey(fact.tenant_id, fact.agent_uid, fact.task_id);
  const known = holderAt(transaction, key);
  const isRaised = known !== undefined && !isProven(known.assurance) && isProven(fact.assurance);
  const slot = known === undefined || isRaised ? makeRoom(transaction, key, fact) : known.slot;
  if (known === undefined && slot === undefined) return undefined;
  const lease = isProven(fact.assurance) ? takeStoredLease(transaction, key) : undefined;
  const merged = mergeHolder(known ?? lease, key, fact);
  const holder = slot === undefined ? merged : { ...merged, slot };
  transaction.put(key, holder);
  tieBelow(transaction, holder, known);
  tieAt(transaction, holder, known);
  return holder;
}

export function putHolder(transaction: Transaction, holder: Holder): void {
  transaction.put(holder.key, holder);
}

export function noteEnded(transaction: Transaction, key: string, endedMs: number): void {
  const holder = holderAt(transaction, key);
  if (holder !== undefined) transaction.put(key, { ...holder, endedMs });
  takeStoredLease(transaction, key);
}

const known = (transaction: Transaction, keys: readonly string[]) =>
  keys.map((key) => holderAt(transaction, key)).filter((one) => one !== undefined);

export function holdersOfAgent(
  transaction: Transaction,
  tenantId: string,
  agentUid: string,
): Holder[] {
  return known(transaction, listAt(transaction, ofAgentKey(tenantId, agentUid)));
}

/** Own anchors. */
export function holdersAt(transaction: Transaction, anchor: string): Holder[] {
  return known(transaction, listAt(transaction, atKey(anchor)));
}

/** Where access comes from. */
export function holdersBelow(transaction: Transaction, anchor: string): Holder[] {
  return known(transaction, listAt(transaction, belowKey(anchor)));
}

/** A bounded list in which the asserted never displaces the proven. */

const assertedKey = (key: string) => `${key}|asserted`;

const partAt = (transaction: Transaction, key: string) =>
  transaction.get<readonly string[]>(key) ?? [];

function putPart(transaction: Transaction, key: string, part: readonly string[]): void {
  if (part.length > 0) transaction.put(key, part);
  else if (transaction.get(key) !== undefined) transaction.delete(key);
}

/** Proven first, then earliest. */
function listAt(transaction: Transaction, key: string): readonly string[] {
  return [...partAt(transaction, key), ...partAt(transaction, assertedKey(key))];
}

interface Place {
  readonly isProven: boolean;
  readonly most: number;
  /** Gives way first. */
  readonly before?: string;
}

function addTo(
  transaction: Transaction,
  key: string,
  one: string,
  { isProven, most, before }: Place,
): readonly string[] {
  const proven = [...partAt(transaction, key)];
  const asserted = [...partAt(transaction, assertedKey(key))];
  if (proven.includes(one) || (!isProven && asserted.includes(one))) return [];
  const at = asserted.indexOf(one);
  if (at >= 0) asserted.splice(at, 1);
  (isProven ? proven : asserted).push(one);
  const dropped: string[] = [];
  while (proven.length + asserted.length > most) {
    const isOwn = (known: string) => known !== one && known.startsWith(before ?? one);
    const own = Math.max(0, proven.findIndex(isOwn));
    const [gone] = asserted.length > 0 ? asserted.splice(0, 1) : proven.splice(own, 1);
    if (gone !== undefined) dropped.push(gone);
  }
  putPart(transaction, key, proven);
  putPart(transaction, assertedKey(key), asserted);
  return dropped;
}

function takeFrom(transaction: Transaction, key: string, one: string): void {
  for (const part of [key, assertedKey(key)]) {
    const known = partAt(transaction, part);
    if (known.includes(one))
      putPart(
        transaction,
        part,
        known.filter((other) => other !== one),
      );
  }
}
