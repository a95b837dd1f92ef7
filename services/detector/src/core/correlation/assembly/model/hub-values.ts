/** Values too common to link by, and the conclusions to ask again when that changes. */
import type { PrivilegeLink } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { DAY_MS } from '../../../domain/day.ts';
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
const STORED_MS = 7 * DAY_MS;

interface Commonness {
  readonly all: readonly HubSpan[];
  readonly proven: readonly HubSpan[];
}

const NEVER: Commonness = { all: [], proven: [] };

const hubKey = ({ tenant, fp }: TenantValue) => `hub/${JSON.stringify([tenant, fp])}`;
const restKey = ({ tenant, fp }: TenantValue) => `rests/${JSON.stringify([tenant, fp])}`;

function hubOf(transaction: Transaction, value: TenantValue): Commonness {
  return transaction.get<Commonness>(hubKey(value)) ?? NEVER;
}

const dueOf = ({ all }: Commonness) => Math.max(...all.map(({ until }) => until)) + STORED_MS;

function dropHubs(transaction: Transaction, values: readonly TenantValue[]): void {
  for (const one of values) transaction.delete(hubKey(one));
  count(transaction, { hubs: -values.length });
}

/** Returns the chains to ask again. */
export function keepHub(transaction: Transaction, link: PrivilegeLink): readonly string[] {
  const { tenant_id: tenant, fp, hub_times: times = [], hub_times_proven: proven } = link;
  if (fp === undefined || times.length === 0) return [];
  const item = { tenant, fp };
  const retained = { all: times.map(toHubSpan), proven: (proven ?? times).map(toHubSpan) };
  if (transaction.get(hubKey(item)) === undefined) {
    if (assemblyCounters(transaction).hubs >= HUB_VALUES_MAX) {
      dropHubs(transaction, takeEarliest<TenantValue>(transaction, DUE));
    }
    count(transaction, { hubs: 1 });
    schedule(transaction, item, dueOf(retained), DUE);
  }
  transaction.put(hubKey(item), retained);
  return transaction.get<readonly string[]>(restKey(item)) ?? [];
}

export function expireHubs(transaction: Transaction, nowMs: number): void {
  for (const item of takeDue<TenantValue>(transaction, nowMs, DUE)) {
    const retained = transaction.get<Commonness>(hubKey(item));
    if (retained === undefined) continue;
    const dueMs = dueOf(retained);
    if (dueMs > nowMs) schedule(transaction, item, dueMs, DUE);
    else dropHubs(transaction, [item]);
  }
}

export function isCommonAt(transaction: Transaction, value: TenantValue, ms: number): boolean {
  return isHubAt(hubOf(transaction, value).proven, ms, '');
}

export class AskedHubs {
  readonly #transaction: Transaction;
  readonly #tenant: string;
  readonly #asked = new Set<string>();

  constructor(transaction: Transaction, tenant: string) {
    this.#transaction = transaction;
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

  /** Undefined where nothing rests on them. */
  restingOn(meta: ChainMeta): readonly string[] | undefined {
    if (meta.heads.length === 0 && (meta.leads ?? 0) === 0) return undefined;
    const before = meta.asked ?? [];
    const known = new Set(before);
    const room = Math.max(0, ASKED_VALUES_MAX - before.length);
    const fresh = [...this.#asked].filter((fp) => !known.has(fp)).slice(0, room);
    for (const fp of fresh) {
      const key = restKey({ tenant: meta.tenant, fp });
      const chains = this.#transaction.get<readonly string[]>(key) ?? [];
      this.#transaction.put(key, [...chains, meta.chain].slice(-RESTING_CHAINS_MAX));
    }
    return fresh.length === 0 ? undefined : [...before, ...fresh];
  }

  #isCommon(fp: string, use: ChainStep, among: keyof Commonness): boolean {
    const spans = hubOf(this.#transaction, { tenant: this.#tenant, fp })[among];
    return isHubAt(spans, use.ms, use.wire.agent_uid);
  }
}

export function restNoMore(
  transaction: Transaction,
  { tenant, chain, asked = [] }: ChainMeta,
): void {
  for (const fp of asked) {
    const key = restKey({ tenant, fp });
    const left = transaction.get<readonly string[]>(key)?.filter((one) => one !== chain) ?? [];
    if (left.length > 0) transaction.put(key, left);
    else transaction.delete(key);
  }
}
