/** Contained agents and taken credentials; noted before the order is appended, so that no leak is missed. */
import { epochMs, type RevocationCommand } from '@waywarden/schemas';
import { takenCredential } from '../core/model/watched-subject.ts';

/** A flood proves no more than one. */
const NOTED_PER_SECOND_MAX = 4;
const COUNTED_MAX = 10_000;

interface Watched {
  readonly tenantId: string;
  readonly uid: string;
  readonly untilMs: ReadonlyMap<string, number>;
}

type Noted = Pick<Watched, 'tenantId' | 'uid'>;

const keyOf = (tenantId: string, uid: string) => `${tenantId}|${uid}`;

class WatchedUids {
  readonly #watched = new Map<string, Watched>();

  note({ tenantId, uid }: Noted, orderId: string, untilMs: number): void {
    const key = keyOf(tenantId, uid);
    const known = this.#watched.get(key)?.untilMs ?? [];
    this.#watched.set(key, { tenantId, uid, untilMs: new Map([...known, [orderId, untilMs]]) });
  }

  lift({ tenantId, uid }: Noted, orderId: string): void {
    const key = keyOf(tenantId, uid);
    const left = new Map(this.#watched.get(key)?.untilMs ?? []);
    left.delete(orderId);
    if (left.size === 0) this.#watched.delete(key);
    else this.#watched.set(key, { tenantId, uid, untilMs: left });
  }

  has(tenantId: string, uid: string): boolean {
    return this.#watched.has(keyOf(tenantId, uid));
  }

  get size(): number {
    return this.#watched.size;
  }

  inForce(nowMs: number): readonly Watched[] {
    const all: Watched[] = [];
    for (const [key, watched] of this.#watched) {
      if ([...watched.untilMs.values()].some((ms) => ms > nowMs)) all.push(watched);
      else this.#watched.delete(key);
    }
    return all;
  }
}

export class WatchedAgents {
  readonly #agents = new WatchedUids();
  readonly #credentials = new WatchedUids();
  readonly #listed = new Map<string, { readonly second: number; readonly count: number }>();

  note(command: RevocationCommand): void {
    const { command_id: id, tenant_id: tenantId, target, expires_at: until } = command;
    if (command.probes !== undefined) return;
    const agent = { tenantId, uid: target.agent_uid };
    const { restores } = command;
    if (restores !== undefined) {
      this.#agents.lift(agent, restores);
      const { credential_uid: uid } = target;
      if (uid !== undefined) this.#credentials.lift({ tenantId, uid }, restores);
      return;
    }
    this.#agents.note(agent, id, epochMs(until));
    const uid = takenCredential(command);
    if (uid !== undefined) this.#credentials.note({ tenantId, uid }, id, epochMs(until));
  }

  isWatched(tenantId: string, agentUid: string): boolean {
    return this.#agents.has(tenantId, agentUid);
  }

  isTaken(tenantId: string, credentialUid: string): boolean {
    return this.#credentials.has(tenantId, credentialUid);
  }

  get size(): number {
    return this.#agents.size + this.#credentials.size;
  }

  inForce(nowMs: number): readonly Watched[] {
    this.#credentials.inForce(nowMs);
    return this.#agents.inForce(nowMs);
  }

  isWorthNoting(kind: string, atMs: number): boolean {
    const second = Math.floor(atMs / 1000);
    const known = this.#listed.get(kind);
    const count = known?.second === second ? known.count + 1 : 1;
    if (this.#listed.size >= COUNTED_MAX) this.#listed.clear();
    this.#listed.set(kind, { second, count });
    return count <= NOTED_PER_SECOND_MAX;
  }
}
