/**
 * Bodies in hand from their first byte until the log has them, and their bytes; 429 beyond. Places are shared by
 * tenant, then by source: each gets a part of what its siblings leave, so that no flood takes the last place.
 */
import type { TokenEntry } from '../adapters/token-store.ts';

export const BODIES_MAX = 64;
/** Bytes of bodies in hand, unpacked. Twice this took more than 512 MB with bodies of a megabyte. */
export const BYTES_MAX = 16 * 1024 * 1024;
const TENANT_SHARE = { bodies: 0.75, bytes: 0.75 };
/** Bytes for one body of the greatest length that is taken. */
const SOURCE_SHARE = { bodies: 0.5, bytes: 0.75 };

export interface Sender {
  readonly tenant: string;
  readonly source: string;
}

export function senderOf({ tenant, source }: TokenEntry): Sender {
  return { tenant, source: `${source.kind}/${source.instance}` };
}

export interface Hold {
  /** False when there is no room for these bytes; what was added before stays. */
  add(bytes: number): boolean;
  /** Idempotent. */
  release(): void;
}

interface Load {
  readonly bodies: number;
  readonly bytes: number;
}

const sum = (one: Load, other: Load): Load => ({
  bodies: one.bodies + other.bodies,
  bytes: one.bytes + other.bytes,
});
const less = (one: Load, other: Load): Load => ({
  bodies: one.bodies - other.bodies,
  bytes: one.bytes - other.bytes,
});
const fits = (load: Load, limit: Load): boolean =>
  load.bodies <= limit.bodies && load.bytes <= limit.bytes;

class Party {
  readonly parties = new Map<string, Party>();
  load: Load = { bodies: 0, bytes: 0 };

  party(name: string): Party {
    const known = this.parties.get(name);
    if (known !== undefined) return known;
    const made = new Party();
    this.parties.set(name, made);
    return made;
  }

  shareOf(party: Party, limit: Load, share: Load): Load {
    const left = less(limit, less(this.load, party.load));
    return { bodies: Math.max(1, left.bodies * share.bodies), bytes: left.bytes * share.bytes };
  }
}

export class InHand {
  readonly #limits: Load;
  readonly #all = new Party();

  constructor(limits: Load) {
    this.#limits = limits;
  }

  get bodies(): number {
    return this.#all.load.bodies;
  }

  get bytes(): number {
    return this.#all.load.bytes;
  }

  #hasRoom(tenant: Party, source: Party, more: Load): boolean {
    const ofTenant = this.#all.shareOf(tenant, this.#limits, TENANT_SHARE);
    const ofSource = tenant.shareOf(source, ofTenant, SOURCE_SHARE);
    return (
      fits(sum(this.#all.load, more), this.#limits) &&
      fits(sum(tenant.load, more), ofTenant) &&
      fits(sum(source.load, more), ofSource)
    );
  }

  take(sender: Sender, bytes: number): Hold | undefined {
    const tenant = this.#all.party(sender.tenant);
    const source = tenant.party(sender.source);
    const move = (more: Load) => {
      for (const party of [this.#all, tenant, source]) party.load = sum(party.load, more);
    };
    const forget = () => {
      if (source.load.bodies === 0) tenant.parties.delete(sender.source);
      if (tenant.load.bodies === 0) this.#all.parties.delete(sender.tenant);
    };
    if (!this.#hasRoom(tenant, source, { bodies: 1, bytes })) {
      forget();
      return undefined;
    }
    move({ bodies: 1, bytes });
    let reserved = bytes;
    let arrived = 0;
    let released = false;
    return {
      add: (more) => {
        arrived += more;
        const beyond = arrived - reserved;
        if (beyond <= 0) return true;
        if (!this.#hasRoom(tenant, source, { bodies: 0, bytes: beyond })) return false;
        reserved += beyond;
        move({ bodies: 0, bytes: beyond });
        return true;
      },
      release: () => {
        if (released) return;
        released = true;
        move({ bodies: -1, bytes: -reserved });
        forget();
      },
    };
  }
}
