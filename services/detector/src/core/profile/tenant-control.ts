/**
 * Policy and registry of a tenant, as the control records in this partition last set them. A
 * record whose number is not above the last one is a repeat of a restarted sequencer: ignored.
 */
import type { ControlRecord, Registry, RegistryAgent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';

/** What is stamped while no policy was published: nothing is enforced, shipped rules detect. */
export const UNSET_VERSION = 'unset';

interface RegistryIndex {
  readonly version: string;
  readonly registry: Registry;
  readonly agents: Readonly<Record<string, RegistryAgent>>;
}

const policyKey = (tenant: string) => `control|policy|${tenant}`;
const registryKey = (tenant: string) => `control|registry|${tenant}`;

/** False when the record is a repeat. */
export function applyControl(draft: Draft, control: ControlRecord): boolean {
  const last = draft.get<number>('control|seq') ?? 0;
  if (control.seq <= last) return false;
  draft.put('control|seq', control.seq);
  if (control.kind === 'policy') {
    draft.put(policyKey(control.tenant_id), control.version);
    return true;
  }
  const index: RegistryIndex = {
    version: control.version,
    registry: control.registry,
    agents: Object.fromEntries(control.registry.agents.map((agent) => [agent.uid, agent])),
  };
  draft.put(registryKey(control.tenant_id), index);
  return true;
}

export function policyVersion(draft: Draft, tenant: string): string {
  return draft.get<string>(policyKey(tenant)) ?? UNSET_VERSION;
}

export function registryIndex(draft: Draft, tenant: string): RegistryIndex | undefined {
  return draft.get<RegistryIndex>(registryKey(tenant));
}

export function registeredAgent(
  index: RegistryIndex | undefined,
  uid: string,
): RegistryAgent | undefined {
  return index !== undefined && Object.hasOwn(index.agents, uid) ? index.agents[uid] : undefined;
}
