/** What stood in several chains of an agent: prints of keyed hashes, on the way and warmed up. */
import { digits, PRINT_24, print, recordTable } from '../../domain/record-table.ts';

const PRINT = print(PRINT_24);
/** Two characters of the last chain's print: it counts once. */
const CHAIN = print(2);

export interface WarmedUpPrints {
  readonly warmedUp: string;
  readonly waiting: string;
}

export const NO_PRINTS: WarmedUpPrints = { warmedUp: '', waiting: '' };

interface WarmUp {
  readonly isWarmedUp: (prints: WarmedUpPrints, print: string) => boolean;
  /** The same object where nothing changes. */
  readonly withObservation: (
    prints: WarmedUpPrints,
    observation: { readonly print: string; readonly chain: string },
  ) => WarmedUpPrints;
}

/** Met in `chains` chains. Prints have at least 4 characters. */
export function warmUp(of: {
  readonly chains: 2 | 3;
  readonly warmedUpMax: number;
  readonly waitingMax: number;
}): WarmUp {
  const known = recordTable({ print: PRINT }, of.warmedUpMax);
  const onTheWay = recordTable({ print: PRINT, chain: CHAIN, met: digits(1) }, of.waitingMax);

  /** Only near the beginning: few calls write. */
  function refreshed(prints: WarmedUpPrints, index: number): WarmedUpPrints {
    const { warmedUp } = prints;
    const count = known.count(warmedUp);
    const record = known.at(warmedUp, index);
    if (count < of.warmedUpMax || index * 2 >= count || record === undefined) return prints;
    return { ...prints, warmedUp: known.add(known.without(warmedUp, index), record) };
  }

  return {
    isWarmedUp: ({ warmedUp }, one) => known.has(warmedUp, PRINT.write(one)),
    withObservation(prints, observation) {
      const { warmedUp, waiting } = prints;
      const own = { print: PRINT.write(observation.print) };
      const at = known.indexOf(warmedUp, own.print);
      if (at >= 0) return refreshed(prints, at);
      const chain = CHAIN.write(observation.chain);
      const before = onTheWay.find(waiting, own.print);
      if (before?.chain === chain) return prints;
      const others = onTheWay.without(waiting, onTheWay.indexOf(waiting, own.print));
      const met = (before?.met ?? 0) + 1;
      return met >= of.chains
        ? { warmedUp: known.add(warmedUp, own), waiting: others }
        : { warmedUp, waiting: onTheWay.add(others, { ...own, chain, met }) };
    },
  };
}
