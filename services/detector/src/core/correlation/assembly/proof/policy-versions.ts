import type { ControlRecord, Policy, Registry } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { POLICIES_MAX } from '../model/assembly-limits.ts';
import { type CompiledPolicy, compilePolicy } from './compile-combination.ts';

/** Remembered by identity: changes no result. */
const compiled = new WeakMap<Policy, CompiledPolicy>();

function compile(policy: Policy): CompiledPolicy {
  const known = compiled.get(policy);
  if (known !== undefined) return known;
  const made = compilePolicy(policy);
  compiled.set(policy, made);
  return made;
}

/** The length keeps names apart. */
const key = (kind: string, tenant: string, version?: string) =>
  version === undefined
    ? `${kind}/${tenant.length}/${tenant}`
    : `${kind}/${tenant.length}/${tenant}/${version}`;

export function keepControl(transaction: Transaction, record: ControlRecord): void {
  const { kind, tenant_id: tenant, version } = record;
  const versions = transaction.get<readonly string[]>(key(kind, tenant)) ?? [];
  if (versions.includes(version)) return;
  const retained = [...versions, version].slice(-POLICIES_MAX);
  for (const gone of versions) {
    if (!retained.includes(gone)) transaction.delete(key(kind, tenant, gone));
  }
  transaction.put(key(kind, tenant), retained);
  transaction.put(key(kind, tenant, version), kind === 'policy' ? record.policy : record.registry);
}

interface PolicyAtHand {
  readonly policy: CompiledPolicy;
  /** False: the last version stands in. */
  readonly known: boolean;
}

export function policyAt(
  transaction: Transaction,
  tenant: string,
  version: string,
): PolicyAtHand | undefined {
  const own = transaction.get<Policy>(key('policy', tenant, version));
  if (own !== undefined) return { policy: compile(own), known: true };
  const last = transaction.get<readonly string[]>(key('policy', tenant))?.at(-1);
  const stand =
    last === undefined ? undefined : transaction.get<Policy>(key('policy', tenant, last));
  return stand === undefined ? undefined : { policy: compile(stand), known: false };
}

export function registryAt(
  transaction: Transaction,
  tenant: string,
  version: string | undefined,
): Registry | undefined {
  if (version === undefined) return undefined;
  const own = transaction.get<Registry>(key('registry', tenant, version));
  if (own !== undefined) return own;
  const last = transaction.get<readonly string[]>(key('registry', tenant))?.at(-1);
  return last === undefined ? undefined : transaction.get<Registry>(key('registry', tenant, last));
}
