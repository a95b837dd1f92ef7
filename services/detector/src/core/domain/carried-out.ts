/** Calls that carry data out though they only read: a fetched address tells its server what stands in it. */
import type { Effect, PrivilegeStep } from '@waywarden/schemas';

export const CARRIED = 'carried:send:external';
export const SENDING = 'send:external';
export const ATTEMPTED = 'attempted:';

type Exercised = Readonly<Record<'symbols', readonly string[]>>;

export function exercisedOf<Step extends Exercised>(steps: readonly Step[]): readonly Step[] {
  return steps.filter(({ symbols }) => !symbols.some((one) => one.startsWith(ATTEMPTED)));
}

const WEB = 'browse:web';
const ADDRESS = 'url';
const LOOKS: ReadonlySet<Effect> = new Set(['read', 'unknown']);

type Wire = PrivilegeStep;
type ArgValue = Wire['arg_values'][number];

const claimsWeb = ({ capabilities }: Wire) => capabilities.some(({ symbol }) => symbol === WEB);

export function addressesBeside({ arg_values: values }: Wire, { path }: ArgValue) {
  return values.filter((one) => one.kind === ADDRESS && one.path === path);
}

/** Without a claim, those in an address. */
export function carriedValues(wire: Wire): readonly ArgValue[] {
  if (wire.arg_values.length === 0 || wire.exercise === 'attempted') return [];
  const isWeb = claimsWeb(wire);
  if (!isWeb && !LOOKS.has(wire.effect)) return [];
  return wire.arg_values.filter(
    (value) => value.kind !== ADDRESS && (isWeb || addressesBeside(wire, value).length > 0),
  );
}

/** Without a claim of the web it is a guess. */
export const carrierSymbol = (wire: Wire) => (claimsWeb(wire) ? WEB : SENDING);
