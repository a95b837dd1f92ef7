/**
 * How long a credential of an agent may live, for whoever must judge what was given out before an
 * order. The class table says it; where it names no length (a schedule's slot, a task) or the agent
 * is not registered, the longest that is shipped.
 */
import { classRow, durationMs, SHIPPED_CLASSES } from '@waywarden/schemas';
import { actorClassOf } from '../model/actor-class.ts';
import type { TenantPolicy, TenantRegistry } from '../model/tenant-rules.ts';

const LONGEST_SHIPPED_MS = Math.max(
  ...Object.values(SHIPPED_CLASSES).flatMap(({ credential_life: life }) =>
    life === undefined ? [] : [durationMs(life)],
  ),
);

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
  // An order does not say in which environment the credential is used: the longest of them.
  const known = lives.map((life) => (life === undefined ? LONGEST_SHIPPED_MS : durationMs(life)));
  return Math.max(...known);
}
