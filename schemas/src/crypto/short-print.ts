/** Short fingerprint of a name. */
import { hash } from 'node:crypto';

/** 66 bits of SHA-256, for chosen names. */
export const PRINT_LENGTH = 11;
const REMEMBERED_MAX = 8192;
/** By length, so that values push out no tool names. */
interface Remembered {
  readonly prints: Map<string, string>;
  /** Asked four times in a row. */
  name: string;
  print: string;
}
const remembered: Remembered[] = [];

/** Up to 43. */
export function shortPrint(name: string, length = PRINT_LENGTH): string {
  remembered[length] ??= { prints: new Map(), name: '', print: printOf('', length) };
  const known = remembered[length];
  if (name === known.name) return known.print;
  let print = known.prints.get(name);
  if (print === undefined) {
    if (known.prints.size >= REMEMBERED_MAX) known.prints.clear();
    print = printOf(name, length);
    known.prints.set(name, print);
  }
  known.name = name;
  known.print = print;
  return print;
}

const printOf = (name: string, length: number): string =>
  hash('sha256', name, 'base64url').slice(0, length);
