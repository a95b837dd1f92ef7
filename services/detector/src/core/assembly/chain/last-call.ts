/**
 * Whether a call can be the last of a combination, looked at by itself: it did what the last step asks
 * for, and a link of a kind that is asked for may lead to it. Most calls can be the last of something by
 * what they did, so that the second question spares a search (and the tables) to each call that has no
 * credential, or was not given access, where only the use of a secret or of that access counts.
 */
import type { StepLink } from '@waywarden/schemas';
import type { CompiledCombination } from '../proof/compile-combination.ts';
import { matchedSymbols } from '../proof/step-match.ts';
import type { ChainMeta } from './chain-meta.ts';
import { type ChainStep, GRANTEE_MARK } from './chain-step.ts';

/** What of a call's chain decides whether anything leads to it. */
export interface Around {
  readonly meta: ChainMeta;
  /** Calls of other chains lead to it, by links that came with them. */
  readonly isEntered: boolean;
}

/** Whether its agent, its principal or its credential was given access, here or in what leads here. */
function mayBeGrantee({ wire }: ChainStep, { grantees, imported }: ChainMeta): boolean {
  if (grantees == null) return true;
  const { agent_uid: agent, principal_uid: principal, credential_uid: credential } = wire;
  return [agent, principal, credential].some(
    (one) =>
      one !== undefined &&
      (grantees.includes(one) ||
        (imported !== undefined && Object.hasOwn(imported, GRANTEE_MARK + one))),
  );
}

function mayLead(kind: StepLink, call: ChainStep, { meta, isEntered }: Around): boolean {
  const { wire } = call;
  switch (kind) {
    case 'grantee':
      return mayBeGrantee(call, meta);
    case 'secret_use':
      return isEntered || wire.credential_fp !== undefined || wire.credential_uid !== undefined;
    case 'data_flow':
      return isEntered || wire.arg_values.length > 0;
    case 'resource':
      return isEntered || (wire.effect === 'read' && wire.target?.resource_id !== undefined);
    default:
      return true;
  }
}

function mayBeReached(call: ChainStep, via: ReadonlySet<StepLink>, around: Around): boolean {
  for (const kind of via) if (mayLead(kind, call, around)) return true;
  return false;
}

export function mayBeLast(
  { steps, variants }: CompiledCombination,
  call: ChainStep,
  around: Around,
): boolean {
  return variants.some(({ completing, lines }) => {
    const last = steps[completing];
    if (last === undefined || matchedSymbols(last, call).length === 0) return false;
    return lines.every(
      ([at, ...before]) =>
        at === undefined || before.length === 0 || mayBeReached(call, at.via, around),
    );
  });
}
