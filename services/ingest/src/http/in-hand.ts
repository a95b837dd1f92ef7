/**
 * What ingest has in hand: bodies from their first byte until the log has them, and their bytes. Both
 * are bounded, because every byte of a body costs several of memory on its way; who comes when the
 * hands are full hears 429. A tenant gets three quarters at most, so that one that sends too much
 * never takes the last place from the others.
 */

/** Bodies in hand. */
export const BODIES_MAX = 64;
/** Bytes of bodies in hand, unpacked. Twice this took more than 512 MB with bodies of a megabyte. */
export const BYTES_MAX = 16 * 1024 * 1024;
const TENANT_SHARE = 0.75;

export interface InHandLimits {
  readonly bodies: number;
  readonly bytes: number;
}

/** One body's place. */
export interface Hold {
  /** False when there is no room for these bytes; what was added before stays. */
  add(bytes: number): boolean;
  /** Idempotent. */
  release(): void;
}

interface Held {
  bodies: number;
  bytes: number;
}

export class InHand {
  readonly #limits: InHandLimits;
  readonly #all: Held = { bodies: 0, bytes: 0 };
  /** Only tenants that have something in hand. */
  readonly #tenants = new Map<string, Held>();

  constructor(limits: InHandLimits) {
    this.#limits = limits;
  }

  get bodies(): number {
    return this.#all.bodies;
  }

  get bytes(): number {
    return this.#all.bytes;
  }

  #hasRoom(tenant: Held, bodies: number, bytes: number): boolean {
    const { bodies: bodiesMax, bytes: bytesMax } = this.#limits;
    return (
      this.#all.bodies + bodies <= bodiesMax &&
      this.#all.bytes + bytes <= bytesMax &&
      tenant.bodies + bodies <= Math.ceil(bodiesMax * TENANT_SHARE) &&
      tenant.bytes + bytes <= bytesMax * TENANT_SHARE
    );
  }

  /** A place for a body of at least `bytes`; undefined when there is none. */
  take(tenant: string, bytes: number): Hold | undefined {
    const held = this.#tenants.get(tenant) ?? { bodies: 0, bytes: 0 };
    if (!this.#hasRoom(held, 1, bytes)) return undefined;
    this.#tenants.set(tenant, held);
    this.#move(held, 1, bytes);
    let reserved = bytes;
    let arrived = 0;
    let released = false;
    return {
      add: (more) => {
        arrived += more;
        const beyond = arrived - reserved;
        if (beyond <= 0) return true;
        if (!this.#hasRoom(held, 0, beyond)) return false;
        reserved += beyond;
        this.#move(held, 0, beyond);
        return true;
      },
      release: () => {
        if (released) return;
        released = true;
        this.#move(held, -1, -reserved);
        if (held.bodies === 0) this.#tenants.delete(tenant);
      },
    };
  }

  #move(tenant: Held, bodies: number, bytes: number): void {
    for (const held of [this.#all, tenant]) {
      held.bodies += bodies;
      held.bytes += bytes;
    }
  }
}
