/** The class table by class; no class: the strictest row. */
import { type ActorClass, classRow, durationMs, SHIPPED_CLASSES } from '@waywarden/schemas';
import type { TenantPolicy, TenantRegistry } from './tenant-policy.ts';

function isActorClass(name: string): name is ActorClass {
  return Object.hasOwn(SHIPPED_CLASSES, name);
}

export function actorClassOf(name: string): ActorClass {
  return isActorClass(name) ? name : 'unknown';
}

const LONGEST_SHIPPED_MS = Math.max(
  ...Object.values(SHIPPED_CLASSES).flatMap(({ credential_life: life }) =>
    life === undefined ? [] : [durationMs(life)],
  ),
);

/** How long a credential of an agent may live by its class; else the longest shipped. */
export function credentialLifeMs(
  policy: TenantPolicy | undefined,
  registry: TenantRegistry | undefined,
  agentUid: string,
): number {
  const named = registry?.classes[agentUid];
  if (named === undefined) return LONGEST_SHIPPED_MS;
  const actorClass = actorClassOf(named);
  const environments = Object.keys(policy?.classes[actorClass]?.environments ?? {});
  const lives = [undefined, ...environments].map(
    (environment) => classRow(policy?.classes, actorClass, environment).credential_life,
  );
  // The environment is unknown: the longest.
  const known = lives.map((life) => (life === undefined ? LONGEST_SHIPPED_MS : durationMs(life)));
  return Math.max(...known);
}
