/**
 * Values that are too common to link by, as the flow stage told, and which conclusions have asked: those chains
 * are asked again when the answer changes. Of two proven calls only proven sightings count.
 */
import type { PrivilegeLink } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { schedule, takeDue, takeEarliest } from '../../../state/due-items.ts';
import { ASKED_VALUES_MAX, HUB_VALUES_MAX, RESTING_CHAINS_MAX } from './assembly-limits.ts';
import type { ChainMeta } from './chain-meta.ts';
import { type ChainStep, isProvenCall } from './chain-step.ts';
import { type HubSpan, isHubAt, toHubSpan } from './hub-span.ts';
import { assemblyCounters, count } from './stage-counters.ts';

interface TenantValue {
  readonly tenant: string;
  readonly fp: string;
}

const DUE = 'hub-due';
/** A chain with an alert is remembered for a week after its last event, and may ask so long. */
const KEPT_MS = 7 * 86_400_000;

interface Commonness {
  readonly all: readonly HubSpan[];
  readonly proven: readonly HubSpan[];
}

const NEVER: Commonness = { all: [], proven: [] };

const hubKey = ({ tenant, fp }: TenantValue) => `hub/${JSON.stringify([tenant, fp])}`;
const restKey = ({ tenant, fp }: TenantValue) => `rests/${JSON.stringify([tenant, fp])}`;

function hubOf(draft: Draft, value: TenantValue): Commonness {
  return draft.get<Commonness>(hubKey(value)) ?? NEVER;
}

const dueOf = ({ all }: Commonness) => Math.max(...all.map(({ until }) => until)) + KEPT_MS;

function dropHubs(draft: Draft, values: readonly TenantValue[]): void {
  for (const one of values) draft.delete(hubKey(one));
  count(draft, { hubs: -values.length });
}

/** Keeps the news: the last of a value says all. Returns the chains that have to be asked again. */
export function keepHub(draft: Draft, link: PrivilegeLink): readonly string[] {
  const { tenant_id: tenant, fp, hub_times: times = [], hub_times_proven: proven } = link;
  if (fp === undefined || times.length === 0) return [];
  const item = { tenant, fp };
  const kept = { all: times.map(toHubSpan), proven: (proven ?? times).map(toHubSpan) };
  if (draft.get(hubKey(item)) === undefined) {
    if (assemblyCounters(draft).hubs >= HUB_VALUES_MAX) {
      dropHubs(draft, takeEarliest<TenantValue>(draft, DUE));
    }
    count(draft, { hubs: 1 });
    schedule(draft, item, dueOf(kept), DUE);
  }
  draft.put(hubKey(item), kept);
  return draft.get<readonly string[]>(restKey(item)) ?? [];
}

export function expireHubs(draft: Draft, nowMs: number): void {
  for (const item of takeDue<TenantValue>(draft, nowMs, DUE)) {
    const kept = draft.get<Commonness>(hubKey(item));
    if (kept === undefined) continue;
    const dueMs = dueOf(kept);
    if (dueMs > nowMs) schedule(draft, item, dueMs, DUE);
    else dropHubs(draft, [item]);
  }
}

/** Whether it is proven to be too common at that time to whoever never showed it; nothing rests on the answer. */
export function isCommonAt(draft: Draft, value: TenantValue, ms: number): boolean {
  return isHubAt(hubOf(draft, value).proven, ms, '');
}

export class AskedHubs {
  readonly #draft: Draft;
  readonly #tenant: string;
  readonly #asked = new Set<string>();

  constructor(draft: Draft, tenant: string) {
    this.#draft = draft;
    this.#tenant = tenant;
  }

  isHub(fp: string, from: ChainStep, use: ChainStep): boolean {
    this.#asked.add(fp);
    const areProven = isProvenCall(from.wire) && isProvenCall(use.wire);
    return this.#isCommon(fp, use, areProven ? 'proven' : 'all');
  }

  countIn(calls: Iterable<ChainStep>): number {
    const common = new Set<string>();
    for (const call of calls) {
      for (const { fp } of call.wire.arg_values)
        if (this.#isCommon(fp, call, 'all')) common.add(fp);
    }
    return common.size;
  }

  /**
   * The values about which the chain has asked, when there are more: it hears when the answer
   * changes. Undefined where nothing rests on the answers.
   */
  restingOn(meta: ChainMeta): readonly string[] | undefined {
    if (meta.heads.length === 0 && (meta.leads ?? 0) === 0) return undefined;
    const before = meta.asked ?? [];
    const known = new Set(before);
    const room = Math.max(0, ASKED_VALUES_MAX - before.length);
    const fresh = [...this.#asked].filter((fp) => !known.has(fp)).slice(0, room);
    for (const fp of fresh) {
      const key = restKey({ tenant: meta.tenant, fp });
      const chains = this.#draft.get<readonly string[]>(key) ?? [];
      this.#draft.put(key, [...chains, meta.chain].slice(-RESTING_CHAINS_MAX));
    }
    return fresh.length === 0 ? undefined : [...before, ...fresh];
  }

  #isCommon(fp: string, use: ChainStep, among: keyof Commonness): boolean {
    const spans = hubOf(this.#draft, { tenant: this.#tenant, fp })[among];
    return isHubAt(spans, use.ms, use.wire.agent_uid);
  }
}

export function restNoMore(draft: Draft, { tenant, chain, asked = [] }: ChainMeta): void {
  for (const fp of asked) {
    const key = restKey({ tenant, fp });
    const left = draft.get<readonly string[]>(key)?.filter((one) => one !== chain) ?? [];
    if (left.length > 0) draft.put(key, left);
    else draft.delete(key);
  }
}
