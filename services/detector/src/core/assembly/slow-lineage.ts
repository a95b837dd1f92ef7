/**
 * Assembly over days: what joins two calls although they lie further apart than a combination's
 * `within`. Only lineage does: a secret, a credential, a resource that was written and read again, a
 * counterparty (`assembly.md`, "Slow assembly"). Coincidences pile up with days, so papers' numbers,
 * links, texts, hand-overs and contexts don't.
 *
 * Each lineage link spans at most `links.horizon`; between two of them, calls of one chain may lie
 * within the combination's own time. Rejected: a longer `within` for all links (an agent's context
 * over a week holds everything), and a union kept by principal (a batch principal has thousands of
 * workflows).
 */
import { type ChainLink, isLinkingValue, type LinkScope } from './chain-link.ts';
import { type ChainStep, tookPlace, writes } from './chain-step.ts';
import { createdCredential } from './value-links.ts';

/** Secrets and counterparties: what is worth keeping for days, and names one thing wherever it stands. */
const LINEAGE_KINDS: ReadonlySet<string> = new Set(['secret', 'token', 'iban', 'email']);
const LINEAGE_LINKS: ReadonlySet<string> = new Set([
  'secret_use',
  'derived_credential',
  'resource',
]);

interface Value {
  readonly fp: string;
  readonly kind: string;
}

const ofLineage = ({ kind }: Value) => LINEAGE_KINDS.has(kind);

/** What others may take from a call. */
function* brought(step: ChainStep): Generator<Value> {
  if (!tookPlace(step)) return;
  yield* step.wire.result_values;
  if (writes(step)) yield* step.wire.arg_values;
}

/** Whether something of this call may still be used days later. */
export function beginsLineage(step: ChainStep): boolean {
  if (!tookPlace(step)) return false;
  if (createdCredential(step) !== undefined) return true;
  if (writes(step) && step.wire.target?.resource_id !== undefined) return true;
  return [...brought(step)].some(ofLineage);
}

/** Whether the link joins its calls however long a combination's `within` is. */
function isLineage({ from, to, via }: ChainLink, { policy, store }: LinkScope): boolean {
  if (to.ms - from.ms > policy.linkHorizonMs) return false;
  if (LINEAGE_LINKS.has(via)) return true;
  if (via !== 'data_flow') return false;
  const made = new Set([...brought(from)].filter(ofLineage).map((value) => value.fp));
  return to.wire.arg_values.some(
    ({ fp, kind }) => made.has(fp) && isLinkingValue(policy, fp, kind) && !store.isHub(fp, to),
  );
}

/** Whether a route over this link may lead to calls beyond `withinMs` of the completing one. */
export function carriesOn(link: ChainLink, withinMs: number, scope: LinkScope): boolean {
  const { from, to } = link;
  const isNear = from.wire.chain_id === to.wire.chain_id && Math.abs(to.ms - from.ms) <= withinMs;
  return isNear || isLineage(link, scope);
}
