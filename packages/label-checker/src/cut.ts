/**
 * Cuts: "the cheapest set of actions after which T can't be completed again …; checked by removing it
 * and asking again." (design: assembly) Removing a cut means removing every call that it would have
 * stopped, with its links, and asking whether the combination is still completed in that chain.
 *
 * Prices are `cut-price.ts`'s. That a cut also neutralises residual access is no claim of a label.
 */
import { targetProblems } from '@waywarden/schemas';
import type { Call } from './call.ts';
import { type Completion, completionsIn, type Rules } from './completion.ts';
import type { CutAction } from './label.ts';
import { type LinkTable, ReducedTable } from './path.ts';

/** Actions that leave what is under way as it is. */
const STOPS_NOTHING = new Set(['signal_risk', 'open_case', 'block_issuance']);

function names(cut: CutAction, key: string, value: string | undefined): boolean {
  return value !== undefined && cut.ids.get(key) === value;
}

/** Whether an order in force would have stopped this call. */
export function stops(cut: CutAction, call: Call): boolean {
  if (STOPS_NOTHING.has(cut.action)) return false;
  const own = call.agent === cut.agentUid;
  switch (cut.level) {
    case 'agent':
      return own;
    case 'task':
      return own && names(cut, 'task_id', call.task);
    case 'conversation':
      return (
        own &&
        call.rootKeys.some((key) => key.key.startsWith(`turn:${cut.ids.get('conversation_id')}/`))
      );
    case 'instance':
      return names(cut, 'instance_uid', call.instance);
    case 'credential':
      return names(cut, 'credential_uid', call.credentialId);
    case 'delegation':
      return own && call.delegationRefs.some((ref) => names(cut, 'delegation_ref', ref));
    case 'tool':
      return (
        own && (names(cut, 'tool', call.tool) || names(cut, 'tool', call.tool?.split('/').at(-1)))
      );
    case 'origin':
      return names(cut, 'resource_id', call.target.id);
    default:
      return false;
  }
}

function shapeProblems(cut: CutAction): readonly string[] {
  const target = { level: cut.level, tenant_id: 'default', agent_uid: cut.agentUid };
  return targetProblems(cut.action, { ...target, ...Object.fromEntries(cut.ids) });
}

/** What is wrong with one alternative; empty when it is sound. */
export function cutProblems(
  cut: readonly CutAction[],
  completion: Completion,
  table: LinkTable,
  { policy, registry }: Rules,
): readonly string[] {
  const shape = cut.flatMap(shapeProblems);
  if (shape.length > 0) return shape;
  const isRemoved = (call: Call) => cut.some((one) => stops(one, call));
  const ofChain = table.stream.byChain.get(completion.chain) ?? [];
  const left = ofChain.filter((call) => !isRemoved(call));
  const combinations = policy.combinations.filter((one) => one.id === completion.combination);
  const rules = { policy: { ...policy, combinations }, registry };
  const still = completionsIn(new ReducedTable(table, isRemoved), rules, left).found[0];
  if (still === undefined) return [];
  const proof = still.proofs[0]?.calls.map((call) => call.id) ?? [];
  return [`with it, ${completion.combination} is still completed by ${proof.join(', ')}`];
}
