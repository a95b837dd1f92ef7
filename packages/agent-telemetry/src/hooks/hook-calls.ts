/** Which calls the hooks have told of, so that events of one call share an id and unexecuted calls are seen. */
import { digestOf } from '../json/bounded-value.ts';
import { RecentMap } from '../json/recent-map.ts';
import type { CallStage } from '../model/observation.ts';

const CALLS_MAX = 20_000;
const SESSIONS_MAX = 10_000;
const OPEN_PER_KEY_MAX = 20;

export interface HookCall {
  readonly convention: string;
  readonly session: string | undefined;
  readonly tool: string;
  readonly args: unknown;
  readonly callId: string | undefined;
  readonly stage: CallStage;
  readonly asks: boolean;
  /** Twice is one. */
  readonly payload: unknown;
}

interface Seen {
  readonly tool: string;
  readonly openKey: string;
  stage: CallStage;
}

export class HookCalls {
  readonly #seen = new RecentMap<Seen>(CALLS_MAX);
  /** By tool and arguments. */
  readonly #open = new RecentMap<readonly string[]>(CALLS_MAX);
  /** Open or not: order may differ. */
  readonly #latest = new RecentMap<string>(CALLS_MAX);
  readonly #made = new RecentMap<string>(CALLS_MAX);
  readonly #events = new RecentMap<ReadonlySet<string>>(SESSIONS_MAX);

  readonly #sent = new Set<string>();

  noteEvent(convention: string, session: string | undefined, event: string): void {
    this.#sent.add(keyOf(convention, event));
    const key = keyOf(convention, session);
    const events = this.#events.get(key) ?? new Set();
    this.#events.set(key, events.has(event) ? events : new Set([...events, event]));
  }

  sends(convention: string, session: string | undefined, events: readonly string[]): boolean {
    const known = this.#events.get(keyOf(convention, session));
    return known !== undefined && events.some((event) => known.has(event));
  }

  everSends(convention: string, events: readonly string[]): boolean {
    return events.some((event) => this.#sent.has(keyOf(convention, event)));
  }

  /** `undefined`: it asks, and nothing like it is open. */
  note(call: HookCall): string | undefined {
    const openKey = keyOf(call.convention, call.session, digestOf(call.tool, call.args));
    const open = this.#open.get(openKey) ?? [];
    if (call.asks) return call.callId ?? open.at(-1) ?? this.#latest.get(openKey);
    const id = call.callId ?? this.#madeId(call, open);
    this.#latest.set(openKey, id);
    const seenKey = keyOf(call.convention, call.session, id);
    const seen = this.#seen.get(seenKey);
    if (call.stage === 'requested') {
      if (seen === undefined) this.#open.set(openKey, [...open, id].slice(-OPEN_PER_KEY_MAX));
      this.#seen.set(seenKey, seen ?? { tool: call.tool, openKey, stage: 'requested' });
      return id;
    }
    this.#close(seen?.openKey ?? openKey, id);
    this.#seen.set(seenKey, { tool: call.tool, openKey, stage: 'executed' });
    return id;
  }

  #madeId(call: HookCall, open: readonly string[]): string {
    const payload = digestOf(call.payload);
    const key = keyOf(call.convention, call.session, payload);
    const made =
      this.#made.get(key) ??
      (call.stage === 'requested' ? undefined : open[0]) ??
      `hook:${call.session ?? call.convention}:${payload}`;
    this.#made.set(key, made);
    return made;
  }

  #close(openKey: string, id: string): void {
    const rest = (this.#open.get(openKey) ?? []).filter((one) => one !== id);
    if (rest.length === 0) this.#open.delete(openKey);
    else this.#open.set(openKey, rest);
  }

  stageOf(convention: string, session: string | undefined, callId: string): CallStage | undefined {
    return this.#seen.get(keyOf(convention, session, callId))?.stage;
  }

  toolOf(convention: string, session: string | undefined, callId: string): string | undefined {
    return this.#seen.get(keyOf(convention, session, callId))?.tool;
  }

  get evicted(): number {
    return this.#seen.evicted + this.#open.evicted + this.#made.evicted + this.#events.evicted;
  }
}

function keyOf(...parts: readonly (string | undefined)[]): string {
  return JSON.stringify(parts);
}
