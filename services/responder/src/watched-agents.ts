/**
 * Which agents are contained at present, for whoever reads the live stream: a copy of what the response
 * stage knows, since two stages share no state.
 *
 * An order is noted before it is appended, and so before anybody can have applied it: no call that
 * could be a leak is read without being recognised. After a restart it is filled from the stage's
 * state before the first call is read. What is noted too long costs a look at a call and no more.
 */
import { epochMs, type RevocationCommand } from '@waywarden/schemas';

/** Of one kind of call of one agent, what is noted within a second: a flood proves no more than one. */
const NOTED_PER_SECOND_MAX = 4;
/** Kinds of call counted at once. */
const COUNTED_MAX = 10_000;

interface Watched {
  readonly tenantId: string;
  readonly agentUid: string;
  readonly untilMs: ReadonlyMap<string, number>;
}

const keyOf = (tenantId: string, agentUid: string) => `${tenantId}|${agentUid}`;

export class WatchedAgents {
  readonly #watched = new Map<string, Watched>();
  readonly #noted = new Map<string, { readonly second: number; readonly count: number }>();

  note({
    command_id: id,
    tenant_id: tenantId,
    target,
    expires_at: until,
    ...rest
  }: RevocationCommand) {
    if (rest.probes !== undefined) return;
    const key = keyOf(tenantId, target.agent_uid);
    const known = this.#watched.get(key)?.untilMs ?? new Map<string, number>();
    const untilMs = new Map(known);
    if (rest.action === 'restore') untilMs.delete(rest.restores ?? '');
    else untilMs.set(id, epochMs(until));
    if (untilMs.size === 0) this.#watched.delete(key);
    else this.#watched.set(key, { tenantId, agentUid: target.agent_uid, untilMs });
  }

  isWatched(tenantId: string, agentUid: string): boolean {
    return this.#watched.has(keyOf(tenantId, agentUid));
  }

  get size(): number {
    return this.#watched.size;
  }

  /** Those with an order in force at `nowMs`; the others are no longer watched. */
  inForce(nowMs: number): readonly Watched[] {
    const all: Watched[] = [];
    for (const [key, watched] of this.#watched) {
      if ([...watched.untilMs.values()].some((ms) => ms > nowMs)) all.push(watched);
      else this.#watched.delete(key);
    }
    return all;
  }

  /** Whether another call of this kind is worth noting. */
  isWorthNoting(kind: string, atMs: number): boolean {
    const second = Math.floor(atMs / 1000);
    const known = this.#noted.get(kind);
    const count = known?.second === second ? known.count + 1 : 1;
    if (this.#noted.size >= COUNTED_MAX) this.#noted.clear();
    this.#noted.set(kind, { second, count });
    return count <= NOTED_PER_SECOND_MAX;
  }
}
