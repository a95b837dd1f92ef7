/** The last call of a kind within a second, in memory: mid-second orders must see it. */
import { epochMs, type ObservedCall } from '@waywarden/schemas';
import { latestMs } from '../core/model/called-at.ts';

const STORED_MAX = 1_000;

const secondOf = ({ event_time: time }: ObservedCall) => Math.floor(epochMs(time) / 1000);

function isLater(one: ObservedCall, than: ObservedCall): boolean {
  const aheadMs = epochMs(one.event_time) - epochMs(than.event_time);
  return aheadMs === 0 ? latestMs(one) >= latestMs(than) : aheadMs > 0;
}

export class LastOfKind {
  readonly #kept = new Map<string, ObservedCall>();

  /** Returns what is to be noted now. */
  keep(kind: string, call: ObservedCall): readonly ObservedCall[] {
    const known = this.#kept.get(kind);
    const isSame = known !== undefined && secondOf(known) === secondOf(call);
    if (isSame && isLater(known, call)) return [];
    const reported = known === undefined || isSame ? [] : [known];
    const all = known === undefined && this.#kept.size >= STORED_MAX ? this.#takeAll() : [];
    this.#kept.set(kind, call);
    return [...reported, ...all];
  }

  #takeAll(): readonly ObservedCall[] {
    const all = [...this.#kept.values()];
    this.#kept.clear();
    return all;
  }

  take(nowMs: number): readonly ObservedCall[] {
    const over: ObservedCall[] = [];
    for (const [kind, call] of this.#kept) {
      if (secondOf(call) >= Math.floor(nowMs / 1000)) continue;
      over.push(call);
      this.#kept.delete(kind);
    }
    return over;
  }
}
