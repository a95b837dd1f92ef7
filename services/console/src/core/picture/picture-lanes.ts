/** A lane of the picture: an agent with its place in the registry, its grants, and where it is cut. */
import { type Alert, matchesGrant, type Registry } from '@waywarden/schemas';
import type { Containment, ContainmentState } from '../containment-model.ts';
import type { Lane, LaneCut, OtherFinishers } from '../picture-model.ts';
import { actionWords, listOf, shortName } from '../words.ts';

export interface AgentEntry {
  readonly class: string | null;
  readonly plane: string | null;
  readonly granted: readonly string[] | null;
}

export interface LaneParts {
  readonly assembly: NonNullable<Alert['assembly']>;
  readonly containments: readonly Containment[];
  readonly entryOf: (agentUid: string) => AgentEntry;
}

const CUT_STATES: Readonly<Record<ContainmentState, LaneCut['state']>> = {
  issued: 'ordered',
  accepted: 'ordered',
  delivered: 'ordered',
  applied: 'applied',
  carried_out: 'applied',
  usable_until: 'applied',
  re_mintable: 'applied',
  contained: 'applied',
  unconfirmed: 'applied',
  confirmed: 'confirmed',
  leaked: 'failed',
  failed: 'failed',
  expired: 'possible',
  restoring: 'applied',
  restored: 'possible',
};

function cutsOf({ assembly, containments }: LaneParts, agentUid: string): readonly LaneCut[] {
  return assembly.cut
    .filter((one) => one.target.agent_uid === agentUid)
    .map((one) => {
      const ordered = containments.find(
        ({ command }) => command.action === one.action && command.target.agent_uid === agentUid,
      );
      return {
        action: one.action,
        text: actionWords(one.action, one.target),
        stops: one.stops.replaceAll(agentUid, shortName(agentUid)),
        breaks: one.collateral.length === 0 ? 'nothing else' : listOf(one.collateral),
        state: ordered === undefined ? 'possible' : CUT_STATES[ordered.state],
      };
    });
}

/** What was used of a grant stands first: it is what the picture is about. */
function usedFirst(
  granted: readonly string[] | null,
  exercised: readonly string[],
): readonly string[] | null {
  const isUsed = (pattern: string) => exercised.some((symbol) => matchesGrant(pattern, symbol));
  return granted?.toSorted((a, b) => Number(isUsed(b)) - Number(isUsed(a))) ?? null;
}

export function laneOf(parts: LaneParts, agentUid: string): Lane {
  const { assembly, entryOf } = parts;
  const contributor = assembly.contributors.find((one) => one.agent_uid === agentUid);
  const entry = entryOf(agentUid);
  return {
    agent_uid: agentUid,
    plane: entry.plane,
    class: entry.class,
    granted: usedFirst(
      contributor === undefined ? entry.granted : contributor.granted,
      contributor?.exercised ?? [],
    ),
    completes: assembly.completed_by === agentUid,
    cut: cutsOf(parts, agentUid),
  };
}

/**
 * Who else could do the last step of a combination, by the registry: taking one agent's token away
 * leaves the others that are granted the same. Agents whose grant the registry does not give are
 * counted and not named, for nothing is known of them.
 */
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
