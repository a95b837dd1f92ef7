/** Under which keys a step is found, from the step alone. */
import type { AuditEvent, PrivilegeStep } from '@waywarden/schemas';
import { mayHaveHappened } from '../../../domain/acts.ts';
import { CARRIED, carriedValues } from '../../../domain/carried-out.ts';
import {
  type ChainStep,
  DERIVED_MARK,
  isDelegating,
  tookPlace,
  usesDerived,
  writes,
} from './chain-step.ts';

export function symbolKeys(step: Pick<ChainStep, 'wire'>): readonly string[] {
  const prefix = tookPlace(step) ? '' : 'attempted:';
  const symbols = step.wire.capabilities.map((claim) => prefix + claim.symbol);
  if (usesDerived(step)) symbols.push(DERIVED_MARK);
  if (carriedValues(step.wire).length > 0) symbols.push(CARRIED);
  return symbols.length < 2 ? symbols : [...new Set(symbols)];
}

export function valuesOf(step: ChainStep): { made: Set<string>; used: Set<string> } {
  const used = new Set(step.wire.arg_values.map((value) => value.fp));
  const made = new Set<string>();
  if (tookPlace(step)) for (const value of step.wire.result_values) made.add(value.fp);
  if (writes(step)) for (const fp of used) made.add(fp);
  return { made, used };
}

export function joinsOf(step: ChainStep): readonly (readonly [string, 'over' | 'under'])[] {
  const { wire } = step;
  const joins: [string, 'over' | 'under'][] = [];
  if (wire.span_id !== undefined && tookPlace(step)) joins.push([`span/${wire.span_id}`, 'over']);
  if (wire.parent_span_id !== undefined) joins.push([`span/${wire.parent_span_id}`, 'under']);
  if (wire.delegation_ref !== undefined) joins.push([`ref/${wire.delegation_ref}`, 'under']);
  if (wire.parent_agent_uid !== undefined) joins.push([`by/${wire.parent_agent_uid}`, 'under']);
  for (const { agent_uid: agent } of wire.delegators ?? []) joins.push([`by/${agent}`, 'under']);
  if (!isDelegating(step)) return joins;
  if (wire.native_id !== undefined) joins.push([`ref/${wire.native_id}`, 'over']);
  if (wire.delegate_uid !== undefined) joins.push([`to/${wire.delegate_uid}`, 'over']);
  joins.push([`by/${wire.agent_uid}`, 'over']);
  return joins;
}

export function addJoins(step: PrivilegeStep, { delegation, args, effect }: AuditEvent): void {
  if (args?.hash !== undefined && mayHaveHappened(effect)) step.args_hash = args.hash;
  const chain = delegation?.chain ?? [];
  if (chain.length < 2) return;
  step.delegators = chain
    .slice(0, -1)
    .reverse()
    .map(({ agent_uid, ref }) => (ref === undefined ? { agent_uid } : { agent_uid, ref }));
}
