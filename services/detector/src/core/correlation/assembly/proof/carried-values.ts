/** Whether a call that only looks at the web carries out what another returned. A followed link does not. */
import type { StepLink } from '@waywarden/schemas';
import { addressesBeside, CARRIED, carriedValues } from '../../../domain/carried-out.ts';
import type { ChainStep } from '../model/chain-step.ts';
import { valuesOf } from '../model/step-keys.ts';
import { type ChainLink, isLinkingValue, type LinkScope } from './chain-link.ts';
import { SECRET_KINDS } from './in-chain-links.ts';
import { directSymbols, type StepMatcher } from './step-match.ts';

export const CARRYING: ReadonlySet<StepLink> = new Set(['data_flow']);
const NO_LINKS: ReadonlySet<StepLink> = new Set();

export function viaOf(step: StepMatcher | undefined, call: ChainStep, via: ReadonlySet<StepLink>) {
  if (step?.accepts(CARRIED) !== true || directSymbols(step, call).length > 0) return via;
  return via.has('data_flow') ? CARRYING : NO_LINKS;
}

export function isCarriedOut({ store, policy }: LinkScope, { from, to, via }: ChainLink): boolean {
  if (via !== 'data_flow') return false;
  const { made } = valuesOf(from);
  const target = to.wire.target?.resource_id;
  return carriedValues(to.wire).some((value) => {
    const { fp, kind } = value;
    if (!made.has(fp) || !isLinkingValue(policy, fp, kind) || store.isHub(fp, from, to))
      return false;
    const addresses = addressesBeside(to.wire, value);
    const isLink = addresses.length > 0 && addresses.every((one) => made.has(one.fp));
    if (!isLink) return true;
    return SECRET_KINDS.has(kind) && !addresses.some((one) => one.fp === target);
  });
}
