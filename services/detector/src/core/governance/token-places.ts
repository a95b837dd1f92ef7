/**
 * From which places tokens were used first, of an agent's latest: each network, client and host by name once, and
 * each place as it is made of these. Most agents have one for all of sixteen tokens.
 */
import { ASSURANCES, type Assurance } from '@waywarden/schemas';
import { digitAt, toDigits } from '../kept/print-table.ts';

export interface TokenPlace {
  readonly network: string | undefined;
  readonly client: string | undefined;
  /** The rest of the address. */
  readonly host?: string;
  readonly assurance: Assurance;
}

/** `rows`: of each place where network, client and host stand among the names, and how far it is proven; in digits. */
export type TokenPlaces = readonly [names: readonly string[], rows: string];

export const NO_PLACES: TokenPlaces = [[], ''];

const WIDTH = 4;
const HOST = 2;
const LEVEL = 3;
/** Instead of where a name stands: there is none. */
const NO_NAME = '-';

export function placeAt([names, rows]: TokenPlaces, place: number): TokenPlace {
  const at = place * WIDTH;
  const host = names[digitAt(rows, at + HOST)];
  const of = {
    network: names[digitAt(rows, at)],
    client: names[digitAt(rows, at + 1)],
    assurance: ASSURANCES[digitAt(rows, at + LEVEL)] ?? 'asserted',
  };
  return host === undefined ? of : { ...of, host };
}

/** With this place among them, and which one it is. */
export function withPlace(
  [before, rows]: TokenPlaces,
  { network, client, host, assurance }: TokenPlace,
): readonly [places: TokenPlaces, place: number] {
  const names = [...before];
  const digitOf = (name: string | undefined): string => {
    if (name === undefined) return NO_NAME;
    if (!names.includes(name)) names.push(name);
    return toDigits(names.indexOf(name), 1);
  };
  const level = toDigits(ASSURANCES.indexOf(assurance), 1);
  const row = digitOf(network) + digitOf(client) + digitOf(host === '' ? undefined : host) + level;
  for (let at = 0; at < rows.length; at += WIDTH) {
    if (rows.startsWith(row, at)) return [[before, rows], at / WIDTH];
  }
  return [[names, rows + row], rows.length / WIDTH];
}
