/**
 * Who else could do the last step of a combination, by the registry: taking one agent's token away
 * leaves the others that are granted the same. Agents whose grant the registry does not give are
 * counted and not named, for nothing is known of them.
 */
import { type Alert, matchesGrant, type Registry } from '@waywarden/schemas';
import type { OtherFinishers } from '../picture-model.ts';

const NAMED_MAX = 6;

export function otherFinishers(
  alert: Alert,
  registry: Registry | undefined,
): OtherFinishers | null {
  const { assembly } = alert;
  const last = alert.evidence.findLast(
    (one) =>
      one.capability !== undefined &&
      one.agent_uid === assembly?.completed_by &&
      assembly.proof.includes(one.event_id),
  );
  const symbol = last?.capability;
  if (registry === undefined || symbol === undefined) return null;
  const rest = registry.agents.filter((one) => one.uid !== assembly?.completed_by);
  const able = rest.filter((one) => one.grants?.some((grant) => matchesGrant(grant, symbol)));
  return {
    symbol,
    agents: able
      .slice(0, NAMED_MAX)
      .map(({ uid, workflows }) => ({ agent_uid: uid, workflows: workflows ?? [] })),
    more: Math.max(0, able.length - NAMED_MAX),
    unknown: rest.filter((one) => one.grants === undefined).length,
  };
}
