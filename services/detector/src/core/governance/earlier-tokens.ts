/**
 * Where tokens were first used as versions up to 1.81.0 stored it: each use with all of its place, a space and the
 * event's id, and a space between two of them; up to 1.73.0 in a list, and before that with names of fields and longer
 * prints, not knowing of updates.
 */
import { ASSURANCES, formatLogTime, longUuid } from '@waywarden/schemas';
import { digitAt, fromDigits } from '../kept/print-table.ts';
import type { TokenPlace } from './token-places.ts';

interface Counts {
  readonly holding: number;
  readonly moves: number;
  readonly kept: number;
  readonly left: number;
}

type EarlierList = readonly [
  holding: number,
  moves: number,
  kept: number,
  left: number,
  names: readonly string[],
  uses: string | readonly string[],
  isUpdated?: 1,
];

export type EarlierTokens =
  | EarlierList
  | (Counts & { readonly names: readonly string[]; readonly uses: readonly string[] });

interface ReadUse extends TokenPlace {
  readonly token: string;
  readonly eventId: string;
  readonly at: string;
  readonly marks: number;
  readonly day: number;
}

export interface ReadTokens extends Counts {
  readonly isUpdated: boolean;
  readonly uses: readonly ReadUse[];
}

const PRINT = 8;
const LONG_PRINT = 11;
const NAMES_AT = PRINT + 7;
const MARKS_AT = NAMES_AT + 3;
const HOST_AT = MARKS_AT + 4;

function readUse(names: readonly string[], stored: string): ReadUse {
  const space = stored.indexOf(' ', HOST_AT);
  const host = stored.slice(HOST_AT, space);
  return {
    token: stored.slice(0, PRINT),
    network: names[digitAt(stored, NAMES_AT)],
    client: names[digitAt(stored, NAMES_AT + 1)],
    ...(host === '' ? {} : { host }),
    eventId: longUuid(stored.slice(space + 1)),
    at: formatLogTime({ ms: fromDigits(stored.slice(PRINT, NAMES_AT)), ns: 0 }),
    assurance: ASSURANCES[digitAt(stored, NAMES_AT + 2)] ?? 'asserted',
    marks: digitAt(stored, MARKS_AT),
    day: fromDigits(stored.slice(MARKS_AT + 1, HOST_AT)),
  };
}

function isList(stored: EarlierTokens): stored is EarlierList {
  return Array.isArray(stored);
}

export function readEarlierTokens(stored: EarlierTokens): ReadTokens {
  if (isList(stored)) {
    const [holding, moves, kept, left, names, uses, updated] = stored;
    const list = typeof uses === 'string' ? (uses.match(/\S+ \S+/g) ?? []) : uses;
    const all = list.map((one) => readUse(names, one));
    return { holding, moves, kept, left, isUpdated: updated === 1, uses: all };
  }
  const { holding, moves, kept, left, names } = stored;
  const uses = stored.uses.map((one) =>
    readUse(names, one.slice(0, PRINT) + one.slice(LONG_PRINT)),
  );
  return { holding, moves, kept, left, isUpdated: false, uses };
}
