/** Whether a checker is independent of the maker. Both answers must be shown; what is only asserted shows neither. */
import { type ChainStep, writes } from '../model/chain-step.ts';
import { isLinkingValue, type LinkScope } from './chain-link.ts';
import { orderOf } from './step-order.ts';

export type Independence = 'independent' | 'dependent' | 'unknown';

const PROVEN: ReadonlySet<string> = new Set(['attested', 'authenticated']);

function both(a: string | undefined, b: string | undefined, isProven: boolean): Independence {
  if (a === undefined || b === undefined || !isProven) return 'unknown';
  return a === b ? 'dependent' : 'independent';
}

export function byPrincipal(maker: ChainStep, checker: ChainStep): Independence {
  const isProven =
    PROVEN.has(maker.wire.claims.principal) && PROVEN.has(checker.wire.claims.principal);
  return both(maker.wire.principal_uid, checker.wire.principal_uid, isProven);
}

export function orchestrator({ wire }: ChainStep): string | undefined {
  return wire.root_agent_uid ?? wire.parent_agent_uid;
}

export function byOrchestrator(maker: ChainStep, checker: ChainStep): Independence {
  const [one, two] = [orchestrator(maker), orchestrator(checker)];
  const isShared =
    (one !== undefined && one === two) ||
    one === checker.wire.agent_uid ||
    two === maker.wire.agent_uid;
  if (!isShared) return 'independent';
  const claims = [maker, checker]
    .filter((call) => orchestrator(call) !== undefined)
    .map((call) => call.wire.claims.delegation);
  return claims.every((claim) => PROVEN.has(claim)) ? 'dependent' : 'unknown';
}

/** News that a value is common only ever takes back. */
type CommonValues = 'rare_only' | 'all';

/** The checker read something else that the maker wrote. */
function byInput(
  { store, policy }: LinkScope,
  maker: ChainStep,
  checker: ChainStep,
  counts: CommonValues,
): Independence {
  const { agent_uid: makerUid } = maker.wire;
  const { agent_uid: checkerUid } = checker.wire;
  const foreign = store.foreign().steps;
  const object = checker.wire.target?.resource_id;
  const own = store.stepsBy(checkerUid);
  for (const read of [...own, ...foreign.filter(({ wire }) => wire.agent_uid === checkerUid)]) {
    const { effect, target, result_values: values } = read.wire;
    if (effect !== 'read' || target?.resource_id === undefined) continue;
    if (target.resource_id === object || orderOf(read, checker, policy.skewMs) !== 'before')
      continue;
    for (const { fp, kind } of values) {
      if (!isLinkingValue(policy, fp, kind)) continue;
      for (const made of [...store.stepsOf(store.tables.value(fp).made), ...foreign]) {
        const { agent_uid: by, target: written, arg_values: used } = made.wire;
        if (by !== makerUid || !writes(made) || !used.some((value) => value.fp === fp)) continue;
        if (written?.resource_id === object && object !== undefined) continue;
        if (orderOf(made, read, policy.skewMs) !== 'before') continue;
        if (counts === 'rare_only' && store.isHub(fp, made, read)) continue;
        return 'dependent';
      }
    }
  }
  return 'independent';
}

export function independenceOf(
  scope: LinkScope,
  maker: ChainStep,
  checker: ChainStep,
  counts: CommonValues = 'rare_only',
): Independence {
  if (maker.wire.agent_uid === checker.wire.agent_uid) return 'dependent';
  const shown = [
    byPrincipal(maker, checker),
    both(maker.wire.agent_owner, checker.wire.agent_owner, true),
    byOrchestrator(maker, checker),
  ];
  if (shown.includes('dependent')) return 'dependent';
  if (byInput(scope, maker, checker, counts) === 'dependent') return 'dependent';
  return shown.includes('unknown') ? 'unknown' : 'independent';
}
