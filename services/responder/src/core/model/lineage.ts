/**
 * Who holds access, and from whom: an agent in a task, tied by credentials, delegations and task
 * ids, whatever order events are read in. Asserted holders have their own room.
 */
import { epochMs, type LineageFact } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { noteUse, noteUseForgotten } from './credential-users.ts';
import {
  anchorsOf,
  credentialAnchors,
  type Holder,
  holderKey,
  holderKeyOf,
  isProven,
} from './holder.ts';
import { keepLease, takeKeptLease } from './kept-lease.ts';
import { mergeHolder } from './merge-holder.ts';
import { addTo, listAt, takeFrom } from './ranked-list.ts';

/** Holders remembered at once, and of those that are only asserted. */
const HOLDERS_MAX = 50_000;
const HOLDERS_ASSERTED_MAX = 10_000;
/** … and of one agent, so that who takes on task after task displaces nobody else. */
const HOLDERS_OF_AGENT_MAX = 256;
/** Delegates remembered of one anchor, and holders of one credential. */
const BELOW_MAX = 128;

const ofAgentKey = (tenantId: string, agentUid: string) =>
  `lineage|agent|${JSON.stringify([tenantId, agentUid])}`;
const belowKey = (anchor: string) => `lineage|below|${anchor}`;
const atKey = (anchor: string) => `lineage|at|${anchor}`;

export function holderAt(draft: Draft, key: string): Holder | undefined {
  return draft.get<Holder>(key);
}

/** At these of its credentials it is no longer found: who used them has to be asked otherwise. */
function forgetUses(draft: Draft, holder: Holder, isLost: (anchor: string) => boolean): void {
  for (const one of credentialAnchors(holder)) {
    if (isLost(one.anchor)) noteUseForgotten(draft, one, holder);
  }
}

function forget(draft: Draft, key: string): void {
  const holder = holderAt(draft, key);
  if (holder === undefined) return;
  keepLease(draft, holder);
  forgetUses(draft, holder, () => true);
  draft.delete(key);
  takeFrom(draft, ofAgentKey(holder.tenantId, holder.agentUid), key);
  for (const { anchor } of holder.edges) takeFrom(draft, belowKey(anchor), key);
  for (const { anchor } of anchorsOf(holder)) takeFrom(draft, atKey(anchor), key);
}

function takeSlot(draft: Draft, key: string, isSure: boolean): string {
  const ring = isSure ? 'lineage' : 'lineage|asserted';
  const next = draft.get<number>(ring) ?? 0;
  const slot = `${ring}|slot|${next % (isSure ? HOLDERS_MAX : HOLDERS_ASSERTED_MAX)}`;
  const evicted = draft.get<string>(slot);
  if (evicted !== undefined && evicted !== key) {
    // It may have been forgotten and become known anew since, or have been proven.
    const from = holderAt(draft, evicted)?.slot;
    if (from === undefined || from === slot) forget(draft, evicted);
  }
  draft.put(slot, key);
  draft.put(ring, next + 1);
  return slot;
}

/** Where the holder is remembered; undefined: there is no room for what is only asserted. */
function makeRoom(draft: Draft, key: string, fact: LineageFact): string | undefined {
  const own = ofAgentKey(fact.tenant_id, fact.agent_uid);
  const isSure = isProven(fact.assurance);
  const dropped = addTo(draft, own, key, { isProven: isSure, most: HOLDERS_OF_AGENT_MAX });
  if (dropped.includes(key)) return undefined;
  for (const one of dropped) forget(draft, one);
  return takeSlot(draft, key, isSure);
}

function tieBelow(draft: Draft, holder: Holder, known: Holder | undefined): void {
  const kept = new Set(holder.edges.map((edge) => edge.anchor));
  for (const { anchor } of known?.edges ?? []) {
    if (!kept.has(anchor)) takeFrom(draft, belowKey(anchor), holder.key);
  }
  for (const { anchor, assurance } of holder.edges) {
    addTo(draft, belowKey(anchor), holder.key, {
      isProven: isProven(assurance),
      most: BELOW_MAX,
    });
  }
}

function tieAt(draft: Draft, holder: Holder, known: Holder | undefined): void {
  const anchors = anchorsOf(holder);
  const kept = new Set(anchors.map((one) => one.anchor));
  if (known !== undefined) {
    const isLost = (anchor: string) => !kept.has(anchor);
    forgetUses(draft, known, isLost);
    for (const { anchor } of anchorsOf(known)) {
      if (isLost(anchor)) takeFrom(draft, atKey(anchor), holder.key);
    }
  }
  // An agent's own task gives way before another agent is pushed out by it.
  const before = holderKeyOf(holder.tenantId, holder.agentUid);
  for (const { anchor, isProven: isSure } of anchors) {
    const place = { isProven: isSure, most: BELOW_MAX, before };
    for (const key of addTo(draft, atKey(anchor), holder.key, place)) {
      const gone = key === holder.key ? holder : holderAt(draft, key);
      if (gone !== undefined) forgetUses(draft, gone, (lost) => lost === anchor);
    }
  }
}

function noteCredential(draft: Draft, fact: LineageFact): void {
  const { tenant_id: tenantId, agent_uid: agentUid, credential_uid: uid, event_time } = fact;
  if (uid === undefined) return;
  const rest = { isProven: isProven(fact.assurance), atMs: epochMs(event_time) };
  noteUse(draft, { tenantId, uid, agentUid, ...rest });
}

/** The holder as it is known after the fact; undefined where there was no room for it. */
export function noteLineage(draft: Draft, fact: LineageFact): Holder | undefined {
  noteCredential(draft, fact);
  const key = holderKey(fact.tenant_id, fact.agent_uid, fact.task_id);
  const known = holderAt(draft, key);
  const isRaised = known !== undefined && !isProven(known.assurance) && isProven(fact.assurance);
  const slot = known === undefined || isRaised ? makeRoom(draft, key, fact) : known.slot;
  if (known === undefined && slot === undefined) return undefined;
  const lease = isProven(fact.assurance) ? takeKeptLease(draft, key) : undefined;
  const merged = mergeHolder(known ?? lease, key, fact);
  const holder = slot === undefined ? merged : { ...merged, slot };
  draft.put(key, holder);
  tieBelow(draft, holder, known);
  tieAt(draft, holder, known);
  return holder;
}

export function putHolder(draft: Draft, holder: Holder): void {
  draft.put(holder.key, holder);
}

export function noteEnded(draft: Draft, key: string, endedMs: number): void {
  const holder = holderAt(draft, key);
  if (holder !== undefined) draft.put(key, { ...holder, endedMs });
  takeKeptLease(draft, key);
}

const known = (draft: Draft, keys: readonly string[]) =>
  keys.map((key) => holderAt(draft, key)).filter((one) => one !== undefined);

/** In which tasks an agent holds access. */
export function holdersOfAgent(draft: Draft, tenantId: string, agentUid: string): Holder[] {
  return known(draft, listAt(draft, ofAgentKey(tenantId, agentUid)));
}

/** Who has named this anchor as its own. */
export function holdersAt(draft: Draft, anchor: string): Holder[] {
  return known(draft, listAt(draft, atKey(anchor)));
}

/** Who has named this anchor as where its access comes from. */
export function holdersBelow(draft: Draft, anchor: string): Holder[] {
  return known(draft, listAt(draft, belowKey(anchor)));
}
