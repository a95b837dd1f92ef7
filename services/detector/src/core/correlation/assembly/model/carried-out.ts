/**
 * Calls that carry data out though they only read: whoever fetches an address or searches the web tells its
 * server what stands in it. Such a call stands for a sending only by the values that it carries.
 */
import type { Effect, PrivilegeStep } from '@waywarden/schemas';

/** Under this key such a call is found: what it stands for, and no capability that it claims. */
export const CARRIED = 'carried:send:external';
export const SENDING = 'send:external';

const WEB = 'browse:web';
const ADDRESS = 'url';
const LOOKS: ReadonlySet<Effect> = new Set(['read', 'unknown']);

type Wire = PrivilegeStep;
type ArgValue = Wire['arg_values'][number];

const claimsWeb = ({ capabilities }: Wire) => capabilities.some(({ symbol }) => symbol === WEB);

/** The addresses that stand in the same argument. */
export function addressesBeside({ arg_values: values }: Wire, { path }: ArgValue) {
  return values.filter((one) => one.kind === ADDRESS && one.path === path);
}

/** Values that the call tells whoever serves the web; of a call that claims nothing, those in an address. */
export function carriedValues(wire: Wire): readonly ArgValue[] {
  if (wire.arg_values.length === 0 || wire.exercise === 'attempted') return [];
  const isWeb = claimsWeb(wire);
  if (!isWeb && !LOOKS.has(wire.effect)) return [];
  return wire.arg_values.filter(
    (value) => value.kind !== ADDRESS && (isWeb || addressesBeside(wire, value).length > 0),
  );
}

/** What the call did, as it stands for a sending; without a claim of the web the capability is a guess. */
export const carrierSymbol = (wire: Wire) => (claimsWeb(wire) ? WEB : SENDING);
